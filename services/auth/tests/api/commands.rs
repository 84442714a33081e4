//! The operator's commands.

use std::process::Command;

use common::access::{Audience, Role, Signer};
use kernel::Email;

use crate::world::{PASSWORD, Session, World};

fn email(text: &str) -> Email {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_member_of_staff_signs_in_with_the_printed_password() {
    let world = World::new().await;
    let address = email("staff@techmart.example");
    let operator = world.operator();
    let password = operator
        .create_account(&address, "Staff", Role::Staff, &["*".to_owned()])
        .await
        .unwrap()
        .unwrap();
    let again = operator
        .create_account(&address, "Staff", Role::Staff, &["*".to_owned()])
        .await
        .unwrap();
    assert_eq!(again, None, "an account is never overwritten");
    let session = Session::of(
        &world
            .log_in("staff@techmart.example", &password)
            .await
            .expect(200),
    );
    assert_eq!(session.user["role"], "staff");
    let claims = world.state.verifier.verify(&session.access).await.unwrap();
    assert_eq!((claims.aud, claims.role), (Audience::Admin, Role::Staff));
}

#[tokio::test]
async fn a_new_password_ends_all_sessions_of_a_member_of_staff() {
    let world = World::new().await;
    let address = email("staff@techmart.example");
    let operator = world.operator();
    world.register("ada@example.com").await;
    assert!(
        operator
            .reset_staff_password(&email("ada@example.com"))
            .await
            .is_err()
    );
    assert!(operator.reset_staff_password(&address).await.is_err());
    let old = operator
        .create_account(&address, "Staff", Role::Staff, &["*".to_owned()])
        .await
        .unwrap()
        .unwrap();
    let session = Session::of(
        &world
            .log_in("staff@techmart.example", &old)
            .await
            .expect(200),
    );
    let new = operator.reset_staff_password(&address).await.unwrap();
    world
        .log_in("staff@techmart.example", &old)
        .await
        .expect(401);
    world
        .refresh(&session.refresh)
        .await
        .problem(401, "refresh_token_invalid");
    world
        .log_in("staff@techmart.example", &new)
        .await
        .expect(200);
    world.db.verify().await;
}

#[tokio::test]
async fn a_closed_account_is_out_at_once_and_comes_back() {
    let world = World::new().await;
    let address = email("ada@example.com");
    assert!(world.operator().set_disabled(&address, true).await.is_err());
    let session = world.register("ada@example.com").await;
    world.operator().set_disabled(&address, true).await.unwrap();
    world
        .me(&session.access)
        .await
        .problem(401, "token_invalid");
    world
        .refresh(&session.refresh)
        .await
        .problem(401, "refresh_token_invalid");
    world
        .log_in("ada@example.com", PASSWORD)
        .await
        .problem(401, "invalid_credentials");
    world
        .operator()
        .set_disabled(&address, false)
        .await
        .unwrap();
    world.log_in("ada@example.com", PASSWORD).await.expect(200);
    world
        .refresh(&session.refresh)
        .await
        .problem(401, "refresh_token_invalid");
}

#[tokio::test]
async fn seeding_twice_changes_nothing() {
    let world = World::new().await;
    let first = world.operator().seed().await.unwrap();
    assert_eq!(first.len(), 2);
    for (address, password) in &first {
        let password = password.as_ref().unwrap();
        world.log_in(address.as_str(), password).await.expect(200);
    }
    let second = world.operator().seed().await.unwrap();
    assert!(second.iter().all(|(_, password)| password.is_none()));
    for (address, password) in &first {
        world
            .log_in(address.as_str(), password.as_ref().unwrap())
            .await
            .expect(200);
    }
}

#[test]
fn a_key_is_made_without_settings_and_everything_else_says_what_is_missing() {
    let binary = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_techmart-auth"));
        command.env_clear();
        command
    };
    let made = binary().args(["key", "generate"]).output().unwrap();
    assert!(made.status.success());
    let pem = String::from_utf8(made.stdout).unwrap();
    Signer::from_pkcs8_pem(&pem).unwrap();
    let refused = binary().args(["seed"]).output().unwrap();
    assert!(!refused.status.success());
    let line = String::from_utf8(refused.stderr).unwrap();
    assert!(line.contains("TECHMART_AUTH__"), "{line}");
    assert_eq!(line.lines().count(), 1, "{line}");
}
