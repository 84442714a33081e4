use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::FromRef;
use http::{Request, StatusCode};
use jiff::SignedDuration;
use kernel::TestClock;
use serde_json::json;
use tower::ServiceExt;

use super::*;
use crate::access::{AccessClaims, Signer, Verifier};
use crate::db::Db;
use crate::test_servers;

const TABLE: &str = "create table {schema}.audit_log (
    audit_id bigint generated always as identity primary key, occurred_at timestamptz not null,
    actor_kind text not null, actor_id uuid, session_id uuid, action text not null,
    object_type text not null, object_id text not null, before jsonb, after jsonb,
    reason text, request_id text, created_at timestamptz not null default now());";

const NOW: &str = "2026-05-01T12:00:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

#[derive(Clone)]
struct AppState {
    db: Db,
    verifier: Verifier,
}

impl FromRef<AppState> for Db {
    fn from_ref(state: &AppState) -> Self {
        state.db.clone()
    }
}

impl FromRef<AppState> for Verifier {
    fn from_ref(state: &AppState) -> Self {
        state.verifier.clone()
    }
}

struct Desk {
    db: Db,
    schema: &'static str,
    audit: Audit,
    signer: Signer,
    verifier: Verifier,
}

async fn desk() -> Desk {
    let (db, schema) = test_servers::schema(TABLE).await;
    let signer = Signer::from_pkcs8_pem(&Signer::generate_pem().unwrap()).unwrap();
    let verifier = Verifier::new("https://shop.test", Arc::new(TestClock::new(now())));
    verifier
        .replace_keys(&[signer.public_key().clone()])
        .unwrap();
    Desk {
        db,
        schema,
        audit: Audit::new(schema),
        signer,
        verifier,
    }
}

impl Desk {
    async fn append(&self, entry: &Entry<'_>) -> i64 {
        let mut conn = self.db.write().await.unwrap();
        self.audit.append(&mut conn, entry).await.unwrap()
    }

    fn token(&self, scope: &str) -> String {
        let claims = AccessClaims {
            iss: "https://shop.test".into(),
            sub: UserId::generate(),
            aud: Role::Staff.audience(),
            exp: now().as_second() + 600,
            iat: now().as_second(),
            jti: "t".into(),
            sid: SessionId::generate(),
            role: Role::Staff,
            scope: Some(scope.into()),
        };
        self.signer.sign(&claims).unwrap()
    }

    async fn get(&self, query: &str, scope: &str) -> (StatusCode, Value) {
        let router = router::<Router<AppState>>(self.schema).with_state(AppState {
            db: self.db.clone(),
            verifier: self.verifier.clone(),
        });
        let request = Request::get(format!("/api/v1/admin/audit/{}{query}", self.schema))
            .header("authorization", format!("Bearer {}", self.token(scope)));
        let response = router.oneshot(request.body(Body::empty()).unwrap());
        let response = response.await.unwrap();
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), 1_000_000);
        (
            status,
            serde_json::from_slice(&bytes.await.unwrap()).unwrap(),
        )
    }

    /// The numbers of the entries that a query finds.
    async fn found(&self, query: &str) -> Vec<i64> {
        let (status, page) = self.get(query, "audit.read").await;
        assert_eq!(status, StatusCode::OK, "{page}");
        let items = page["items"].as_array().unwrap().iter();
        items.map(|item| item["id"].as_i64().unwrap()).collect()
    }
}

#[tokio::test]
async fn it_is_closed_to_staff_without_the_permission() {
    let desk = desk().await;
    let (status, body) = desk.get("", "audit.write audit.reader").await;
    assert_eq!(
        (status, &body["code"]),
        (StatusCode::FORBIDDEN, &json!("permission_missing"))
    );
    test_servers::drop_schema(&desk.db, desk.schema).await;
}

#[tokio::test]
async fn what_is_rolled_back_is_not_in_the_log() {
    let desk = desk().await;
    let mut tx = desk.db.begin().await.unwrap();
    let entry = Entry::new(Actor::SYSTEM, "note.delete", "note", 1);
    desk.audit.append(&mut tx, &entry).await.unwrap();
    tx.rollback().await.unwrap();
    assert!(desk.found("").await.is_empty());
    test_servers::drop_schema(&desk.db, desk.schema).await;
}

#[tokio::test]
async fn an_entry_says_who_what_and_why() {
    let desk = desk().await;
    let user = CurrentUser {
        user_id: UserId::generate(),
        session_id: SessionId::generate(),
        role: Role::Staff,
        audience: Role::Staff.audience(),
        scopes: crate::access::Scopes::default(),
    };
    let meta = RequestMeta {
        request_id: "r1".into(),
        peer: None,
    };
    let id = desk
        .append(
            &Entry::new(&user, "note.write", "note", "nte_1")
                .at(now())
                .before(json!({"text": "a"}))
                .after(json!({"text": "b"}))
                .reason("a typo")
                .request(&meta),
        )
        .await;
    let (_, page) = desk.get("", "*").await;
    let entry = json!({
        "id": id, "at": NOW, "action": "note.write",
        "actor": {"kind": "staff", "id": user.user_id, "session_id": user.session_id},
        "object": {"type": "note", "id": "nte_1"},
        "before": {"text": "a"}, "after": {"text": "b"}, "reason": "a typo", "request_id": "r1",
    });
    assert_eq!(page, json!({"items": [entry], "next_cursor": null}));
    test_servers::drop_schema(&desk.db, desk.schema).await;
}

#[tokio::test]
async fn filters_narrow_and_pages_join_without_gap_or_double() {
    let desk = desk().await;
    let user = UserId::generate();
    let staff = Actor {
        kind: ActorKind::Staff,
        user_id: Some(user),
        session_id: None,
    };
    let mut all = Vec::new();
    // Several at the same moment: time alone would not tell them apart.
    for n in 0..10_i64 {
        let (actor, action) = match n % 3 {
            0 => (staff, "note.write"),
            1 => (Actor::GUEST, "note.delete"),
            _ => (Actor::SYSTEM, "notebook.open"),
        };
        let at = now() + SignedDuration::from_secs(n / 5);
        let object = format!("nte_{}", n % 2);
        all.push(
            desk.append(&Entry::new(actor, action, "note", object).at(at))
                .await,
        );
    }
    all.reverse();
    assert_eq!(desk.found("").await, all);
    let every = |keep: fn(i64) -> bool| -> Vec<i64> {
        (0..10)
            .rev()
            .filter(|n| keep(*n))
            .map(|n| all[usize::try_from(9 - n).unwrap()])
            .collect()
    };
    assert_eq!(desk.found("?actor_kind=guest").await, every(|n| n % 3 == 1));
    assert_eq!(
        desk.found(&format!("?actor_id={user}")).await,
        every(|n| n % 3 == 0)
    );
    assert_eq!(
        desk.found("?action=note.delete").await,
        every(|n| n % 3 == 1)
    );
    assert_eq!(desk.found("?action=note.").await, every(|n| n % 3 != 2));
    assert_eq!(desk.found("?action=note").await, every(|_| false));
    assert_eq!(
        desk.found("?object_type=note&object_id=nte_1").await,
        every(|n| n % 2 == 1)
    );
    assert_eq!(
        desk.found("?from=2026-05-01T12:00:01Z").await,
        every(|n| n >= 5)
    );
    assert_eq!(
        desk.found("?to=2026-05-01T12:00:01Z").await,
        every(|n| n < 5)
    );

    let mut joined = Vec::new();
    let mut cursor = String::new();
    loop {
        let (_, page) = desk.get(&format!("?limit=3&cursor={cursor}"), "*").await;
        let items = page["items"].as_array().unwrap().iter();
        joined.extend(items.map(|item| item["id"].as_i64().unwrap()));
        match page["next_cursor"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => break,
        }
    }
    assert_eq!(joined, all);
    test_servers::drop_schema(&desk.db, desk.schema).await;
}
