//! `POST /auth/register` and `GET /me`.

use common::access::Role;
use serde_json::{Value, json};

use crate::world::{PASSWORD, Session, World, cookie};

const PATH: &str = "/api/v1/auth/register";

fn body() -> Value {
    json!({"email": "ada@example.com", "password": PASSWORD, "name": "Ada"})
}

fn changed(key: &str, value: impl Into<Value>) -> Value {
    let mut body = body();
    body[key] = value.into();
    body
}

#[tokio::test]
async fn bad_fields_are_refused_with_their_pointer() {
    let world = World::new().await;
    let cases = [
        (changed("role", "staff"), "/role"),
        (changed("email", "no address"), "/email"),
        (changed("email", "a@b"), "/email"),
        (changed("email", 7), "/email"),
        (
            changed("email", format!("{}@example.com", "x".repeat(300))),
            "/email",
        ),
        (changed("name", ""), "/name"),
        (changed("name", "   "), "/name"),
        (changed("name", "a\u{0}b"), "/name"),
        (changed("name", "x".repeat(201)), "/name"),
        (changed("password", "short"), "/password"),
        (changed("password", "password123"), "/password"),
        (changed("password", "ada@example.com"), "/password"),
        (changed("password", "x".repeat(257)), "/password"),
        (changed("password", "x7!Qz ".repeat(20_000)), "/password"),
        (changed("password", Value::Null), "/password"),
    ];
    for (body, pointer) in cases {
        let problem = world
            .post(PATH)
            .json(body)
            .send()
            .await
            .problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
    let weak = world
        .post(PATH)
        .json(changed("password", "password123"))
        .send()
        .await;
    assert_eq!(
        weak.problem(422, "validation_failed")["errors"][0]["code"],
        "too_common"
    );
    let count: i64 = sqlx::query_scalar("select count(*) from auth.user_account")
        .fetch_one(&world.admin().await)
        .await
        .unwrap();
    assert_eq!(count, 0);
}

#[tokio::test]
async fn bodies_that_are_no_json_are_refused() {
    let world = World::new().await;
    world
        .post(PATH)
        .send()
        .await
        .problem(415, "unsupported_media_type");
    let text = body().to_string();
    let form = world
        .post(PATH)
        .header("content-type", "text/plain")
        .body(text);
    form.send().await.problem(415, "unsupported_media_type");
    for junk in ["", "{", "nul", "{\"email\":\"a@example.com\",}", "\u{0}"] {
        let call = world
            .post(PATH)
            .header("content-type", "application/json")
            .body(junk);
        call.send().await.problem(400, "malformed_json");
    }
    let deep = "[".repeat(200);
    let call = world
        .post(PATH)
        .header("content-type", "application/json")
        .body(deep);
    call.send().await.problem(422, "validation_failed");
    let twice = r#"{"email":"a@example.com","email":"b@example.com","password":"x","name":"y"}"#;
    let call = world
        .post(PATH)
        .header("content-type", "application/json")
        .body(twice);
    call.send().await.problem(400, "malformed_json");
    let huge = changed("name", "x".repeat(300_000));
    world
        .post(PATH)
        .json(huge)
        .send()
        .await
        .problem(413, "body_too_large");
}

#[tokio::test]
async fn a_customer_registers_and_is_signed_in() {
    let world = World::new().await;
    let body =
        json!({"email": " Ada@Example.com ", "password": PASSWORD, "name": " Ada Lovelace "});
    let answer = world.post(PATH).json(body).send().await.expect(201);
    assert_eq!(answer.header("cache-control"), Some("private, no-store"));
    let set_cookie = answer.header("set-cookie").unwrap();
    for part in [
        "; Path=/",
        "; HttpOnly",
        "; Secure",
        "; SameSite=Strict",
        "; Max-Age=2592000",
    ] {
        assert!(set_cookie.contains(part), "{set_cookie}");
    }
    assert_eq!(answer.json["token_type"], "Bearer");
    assert_eq!(answer.json["expires_in"], 600);
    assert!(!String::from_utf8_lossy(&answer.bytes).contains(&cookie(&answer)));
    let session = Session::of(&answer);
    assert_eq!(session.user["email"], "ada@example.com");
    assert_eq!(session.user["name"], "Ada Lovelace");
    assert_eq!(session.user["role"], "customer");
    assert!(session.user["id"].as_str().unwrap().starts_with("usr_"));
    let me = world.me(&session.access).await.expect(200);
    assert_eq!(me.json, session.user);
    let claims = world.state.verifier.verify(&session.access).await.unwrap();
    assert_eq!(
        (claims.role, claims.exp - claims.iat),
        (Role::Customer, 600)
    );
    assert_eq!(claims.aud, Role::Customer.audience());
}

#[tokio::test]
async fn an_address_has_one_account_even_under_parallel_registrations() {
    let world = World::new().await;
    let calls = (0..10).map(|_| world.post(PATH).json(body()).send());
    let answers = futures::future::join_all(calls).await;
    assert_eq!(
        answers.iter().filter(|answer| answer.status == 201).count(),
        1
    );
    for answer in answers.into_iter().filter(|answer| answer.status != 201) {
        let problem = answer.problem(409, "email_taken");
        assert_eq!(problem["errors"][0]["pointer"], "/email");
    }
    let upper = changed("email", "ADA@EXAMPLE.COM");
    world
        .post(PATH)
        .json(upper)
        .send()
        .await
        .problem(409, "email_taken");
}

#[tokio::test]
async fn the_database_keeps_neither_password_nor_tokens() {
    let world = World::new().await;
    let session = world.register("ada@example.com").await;
    let hash: String = sqlx::query_scalar("select password_hash from auth.user_account")
        .fetch_one(&world.admin().await)
        .await
        .unwrap();
    assert!(
        hash.starts_with("$argon2id$v=19$m=64,t=1,p=1,keyid="),
        "{hash}"
    );
    let kept: Vec<String> = sqlx::query_scalar("select t::text from auth.refresh_token t")
        .fetch_all(&world.admin().await)
        .await
        .unwrap();
    assert_eq!(kept.len(), 1);
    assert!(!kept[0].contains(&session.refresh));
}

#[test]
fn the_defaults_are_the_strong_parameters() {
    let toml = auth::config::DEFAULTS;
    for line in [
        "memory_kib = 47104",
        "iterations = 2",
        "parallelism = 1",
        "queue_max = 50",
    ] {
        assert!(toml.contains(line), "{line}");
    }
}

#[tokio::test]
async fn me_needs_a_good_token_and_an_open_account() {
    let world = World::new().await;
    world
        .get("/api/v1/me")
        .send()
        .await
        .problem(401, "token_missing");
    world.me("junk").await.problem(401, "token_invalid");
    let session = world.register("ada@example.com").await;
    world
        .me(&session.refresh)
        .await
        .problem(401, "token_invalid");
    sqlx::query("update auth.user_account set disabled_at = now()")
        .execute(&world.admin().await)
        .await
        .unwrap();
    world
        .me(&session.access)
        .await
        .problem(401, "token_invalid");
    world.pass(606);
    world
        .me(&session.access)
        .await
        .problem(401, "token_expired");
}
