use serde_json::json;

use super::*;
use crate::db::Db;
use crate::test_servers;

const TABLE: &str = "create table {schema}.idempotency_key (
    scope text not null, key text not null, request_hash bytea not null,
    state text not null default 'in_progress' check (state in ('in_progress', 'done')),
    locked_until timestamptz, status smallint, body jsonb,
    created_at timestamptz not null default now(), expires_at timestamptz not null,
    primary key (scope, key),
    check ((state = 'done') = (status is not null and body is not null)));";

const LEASE: SignedDuration = SignedDuration::from_secs(30);

struct Keys {
    db: Db,
    store: Idempotency,
    now: Timestamp,
}

impl Keys {
    async fn begin(&self, request: &str, after_s: i64) -> Outcome {
        let mut conn = self.db.write().await.unwrap();
        let hash = request_hash(&[b"POST", request.as_bytes()]);
        let now = self.now + SignedDuration::from_secs(after_s);
        self.store
            .begin(&mut conn, "user", "key", &hash, now, LEASE)
            .await
            .unwrap()
    }

    async fn finish(&self) {
        let mut conn = self.db.write().await.unwrap();
        let body = json!({"id": 1});
        self.store
            .finish(&mut conn, "user", "key", StatusCode::CREATED, &body)
            .await
            .unwrap();
    }
}

async fn keys() -> (Keys, &'static str) {
    let (db, schema) = test_servers::schema(TABLE).await;
    let now = "2026-05-01T12:00:00.123456Z".parse().unwrap();
    let store = Idempotency::new(schema);
    (Keys { db, store, now }, schema)
}

#[tokio::test]
async fn a_key_goes_from_fresh_to_replay() {
    let (keys, schema) = keys().await;
    assert_eq!(keys.begin("a", 0).await, Outcome::Fresh);
    assert_eq!(
        keys.begin("a", 0).await,
        Outcome::InFlight { retry_after_s: 30 }
    );
    assert_eq!(
        keys.begin("a", 10).await,
        Outcome::InFlight { retry_after_s: 20 }
    );
    assert_eq!(keys.begin("b", 10).await, Outcome::Mismatch);
    // The first holder is gone: one resumes, the next waits for that one.
    assert_eq!(keys.begin("b", 31).await, Outcome::Mismatch);
    assert_eq!(keys.begin("a", 31).await, Outcome::Resume);
    assert_eq!(
        keys.begin("a", 31).await,
        Outcome::InFlight { retry_after_s: 30 }
    );
    keys.finish().await;
    let stored = StoredResponse {
        status: 201,
        body: json!({"id": 1}),
    };
    assert_eq!(keys.begin("a", 32).await, Outcome::Replay(stored.clone()));
    assert_eq!(keys.begin("b", 32).await, Outcome::Mismatch);
    let answer = stored.into_response();
    assert_eq!(answer.status(), StatusCode::CREATED);
    assert_eq!(answer.headers()["idempotent-replayed"], "true");
    // After 30 days the key is new again, for whatever request.
    assert_eq!(keys.begin("b", 31 * 24 * 3600).await, Outcome::Fresh);
    test_servers::drop_schema(&keys.db, schema).await;
}

#[tokio::test]
async fn an_abandoned_key_is_fresh_again_and_expired_ones_are_deleted() {
    let (keys, schema) = keys().await;
    assert_eq!(keys.begin("a", 0).await, Outcome::Fresh);
    let mut conn = keys.db.write().await.unwrap();
    keys.store.abandon(&mut conn, "user", "key").await.unwrap();
    assert_eq!(keys.begin("a", 0).await, Outcome::Fresh);
    keys.finish().await;
    keys.store.abandon(&mut conn, "user", "key").await.unwrap();
    assert!(
        matches!(keys.begin("a", 1).await, Outcome::Replay(_)),
        "done keys stay"
    );
    let later = keys.now + SignedDuration::from_hours(31 * 24);
    assert_eq!(
        keys.store
            .delete_expired(&mut conn, keys.now, 10)
            .await
            .unwrap(),
        0
    );
    assert_eq!(
        keys.store
            .delete_expired(&mut conn, later, 10)
            .await
            .unwrap(),
        1
    );
    drop(conn);
    test_servers::drop_schema(&keys.db, schema).await;
}

#[tokio::test]
async fn of_many_at_once_one_is_fresh() {
    let (keys, schema) = keys().await;
    let calls = (0..50).map(|_| keys.begin("a", 0));
    let outcomes = futures::future::join_all(calls).await;
    let fresh = outcomes
        .iter()
        .filter(|outcome| **outcome == Outcome::Fresh)
        .count();
    let waiting = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Outcome::InFlight { .. }))
        .count();
    assert_eq!((fresh, waiting), (1, 49));
    let calls = (0..50).map(|_| keys.begin("a", 31));
    let outcomes = futures::future::join_all(calls).await;
    let resumed = outcomes
        .iter()
        .filter(|outcome| **outcome == Outcome::Resume)
        .count();
    assert_eq!(resumed, 1);
    test_servers::drop_schema(&keys.db, schema).await;
}

#[tokio::test]
async fn who_waits_for_the_first_sees_its_answer() {
    let (keys, schema) = keys().await;
    let hash = request_hash(&[b"POST", b"a"]);
    let mut tx = keys.db.begin().await.unwrap();
    let first = keys
        .store
        .begin(&mut tx, "user", "key", &hash, keys.now, LEASE)
        .await
        .unwrap();
    assert_eq!(first, Outcome::Fresh);
    let (second, ()) = tokio::join!(keys.begin("a", 1), async {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        let body = json!({"id": 2});
        keys.store
            .finish(&mut tx, "user", "key", StatusCode::OK, &body)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    });
    assert!(
        matches!(second, Outcome::Replay(StoredResponse { status: 200, .. })),
        "{second:?}"
    );
    test_servers::drop_schema(&keys.db, schema).await;
}

#[test]
fn the_hash_keeps_parts_apart() {
    assert_ne!(request_hash(&[b"ab", b"c"]), request_hash(&[b"a", b"bc"]));
    assert_eq!(request_hash(&[b"a"]), request_hash(&[b"a"]));
}
