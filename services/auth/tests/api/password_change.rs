//! Changing the password while signed in.

use serde_json::json;
use testkit::Answer;

use crate::world::{PASSWORD, Session, World};

const NEW: &str = "blaue-Kreide-93";

async fn change(world: &World, access: &str, current: &str, new: &str) -> Answer {
    let body = json!({"current_password": current, "new_password": new});
    let call = world.put("/api/v1/me/password").bearer(access);
    call.json(body).send().await
}

#[tokio::test]
async fn it_needs_a_token_the_current_password_and_a_good_new_one() {
    let world = World::new().await;
    let session = world.register("ada@example.com").await;
    let body = json!({"current_password": PASSWORD, "new_password": NEW});
    let nobody = world.put("/api/v1/me/password").json(body).send().await;
    nobody.problem(401, "token_missing");
    for (current, new, pointer, code) in [
        ("not the password", NEW, "/current_password", "wrong"),
        ("", NEW, "/current_password", "wrong"),
        (PASSWORD, "short", "/new_password", "too_short"),
        (PASSWORD, "ada@example.com", "/new_password", "too_common"),
    ] {
        let problem = change(&world, &session.access, current, new).await;
        let problem = problem.problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{new}");
        assert_eq!(problem["errors"][0]["code"], code, "{new}");
    }
    world.log_in("ada@example.com", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn this_session_goes_on_and_the_others_end() {
    let world = World::new().await;
    let here = world.register("ada@example.com").await;
    let other = world.log_in("ada@example.com", PASSWORD).await.expect(200);
    let other = Session::of(&other);
    change(&world, &here.access, PASSWORD, NEW)
        .await
        .expect(204);
    world.me(&here.access).await.expect(200);
    world.refresh(&here.refresh).await.expect(200);
    world.me(&other.access).await.problem(401, "token_invalid");
    world
        .refresh(&other.refresh)
        .await
        .problem(401, "refresh_token_invalid");
    world.log_in("ada@example.com", PASSWORD).await.expect(401);
    world.log_in("ada@example.com", NEW).await.expect(200);
    let notices: Vec<String> = sqlx::query_scalar("select template from auth.message")
        .fetch_all(&world.admin().await)
        .await
        .unwrap();
    assert_eq!(notices, ["password_changed"]);
}

#[tokio::test]
async fn a_thief_of_a_token_cannot_guess_the_password() {
    let world = World::new().await;
    let session = world.register("ada@example.com").await;
    for _ in 0..10 {
        change(&world, &session.access, "guess", NEW)
            .await
            .problem(422, "validation_failed");
    }
    change(&world, &session.access, PASSWORD, NEW)
        .await
        .problem(429, "rate_limited");
}
