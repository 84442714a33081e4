//! How often someone may try.

use serde_json::json;
use testkit::Answer;

use crate::world::{PASSWORD, World};

async fn log_in_from(world: &World, address: &str, email: &str) -> Answer {
    world
        .post("/api/v1/auth/login")
        .header("x-forwarded-for", address)
        .json(json!({"email": email, "password": "not the password"}))
        .send()
        .await
}

#[tokio::test]
async fn an_account_is_guarded_against_many_addresses() {
    let world = World::new().await;
    world.register("ada@example.com").await;
    for turn in 0..30 {
        let address = format!("203.0.113.{turn}");
        let answer = log_in_from(&world, &address, "ada@example.com").await;
        let unknown = log_in_from(&world, &address, "nobody@example.com").await;
        let (status, code) = if turn < 10 {
            (401, "invalid_credentials")
        } else {
            (429, "rate_limited")
        };
        assert_eq!(
            unknown.status, answer.status,
            "unknown addresses are limited alike"
        );
        if status == 429 {
            assert_eq!(answer.header("retry-after"), Some("90"));
        }
        answer.problem(status, code);
    }
    world
        .log_in("ada@example.com", PASSWORD)
        .await
        .problem(429, "rate_limited");
    world.pass(90);
    world.log_in("ada@example.com", PASSWORD).await.expect(200);
    // A success gives all attempts back.
    for _ in 0..10 {
        world
            .log_in("ada@example.com", "not the password")
            .await
            .expect(401);
    }
    world
        .log_in("ada@example.com", "not the password")
        .await
        .expect(429);
}

#[tokio::test]
async fn a_known_device_signs_in_while_the_account_is_under_attack() {
    let world = World::new().await;
    world.register("bob@example.com").await;
    world.register("ada@example.com").await;
    let answer = world.log_in("ada@example.com", PASSWORD).await.expect(200);
    let cookies: Vec<&str> = answer
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|value| value.to_str().unwrap())
        .collect();
    let device = cookies
        .iter()
        .find(|cookie| cookie.contains("techmart_device"))
        .unwrap();
    assert!(
        device.contains("HttpOnly; Secure; SameSite=Strict"),
        "{device}"
    );
    let device = device.split(';').next().unwrap();
    for turn in 0..15 {
        log_in_from(&world, &format!("203.0.113.{turn}"), "ada@example.com").await;
    }
    let log_in = |email: &str, password: &str| {
        let body = json!({"email": email, "password": password});
        world
            .post("/api/v1/auth/login")
            .header("cookie", device)
            .json(body)
            .send()
    };
    world
        .log_in("ada@example.com", PASSWORD)
        .await
        .problem(429, "rate_limited");
    let known = log_in("ada@example.com", PASSWORD).await.expect(200);
    assert_eq!(
        known.headers.get_all("set-cookie").iter().count(),
        1,
        "known already"
    );
    // A device has ten attempts too, and none for other accounts.
    for _ in 0..10 {
        log_in("ada@example.com", "not the password")
            .await
            .expect(401);
        log_in("bob@example.com", "not the password")
            .await
            .expect(401);
    }
    log_in("ada@example.com", PASSWORD)
        .await
        .problem(429, "rate_limited");
    world
        .log_in("bob@example.com", PASSWORD)
        .await
        .problem(429, "rate_limited");
}

#[tokio::test]
async fn an_address_is_limited_whatever_it_claims_to_be() {
    let world = World::with(&[("LIMIT__LOGIN_ADDRESS_BURST", "5")]).await;
    for turn in 0..8 {
        let claimed = format!("10.0.0.{turn}, 203.0.113.7");
        let email = format!("someone{turn}@example.com");
        let answer = log_in_from(&world, &claimed, &email).await;
        assert_eq!(answer.status, if turn < 5 { 401 } else { 429 }, "{turn}");
    }
    log_in_from(&world, "203.0.113.8", "someone@example.com")
        .await
        .expect(401);
    // An address that was refused has not used up the account's attempts.
    for turn in 0..11 {
        let address = format!("198.51.100.{turn}");
        let answer = log_in_from(&world, &address, "someone7@example.com").await;
        assert_eq!(answer.status, if turn < 10 { 401 } else { 429 }, "{turn}");
    }
}

#[tokio::test]
async fn registrations_are_limited_by_address() {
    let world = World::with(&[("LIMIT__REGISTER_ADDRESS_BURST", "3")]).await;
    for turn in 0..5 {
        let body = json!({
            "email": format!("ada{turn}@example.com"), "password": PASSWORD, "name": "Ada"
        });
        let call = world
            .post("/api/v1/auth/register")
            .header("x-forwarded-for", "2001:db8::1");
        let answer = call.json(body).send().await;
        if turn < 3 {
            answer.expect(201);
        } else {
            assert_eq!(answer.header("retry-after"), Some("60"));
            answer.problem(429, "rate_limited");
        }
    }
}

#[tokio::test]
async fn a_flood_of_sign_ins_is_answered_not_queued() {
    // Unknown addresses: they cost a hash as known ones do, or nothing would be refused here.
    let world = World::with(&[
        ("PASSWORD__MEMORY_KIB", "16384"),
        ("PASSWORD__HASHES_MAX", "1"),
        ("PASSWORD__QUEUE_MAX", "2"),
        ("LIMIT__LOGIN_ADDRESS_BURST", "1000"),
    ])
    .await;
    world.register("ada@example.com").await;
    let emails = (0..40)
        .map(|turn| format!("nobody{turn}@example.com"))
        .collect::<Vec<_>>();
    let calls = emails
        .iter()
        .map(|email| world.log_in(email, "not the password"));
    let answers = futures::future::join_all(calls).await;
    let refused = answers.iter().filter(|answer| answer.status == 503).count();
    assert!(refused > 0 && refused < 40, "{refused}");
    for answer in answers.into_iter().filter(|answer| answer.status != 401) {
        assert_eq!(answer.header("retry-after"), Some("2"));
        answer.problem(503, "overloaded");
    }
    world.log_in("ada@example.com", PASSWORD).await.expect(200);
}
