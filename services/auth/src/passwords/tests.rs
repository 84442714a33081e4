//! Cheap parameters: what is tested is the pool and the rules, not argon2.

use super::*;

fn settings() -> PasswordSettings {
    PasswordSettings {
        pepper: "a pepper of more than 32 characters".into(),
        memory_kib: 64,
        iterations: 1,
        parallelism: 1,
        hashes_max: 1,
        queue_max: 2,
        guesses_min: 1_000_000,
    }
}

async fn hashed(passwords: &Passwords, password: &str) -> Result<String, PasswordError> {
    let email = "ada@example.com".parse().unwrap();
    passwords
        .hash_new(password.into(), email, "Ada".into())
        .await
}

#[tokio::test]
async fn only_the_right_password_and_pepper_open() {
    let passwords = Passwords::new(&settings()).unwrap();
    let hash = hashed(&passwords, "gruene-Tinte-71").await.unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{hash}");
    let verify = |password: &str, stored| passwords.verify(password.into(), stored);
    let right = Verdict::Right { rehashed: None };
    assert_eq!(
        verify("gruene-Tinte-71", Some(hash.clone())).await.unwrap(),
        right
    );
    assert_eq!(
        verify("gruene-Tinte-72", Some(hash.clone())).await.unwrap(),
        Verdict::Wrong
    );
    assert_eq!(
        verify("gruene-Tinte-71", None).await.unwrap(),
        Verdict::Wrong
    );
    let other = PasswordSettings {
        pepper: "x".repeat(32).into(),
        ..settings()
    };
    let other = Passwords::new(&other).unwrap();
    assert_eq!(
        other
            .verify("gruene-Tinte-71".into(), Some(hash))
            .await
            .unwrap(),
        Verdict::Wrong
    );
}

#[tokio::test]
async fn a_hash_of_other_parameters_is_made_anew() {
    let old = Passwords::new(&settings()).unwrap();
    let hash = hashed(&old, "gruene-Tinte-71").await.unwrap();
    let new = Passwords::new(&PasswordSettings {
        memory_kib: 128,
        ..settings()
    })
    .unwrap();
    let verdict = new
        .verify("gruene-Tinte-71".into(), Some(hash))
        .await
        .unwrap();
    let Verdict::Right {
        rehashed: Some(rehashed),
    } = verdict
    else {
        panic!("{verdict:?}")
    };
    assert!(rehashed.contains("m=128"));
    let again = new
        .verify("gruene-Tinte-71".into(), Some(rehashed))
        .await
        .unwrap();
    assert_eq!(again, Verdict::Right { rehashed: None });
}

#[tokio::test]
async fn what_does_not_fit_the_queue_is_refused_at_once() {
    let slow = PasswordSettings {
        memory_kib: 32_768,
        ..settings()
    };
    let passwords = Passwords::new(&slow).unwrap();
    let tries = (0..20).map(|_| passwords.verify("whatever".into(), None));
    let answers = futures::future::join_all(tries).await;
    let refused = answers
        .iter()
        .filter(|a| matches!(a, Err(PasswordError::Busy)))
        .count();
    assert_eq!(refused, 17, "one hashes and two wait");
    assert_eq!(
        passwords.verify("whatever".into(), None).await.unwrap(),
        Verdict::Wrong
    );
}

#[test]
fn nonsense_settings_are_refused() {
    let short = PasswordSettings {
        pepper: "short".into(),
        ..settings()
    };
    assert!(
        Passwords::new(&short)
            .unwrap_err()
            .to_string()
            .contains("PEPPER")
    );
    assert!(
        Passwords::new(&PasswordSettings {
            memory_kib: 1,
            ..settings()
        })
        .is_err()
    );
}
