//! `POST /auth/login`.

use auth::passwords::Passwords;
use serde_json::{Value, json};
use testkit::Answer;

use crate::world::{PASSWORD, Session, World};

const PATH: &str = "/api/v1/auth/login";

/// What an attacker can compare: all but the request's id.
fn visible(answer: &Answer) -> (u16, Value, Vec<(String, String)>) {
    let mut body = answer.json.clone();
    body["request_id"] = Value::Null;
    let mut headers: Vec<_> = answer
        .headers
        .iter()
        .filter(|(name, _)| *name != "x-request-id")
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    headers.sort();
    (answer.status.as_u16(), body, headers)
}

#[tokio::test]
async fn bad_requests_are_refused() {
    let world = World::new().await;
    for body in [
        json!({"email": "ada@example.com"}),
        json!({"email": "ada@example.com", "password": PASSWORD, "remember": true}),
        json!({"email": "x", "password": PASSWORD}),
        json!({"email": "ada@example.com", "password": "x".repeat(257)}),
        json!({"email": "ada@example.com", "password": ["x"]}),
        json!([]),
    ] {
        world
            .post(PATH)
            .json(body)
            .send()
            .await
            .problem(422, "validation_failed");
    }
    let oversized = json!({"email": "ada@example.com", "password": "x".repeat(1_000_000)});
    world
        .post(PATH)
        .json(oversized)
        .send()
        .await
        .problem(413, "body_too_large");
}

#[tokio::test]
async fn an_unknown_address_cannot_be_told_from_a_wrong_password_or_a_closed_account() {
    let world = World::new().await;
    world.register("known@example.com").await;
    world.register("closed@example.com").await;
    let closed = "closed@example.com".parse().unwrap();
    world.operator().set_disabled(&closed, true).await.unwrap();
    let wrong = world.log_in("known@example.com", "not the password").await;
    let unknown = world.log_in("nobody@example.com", "not the password").await;
    let closed = world.log_in("closed@example.com", PASSWORD).await;
    assert_eq!(visible(&wrong), visible(&unknown));
    assert_eq!(visible(&wrong), visible(&closed));
    wrong.problem(401, "invalid_credentials");
}

#[tokio::test]
async fn the_right_password_signs_in_from_any_spelling_of_the_address() {
    let world = World::new().await;
    let registered = world.register("ada@example.com").await;
    let answer = world.log_in(" ADA@example.com", PASSWORD).await.expect(200);
    let session = Session::of(&answer);
    assert_eq!(session.user, registered.user);
    assert_ne!(session.refresh, registered.refresh);
    world.me(&session.access).await.expect(200);
    world.me(&registered.access).await.expect(200);
    world
        .log_in("ada@example.com", &PASSWORD.to_uppercase())
        .await
        .expect(401);
    world
        .log_in("ada@example.com", &format!("{PASSWORD} "))
        .await
        .expect(401);
}

#[tokio::test]
async fn a_hash_of_older_parameters_is_replaced_at_sign_in() {
    let mut world = World::new().await;
    world.register("ada@example.com").await;
    let mut stronger = world.settings.password.clone();
    stronger.memory_kib = 128;
    world.state.passwords = Passwords::new(&stronger).unwrap();
    let world = world.restarted();
    world
        .log_in("ada@example.com", "not the password")
        .await
        .expect(401);
    assert!(hash(&world).await.contains("m=64,"));
    world.log_in("ada@example.com", PASSWORD).await.expect(200);
    assert!(hash(&world).await.contains("m=128,"));
    world.log_in("ada@example.com", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_password_of_the_pepper_before_signs_in_until_that_is_gone() {
    const OLD: &str = "a pepper of more than 32 characters";
    const NEW: &str = "another pepper of over 32 characters";
    let changed = [("PASSWORD__PEPPER", NEW), ("PASSWORD__PEPPER_PREVIOUS", "")];
    let changing = [changed[0], ("PASSWORD__PEPPER_PREVIOUS", OLD)];
    let world = World::new().await;
    for email in ["ada@example.com", "bob@example.com"] {
        world.register(email).await;
    }
    let gone = world.restarted_with(&changed);
    gone.log_in("ada@example.com", PASSWORD)
        .await
        .problem(401, "invalid_credentials");
    let both = gone.restarted_with(&changing);
    both.log_in("ada@example.com", "not the password")
        .await
        .problem(401, "invalid_credentials");
    both.log_in("ada@example.com", PASSWORD).await.expect(200);
    let gone = both.restarted_with(&changed);
    gone.log_in("ada@example.com", PASSWORD).await.expect(200);
    gone.log_in("bob@example.com", PASSWORD)
        .await
        .problem(401, "invalid_credentials");
}

async fn hash(world: &World) -> String {
    sqlx::query_scalar("select password_hash from auth.user_account")
        .fetch_one(&world.admin().await)
        .await
        .unwrap()
}
