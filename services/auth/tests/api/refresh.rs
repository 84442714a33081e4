//! `POST /auth/refresh`.

use serde_json::json;

use crate::world::{ORIGIN, PASSWORD, Session, World, cookie};

const PATH: &str = "/api/v1/auth/refresh";
const DAY: i64 = 24 * 3600;

#[tokio::test]
async fn other_sites_forms_and_junk_are_refused() {
    let world = World::new().await;
    let session = world.register("ada@example.com").await;
    let call = || world.with_cookie(PATH, &session.refresh);
    for origin in [
        "https://evil.test",
        "null",
        "http://127.0.0.1:8080.evil.test",
    ] {
        call()
            .header("origin", origin)
            .send()
            .await
            .problem(403, "origin_not_allowed");
    }
    let cross = call()
        .header("origin", ORIGIN)
        .header("sec-fetch-site", "cross-site");
    cross.send().await.problem(403, "origin_not_allowed");
    for media_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ] {
        let call = call().header("content-type", media_type);
        call.send().await.problem(415, "unsupported_media_type");
    }
    call()
        .body("{}")
        .send()
        .await
        .problem(415, "unsupported_media_type");
    call()
        .json(json!({"token": "x"}))
        .send()
        .await
        .problem(422, "validation_failed");
    call()
        .json(json!([]))
        .send()
        .await
        .problem(422, "validation_failed");
    world
        .post(PATH)
        .send()
        .await
        .problem(401, "refresh_token_missing");
    world
        .post(PATH)
        .bearer(&session.refresh)
        .send()
        .await
        .problem(401, "refresh_token_missing");
    let long = "A".repeat(4000);
    for junk in [
        "",
        "x",
        "null",
        "%27%20or%201%3D1",
        &session.access,
        &long,
        &"A".repeat(43),
    ] {
        world
            .refresh(junk)
            .await
            .problem(401, "refresh_token_invalid");
    }
    // Nothing of that has used the token up.
    let call = call()
        .header("origin", ORIGIN)
        .header("sec-fetch-site", "same-origin");
    call.json(json!({})).send().await.expect(200);
}

#[tokio::test]
async fn each_use_answers_a_new_token_of_the_same_session() {
    let world = World::new().await;
    let mut session = world.register("ada@example.com").await;
    let first = world.state.verifier.verify(&session.access).await.unwrap();
    for _ in 0..5 {
        world.pass(60);
        let next = Session::of(&world.refresh(&session.refresh).await.expect(200));
        assert_ne!(next.refresh, session.refresh);
        assert_eq!(next.user, session.user);
        let claims = world.state.verifier.verify(&next.access).await.unwrap();
        assert_eq!((claims.sid, claims.sub), (first.sid, first.sub));
        assert_ne!(claims.jti, first.jti);
        session = next;
    }
    world.db.verify().await;
}

#[tokio::test]
async fn a_copied_token_ends_the_session_for_thief_and_owner() {
    let world = World::new().await;
    let first = world.register("ada@example.com").await;
    let other = Session::of(&world.log_in("ada@example.com", PASSWORD).await.expect(200));
    let second = Session::of(&world.refresh(&first.refresh).await.expect(200));
    let third = Session::of(&world.refresh(&second.refresh).await.expect(200));
    // Within the grace time, but the child was used.
    world
        .refresh(&first.refresh)
        .await
        .problem(401, "token_reuse");
    for dead in [&first, &second, &third] {
        world
            .refresh(&dead.refresh)
            .await
            .problem(401, "refresh_token_invalid");
        world.me(&dead.access).await.problem(401, "token_invalid");
    }
    let reason: String =
        sqlx::query_scalar("select revoke_reason from auth.session where revoked_at is not null")
            .fetch_one(&world.admin().await)
            .await
            .unwrap();
    assert_eq!(reason, "refresh_reuse");
    world.refresh(&other.refresh).await.expect(200);
    world.me(&other.access).await.expect(200);
    world.db.verify().await;
}

#[tokio::test]
async fn a_lost_answer_can_be_asked_for_again_for_ten_seconds() {
    let world = World::new().await;
    let session = world.register("ada@example.com").await;
    let lost = cookie(&world.refresh(&session.refresh).await.expect(200));
    world.pass(10);
    let again = cookie(&world.refresh(&session.refresh).await.expect(200));
    assert_eq!(lost, again, "one child, however often it is asked for");
    let next = cookie(&world.refresh(&again).await.expect(200));
    world.pass(11);
    world.refresh(&again).await.problem(401, "token_reuse");
    world
        .refresh(&next)
        .await
        .problem(401, "refresh_token_invalid");
}

#[tokio::test]
async fn after_the_grace_time_a_used_token_is_a_copied_one() {
    let world = World::new().await;
    let session = world.register("ada@example.com").await;
    let next = cookie(&world.refresh(&session.refresh).await.expect(200));
    world.pass(11);
    world
        .refresh(&session.refresh)
        .await
        .problem(401, "token_reuse");
    world
        .refresh(&next)
        .await
        .problem(401, "refresh_token_invalid");
}

#[tokio::test]
async fn a_session_slides_thirty_days_and_ends_after_ninety() {
    let world = World::new().await;
    let idle = world.register("idle@example.com").await;
    let mut token = world.register("busy@example.com").await.refresh;
    world.pass(30 * DAY);
    world
        .refresh(&idle.refresh)
        .await
        .problem(401, "refresh_token_invalid");
    world
        .refresh(&token)
        .await
        .problem(401, "refresh_token_invalid");

    token = world.register("steady@example.com").await.refresh;
    for _ in 0..4 {
        world.pass(20 * DAY);
        let answer = world.refresh(&token).await.expect(200);
        token = cookie(&answer);
    }
    // Day 80: ten days are left, not thirty.
    let answer = world.refresh(&token).await.expect(200);
    assert!(
        answer
            .header("set-cookie")
            .unwrap()
            .contains(&format!("; Max-Age={};", 10 * DAY))
    );
    world.pass(10 * DAY);
    world
        .refresh(&cookie(&answer))
        .await
        .problem(401, "refresh_token_invalid");
}

#[tokio::test]
async fn what_is_over_is_deleted_and_what_lives_stays() {
    let world = World::new().await;
    let gone = world.register("gone@example.com").await;
    world.log_out(&gone.refresh).await.expect(204);
    let idle = world.register("idle@example.com").await;
    let live = cookie(&world.refresh(&idle.refresh).await.expect(200));
    world.pass(11);
    assert_eq!(auth::jobs::purge::purge(&world.state, 1).await.unwrap(), 0);
    let sealed: i64 = sqlx::query_scalar(
        "select count(*) from auth.refresh_token where sealed_token is not null",
    )
    .fetch_one(&world.admin().await)
    .await
    .unwrap();
    assert_eq!(sealed, 0, "nobody may ask for the child any more");
    world.refresh(&live).await.expect(200);
    world.pass(31 * DAY);
    auth::jobs::purge::purge(&world.state, 1).await.unwrap();
    let left: i64 = sqlx::query_scalar("select count(*) from auth.refresh_token")
        .fetch_one(&world.admin().await)
        .await
        .unwrap();
    assert_eq!(left, 0);
    let sessions: Vec<bool> = sqlx::query_scalar("select revoked_at is not null from auth.session")
        .fetch_all(&world.admin().await)
        .await
        .unwrap();
    assert_eq!(
        sessions,
        [false],
        "the ended one is gone, the open one is not 90 days old"
    );
    world.pass(60 * DAY);
    assert_eq!(auth::jobs::purge::purge(&world.state, 1).await.unwrap(), 1);
}
