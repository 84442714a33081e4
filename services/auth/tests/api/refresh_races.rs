//! Parallel use of one refresh token.

use std::collections::HashSet;

use futures::future::{join, join_all};
use sqlx::PgPool;

use crate::world::{World, cookie};

async fn live_tokens(pool: &PgPool) -> i64 {
    sqlx::query_scalar(
        "select count(*) from auth.refresh_token t join auth.session s using (session_id)
          where t.used_at is null and s.revoked_at is null",
    )
    .fetch_one(pool)
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_refreshes_of_one_token_leave_one_live_token() {
    let world = World::new().await;
    let session = world.register("ada@example.com").await;
    let answers = join_all((0..100).map(|_| world.refresh(&session.refresh))).await;
    let children: HashSet<String> = answers
        .into_iter()
        .map(|answer| cookie(&answer.expect(200)))
        .collect();
    assert_eq!(children.len(), 1, "all clients are told the same child");
    assert_eq!(live_tokens(&world.admin().await).await, 1);
    world
        .refresh(children.iter().next().unwrap())
        .await
        .expect(200);
    world.db.verify().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_refreshes_after_the_grace_time_end_the_session() {
    let world = World::with(&[("SESSION__GRACE_S", "0")]).await;
    let session = world.register("ada@example.com").await;
    world.refresh(&session.refresh).await.expect(200);
    world.pass(1);
    let answers = join_all((0..100).map(|_| world.refresh(&session.refresh))).await;
    let reuse = answers
        .iter()
        .filter(|answer| answer.json["code"] == "token_reuse")
        .count();
    assert_eq!(reuse, 1, "it is told once; after that there is no session");
    assert!(answers.iter().all(|answer| answer.status == 401));
    assert_eq!(live_tokens(&world.admin().await).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_of_a_session_works_after_the_sign_out_however_it_races_with_refreshes() {
    let world = World::with(&[("LIMIT__REGISTER_ADDRESS_BURST", "1000")]).await;
    let pool = world.admin().await;
    for round in 0..100 {
        let session = world.register(&format!("ada{round}@example.com")).await;
        let refreshes = join_all((0..4).map(|_| world.refresh(&session.refresh)));
        let (signed_out, answers) = join(world.log_out(&session.refresh), refreshes).await;
        signed_out.expect(204);
        for answer in answers {
            if answer.status == 200 {
                let child = cookie(&answer);
                world
                    .refresh(&child)
                    .await
                    .problem(401, "refresh_token_invalid");
                let access = answer.json["access_token"].as_str().unwrap();
                world.me(access).await.problem(401, "token_invalid");
            } else {
                answer.problem(401, "refresh_token_invalid");
            }
        }
        world
            .refresh(&session.refresh)
            .await
            .problem(401, "refresh_token_invalid");
        world
            .me(&session.access)
            .await
            .problem(401, "token_invalid");
        assert_eq!(live_tokens(&pool).await, 0, "round {round}");
    }
    world.db.verify().await;
}
