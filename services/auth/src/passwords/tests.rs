//! Cheap parameters: what is tested is the pool and the rules, not argon2.

use super::*;

const PEPPER: &str = "a pepper of more than 32 characters";
const NEXT: &str = "another pepper of over 32 characters";
const PASSWORD: &str = "gruene-Tinte-71";

fn settings() -> PasswordSettings {
    PasswordSettings {
        pepper: PEPPER.into(),
        pepper_previous: None,
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
    assert!(
        hash.starts_with("$argon2id$v=19$m=64,t=1,p=1,keyid="),
        "{hash}"
    );
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

/// With these peppers: the one of now, and one more.
fn peppered(pepper: &str, previous: Option<&str>) -> Passwords {
    let settings = PasswordSettings {
        pepper: pepper.into(),
        pepper_previous: previous.map(Into::into),
        ..settings()
    };
    Passwords::new(&settings).unwrap()
}

/// A hash as it was made before peppers had names.
fn nameless(hash: &str) -> String {
    let (head, rest) = hash.split_once(",keyid=").unwrap();
    let (_, salt_and_hash) = rest.split_once('$').unwrap();
    format!("{head}${salt_and_hash}")
}

#[tokio::test]
async fn hashes_of_the_pepper_before_are_good_until_it_is_gone_and_made_anew() {
    let old = hashed(&peppered(PEPPER, None), PASSWORD).await.unwrap();
    let foreign = hashed(&peppered(&"x".repeat(32), None), PASSWORD)
        .await
        .unwrap();
    let (changing, changed) = (peppered(NEXT, Some(PEPPER)), peppered(NEXT, Some("")));
    let is_wrong = async |passwords: &Passwords, password: &str, stored: &str| {
        let verdict = passwords.verify(password.into(), Some(stored.to_owned()));
        verdict.await.unwrap() == Verdict::Wrong
    };
    for stored in [&foreign, &nameless(&foreign)] {
        assert!(is_wrong(&changing, PASSWORD, stored).await, "{stored}");
    }
    for stored in [&old, &nameless(&old)] {
        assert!(is_wrong(&changed, PASSWORD, stored).await, "{stored}");
        assert!(is_wrong(&changing, "gruene-Tinte-72", stored).await);
        let verdict = changing.verify(PASSWORD.into(), Some(stored.clone()));
        let Verdict::Right {
            rehashed: Some(new),
        } = verdict.await.unwrap()
        else {
            panic!("{stored} is not made anew")
        };
        let right = Verdict::Right { rehashed: None };
        // Also instances that know the next pepper and still use the one before.
        for passwords in [&changing, &changed] {
            let verdict = passwords.verify(PASSWORD.into(), Some(new.clone()));
            assert_eq!(verdict.await.unwrap(), right);
        }
        let before = peppered(PEPPER, Some(NEXT));
        let verdict = before.verify(PASSWORD.into(), Some(new)).await.unwrap();
        assert_ne!(verdict, Verdict::Wrong);
    }
}

#[tokio::test]
async fn a_hash_without_a_name_is_given_one_at_the_next_sign_in() {
    let passwords = Passwords::new(&settings()).unwrap();
    let named = hashed(&passwords, PASSWORD).await.unwrap();
    let verdict = passwords
        .verify(PASSWORD.into(), Some(nameless(&named)))
        .await
        .unwrap();
    let Verdict::Right {
        rehashed: Some(new),
    } = verdict
    else {
        panic!("{verdict:?}")
    };
    let name = |hash: &str| hash.split('$').nth(3).unwrap().to_owned();
    assert_eq!(name(&new), name(&named));
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
    let short = PasswordSettings {
        pepper_previous: Some("short".into()),
        ..settings()
    };
    assert!(
        Passwords::new(&short)
            .unwrap_err()
            .to_string()
            .contains("PEPPER_PREVIOUS")
    );
    assert!(
        Passwords::new(&PasswordSettings {
            memory_kib: 1,
            ..settings()
        })
        .is_err()
    );
}
