//! `POST /auth/logout`.

use serde_json::json;

use crate::world::{ORIGIN, PASSWORD, Session, World};

const PATH: &str = "/api/v1/auth/logout";

#[tokio::test]
async fn other_sites_and_bad_tokens_sign_nobody_out() {
    let world = World::new().await;
    let session = world.register("ada@example.com").await;
    let evil = world
        .with_cookie(PATH, &session.refresh)
        .header("origin", "https://evil.test");
    evil.send().await.problem(403, "origin_not_allowed");
    let form = world
        .with_cookie(PATH, &session.refresh)
        .header("content-type", "text/plain");
    form.send().await.problem(415, "unsupported_media_type");
    let body = world
        .with_cookie(PATH, &session.refresh)
        .json(json!({"all": true}));
    body.send().await.problem(422, "validation_failed");
    world
        .post(PATH)
        .bearer("junk")
        .send()
        .await
        .problem(401, "token_invalid");
    world.me(&session.access).await.expect(200);
    world.refresh(&session.refresh).await.expect(200);
}

#[tokio::test]
async fn the_cookie_signs_out_and_is_forgotten() {
    let world = World::new().await;
    let session = world.register("ada@example.com").await;
    let other = Session::of(&world.log_in("ada@example.com", PASSWORD).await.expect(200));
    let call = world
        .with_cookie(PATH, &session.refresh)
        .header("origin", ORIGIN);
    let answer = call.send().await.expect(204);
    let set_cookie = answer.header("set-cookie").unwrap();
    assert!(
        set_cookie.starts_with("__Host-techmart_refresh=; Path=/; Max-Age=0;"),
        "{set_cookie}"
    );
    world
        .refresh(&session.refresh)
        .await
        .problem(401, "refresh_token_invalid");
    world
        .me(&session.access)
        .await
        .problem(401, "token_invalid");
    world.me(&other.access).await.expect(200);
    // Again, with an unknown cookie, and with nothing at all: signed out is signed out.
    world.log_out(&session.refresh).await.expect(204);
    world.log_out("junk").await.expect(204);
    world.post(PATH).send().await.expect(204);
    world.db.verify().await;
}

#[tokio::test]
async fn the_access_token_signs_out_as_well() {
    let world = World::new().await;
    let session = world.register("ada@example.com").await;
    world
        .post(PATH)
        .bearer(&session.access)
        .send()
        .await
        .expect(204);
    world
        .refresh(&session.refresh)
        .await
        .problem(401, "refresh_token_invalid");
    world
        .me(&session.access)
        .await
        .problem(401, "token_invalid");
}

#[tokio::test]
async fn an_expired_access_token_does_not_keep_anyone_from_signing_out() {
    let world = World::new().await;
    let session = world.register("ada@example.com").await;
    world.pass(700);
    world
        .post(PATH)
        .bearer(&session.access)
        .send()
        .await
        .problem(401, "token_expired");
    let call = world
        .with_cookie(PATH, &session.refresh)
        .bearer(&session.access);
    call.send().await.expect(204);
    world
        .refresh(&session.refresh)
        .await
        .problem(401, "refresh_token_invalid");
}

#[tokio::test]
async fn a_used_token_still_signs_its_session_out() {
    let world = World::new().await;
    let session = world.register("ada@example.com").await;
    let next = Session::of(&world.refresh(&session.refresh).await.expect(200));
    world.log_out(&session.refresh).await.expect(204);
    world
        .refresh(&next.refresh)
        .await
        .problem(401, "refresh_token_invalid");
    world.me(&next.access).await.problem(401, "token_invalid");
}
