//! Who may do what.

use std::collections::BTreeSet;

use kernel::UserId;
use serde_json::json;

use crate::staff_desk::{Desk, RULES, SYNONYMS, place};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_door_of_staff_asks_for_its_permission() {
    let desk = Desk::open().await;
    let missing = testkit::authorisation::check(&desk.app, &desk.document, &desk.tokens).await;
    let expected = ["audit.read", "search.read", "search.write"];
    assert_eq!(missing, BTreeSet::from(expected.map(str::to_owned)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_read_may_not_write() {
    let desk = Desk::open().await;
    let made = desk
        .make(
            SYNONYMS,
            "k",
            json!({"kind": "one_way", "from": ["a"], "to": ["b"]}),
        )
        .await
        .expect(201);
    let reader = desk.tokens.staff_with(&["search.read", "catalog.write"]);
    let defaults = format!("{SYNONYMS}/defaults");
    for path in [SYNONYMS, RULES, &defaults, &place(SYNONYMS, &made)] {
        desk.app.get(path).bearer(&reader).send().await.expect(200);
        let customer = desk.tokens.customer(UserId::generate());
        let refused = desk.app.get(path).bearer(customer).send().await;
        refused.problem(403, "forbidden");
    }
    let body = json!({"kind": "one_way", "from": ["c"], "to": ["d"]});
    let calls = [
        desk.app.post(SYNONYMS),
        desk.app.patch(place(SYNONYMS, &made)),
        desk.app.delete(place(SYNONYMS, &made)),
    ];
    for call in calls {
        let call = call.bearer(&reader).header("idempotency-key", "k2");
        let call = call.header("if-match", "\"1\"").json(body.clone());
        let problem = call.send().await.problem(403, "permission_missing");
        assert_eq!(problem["permission"], "search.write");
    }
}
