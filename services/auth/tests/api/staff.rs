//! What staff may do, and who changed it.

use auth::domain::permission::Permission;
use common::access::Role;
use serde_json::json;

use crate::world::{PASSWORD, World};

const AUDIT: &str = "/api/v1/admin/audit/auth";

fn names(texts: &[&str]) -> Vec<Permission> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[tokio::test]
async fn customers_get_no_permissions() {
    let world = World::new().await;
    let session = world.register("ada@example.com").await;
    assert!(session.user.get("permissions").is_none());
    let claims = world.state.verifier.verify(&session.access).await.unwrap();
    assert_eq!(claims.scope, None);
    let ada = "ada@example.com".parse().unwrap();
    let operator = world.operator();
    assert!(operator.grant(&ada, &names(&["*"])).await.is_err());
    assert!(operator.revoke(&ada, &names(&["*"])).await.is_err());
    let nobody = "nobody@example.com".parse().unwrap();
    assert!(operator.grant(&nobody, &names(&["*"])).await.is_err());
    let admin = world.admin().await;
    let forced = sqlx::query("update auth.user_account set permissions = '{orders.read}'")
        .execute(&admin)
        .await;
    assert!(forced.is_err(), "the database refuses it too");
}

#[tokio::test]
async fn the_token_and_the_account_name_what_staff_may_do() {
    let world = World::new().await;
    let session = world
        .staff("staff@techmart.example", &["audit.read", "orders.read"])
        .await;
    let may = json!(["audit.read", "orders.read"]);
    assert_eq!(session.user["permissions"], may);
    let me = world.me(&session.access).await.expect(200);
    assert_eq!(me.json["permissions"], may);
    let claims = world.state.verifier.verify(&session.access).await.unwrap();
    assert_eq!(claims.scope.as_deref(), Some("audit.read orders.read"));
    world
        .get("/api/v1/admin/messages/auth")
        .bearer(&session.access)
        .send()
        .await
        .problem(403, "permission_missing");
    world
        .get(AUDIT)
        .bearer(&session.access)
        .send()
        .await
        .expect(200);
}

#[tokio::test]
async fn a_grant_comes_with_the_next_token_and_a_revocation_at_once() {
    let world = World::new().await;
    let address = "staff@techmart.example".parse().unwrap();
    let session = world
        .staff("staff@techmart.example", &["orders.read"])
        .await;
    let operator = world.operator();
    let may = operator.grant(&address, &names(&["audit.read"])).await;
    assert_eq!(may.unwrap(), ["audit.read", "orders.read"]);
    let refused = world.get(AUDIT).bearer(&session.access).send().await;
    assert_eq!(
        refused.problem(403, "permission_missing")["permission"],
        "audit.read"
    );
    let renewed = world.refresh(&session.refresh).await.expect(200);
    let renewed = crate::world::Session::of(&renewed);
    let allowed = world.get(AUDIT).bearer(&renewed.access).send().await;
    allowed.expect(200);

    let left = operator.revoke(&address, &names(&["audit.read"])).await;
    assert_eq!(left.unwrap(), ["orders.read"]);
    world
        .refresh(&renewed.refresh)
        .await
        .problem(401, "refresh_token_invalid");
    let verifier = world.verifier_of("orders").await;
    assert!(verifier.verify(&renewed.access).await.is_err());
}

#[tokio::test]
async fn everything_is_not_taken_away_by_halves() {
    let world = World::new().await;
    let address = "staff@techmart.example".parse().unwrap();
    world.staff("staff@techmart.example", &["*"]).await;
    let operator = world.operator();
    let refused = operator.revoke(&address, &names(&["audit.read"])).await;
    assert!(refused.unwrap_err().to_string().contains("everything"));
    let all = operator.grant(&address, &names(&["audit.read"])).await;
    assert_eq!(all.unwrap(), ["*"]);
    let none = operator.revoke(&address, &names(&["*"])).await.unwrap();
    assert!(none.is_empty());
    let listed = operator.list_staff().await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].role, Role::Staff);
    assert_eq!(listed[0].scope().as_deref(), Some(""));
}

#[tokio::test]
async fn every_change_of_an_account_is_in_the_log_and_the_log_cannot_be_changed() {
    let world = World::new().await;
    let session = world.staff("staff@techmart.example", &["audit.read"]).await;
    let operator = world.operator();
    let other = "other@techmart.example".parse().unwrap();
    world
        .staff("other@techmart.example", &["orders.read"])
        .await;
    operator
        .grant(&other, &names(&["orders.hold"]))
        .await
        .unwrap();
    operator.set_disabled(&other, true).await.unwrap();
    let log = |query: &str| {
        world
            .get(&format!("{AUDIT}{query}"))
            .bearer(&session.access)
    };
    let sessions = log("?action=session.open").send().await.expect(200);
    let opened = &sessions.json["items"][1];
    assert_eq!(opened["actor"]["id"], session.user["id"]);
    assert_eq!(opened["actor"]["session_id"], opened["object"]["id"]);
    assert!(opened["request_id"].is_string(), "{opened}");
    let answer = log("?actor_kind=system").send().await.expect(200);
    let actions: Vec<_> = answer.json["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["action"].as_str().unwrap())
        .collect();
    assert_eq!(
        actions,
        [
            "user.disable",
            "staff.grant",
            "staff.create",
            "staff.create"
        ]
    );
    let grant = &answer.json["items"][1];
    assert_eq!(grant["actor"]["kind"], "system");
    assert_eq!(grant["before"], json!({"permissions": ["orders.read"]}));
    assert_eq!(
        grant["after"],
        json!({"permissions": ["orders.hold", "orders.read"]})
    );
    assert!(!String::from_utf8_lossy(&answer.bytes).contains(PASSWORD));

    let id = grant["object"]["id"].as_str().unwrap();
    let about = log(&format!(
        "?object_type=user&object_id={id}&action=staff.&limit=1"
    ));
    let first = about.send().await.expect(200);
    assert_eq!(first.json["items"][0]["action"], "staff.grant");
    let cursor = first.json["next_cursor"].as_str().unwrap();
    let rest = log(&format!(
        "?object_type=user&object_id={id}&action=staff.&limit=1&cursor={cursor}"
    ));
    let rest = rest.send().await.expect(200);
    assert_eq!(rest.json["items"][0]["action"], "staff.create");
    assert_eq!(rest.json["next_cursor"], json!(null));
    log("?from=yesterday")
        .send()
        .await
        .problem(400, "invalid_query");
    log("?colour=red")
        .send()
        .await
        .problem(400, "invalid_query");
    log("?cursor=x").send().await.problem(400, "invalid_cursor");

    let own = world.db.pool("auth", 1).await;
    for forbidden in [
        "update auth.audit_log set reason = 'x'",
        "delete from auth.audit_log",
        "truncate auth.audit_log",
    ] {
        let error = sqlx::query(forbidden).execute(&own).await.unwrap_err();
        assert_eq!(common::db::sqlstate(&error).as_deref(), Some("42501"));
    }
}
