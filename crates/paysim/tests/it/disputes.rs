//! Holders who take their money back through the bank.

use std::time::Duration;

use paysim::{Config, Running};
use serde_json::Value;

use crate::support::{Api, Folder, eventually};

async fn start() -> (Folder, Running, Api) {
    let folder = Folder::new();
    let config = Config {
        dispute_after: Duration::from_millis(20),
        dispute_review: Duration::from_millis(20),
        ..Config::new(folder.path())
    };
    let running = paysim::start(config).await.unwrap();
    let api = Api::new(&running.base_url);
    (folder, running, api)
}

/// A payment and the dispute that follows it.
async fn disputed(api: &Api, card: &str) -> (String, Value) {
    let intent = api.pay(card).await.ok();
    let id = intent["id"].as_str().unwrap().to_owned();
    let list = format!("/v1/disputes?payment_intent={id}");
    let dispute = eventually(async || {
        let found = api.get(&list).await.ok();
        found["data"].get(0).cloned()
    })
    .await;
    (id, dispute)
}

async fn with_status(api: &Api, dispute: &Value, status: &str) -> Value {
    let path = format!("/v1/disputes/{}", dispute["id"].as_str().unwrap());
    eventually(async || {
        let found = api.get(&path).await.ok();
        (found["status"] == status).then_some(found)
    })
    .await
}

#[tokio::test]
async fn a_dispute_takes_the_money_and_forbids_refunds() {
    let (_folder, running, api) = start().await;
    let (id, dispute) = disputed(&api, "pm_card_createDispute").await;
    assert_eq!(dispute["status"], "needs_response");
    assert_eq!(dispute["reason"], "fraudulent");
    assert_eq!(dispute["amount"], 2000);
    let refund = api.post("/v1/refunds", &[("payment_intent", &id)]).await;
    assert_eq!(refund.error(400)["code"], "charge_disputed");
    let entry = running.ledger().intent(&id).unwrap().clone();
    assert_eq!((entry.captured, entry.disputed), (2000, 2000));
    assert_eq!(running.ledger().totals["usd"].net, 0);
    let charge = format!("/v1/charges/{}", dispute["charge"].as_str().unwrap());
    assert_eq!(api.get(&charge).await.ok()["disputed"], true);
    let types = api.event_types().await;
    assert!(types.contains(&"charge.dispute.created".to_owned()));
    assert!(types.contains(&"charge.dispute.funds_withdrawn".to_owned()));
}

#[tokio::test]
async fn evidence_decides() {
    let (_folder, running, api) = start().await;
    for (text, status, kept) in [
        ("winning_evidence", "won", 2000),
        ("losing_evidence", "lost", 0),
    ] {
        let (id, dispute) = disputed(&api, "pm_card_createDispute").await;
        let path = format!("/v1/disputes/{}", dispute["id"].as_str().unwrap());
        // A draft is not given to the bank.
        let draft = [("evidence[customer_name]", "Ada"), ("submit", "false")];
        let drafted = api.post(&path, &draft).await.ok();
        assert_eq!(drafted["status"], "needs_response");
        let said = [("evidence[uncategorized_text]", text)];
        let submitted = api.post(&path, &said).await.ok();
        assert_eq!(submitted["status"], "under_review");
        assert_eq!(submitted["evidence"]["customer_name"], "Ada");
        let decided = with_status(&api, &dispute, status).await;
        assert_eq!(decided["evidence_details"]["submission_count"], 1);
        let entry = running.ledger().intent(&id).unwrap().clone();
        assert_eq!(entry.captured - entry.disputed, kept);
        api.post(&format!("{path}/close"), &[]).await.error(400);
        api.post(&path, &said).await.error(400);
        // What was won can be refunded.
        let refund = api.post("/v1/refunds", &[("payment_intent", &id)]).await;
        assert_eq!(refund.status == 200, status == "won");
    }
    let types = api.event_types().await;
    let count = |wanted: &str| types.iter().filter(|kind| *kind == wanted).count();
    assert_eq!(count("charge.dispute.closed"), 2);
    assert_eq!(count("charge.dispute.funds_reinstated"), 1);
}

#[tokio::test]
async fn a_shop_can_give_in() {
    let (_folder, running, api) = start().await;
    let card = "pm_card_createDisputeProductNotReceived";
    let (id, dispute) = disputed(&api, card).await;
    assert_eq!(dispute["reason"], "product_not_received");
    let path = format!("/v1/disputes/{}/close", dispute["id"].as_str().unwrap());
    assert_eq!(api.post(&path, &[]).await.ok()["status"], "lost");
    api.post(&path, &[]).await.error(400);
    assert_eq!(running.ledger().intent(&id).unwrap().disputed, 2000);
    api.post("/v1/disputes/du_none/close", &[]).await.error(404);
}

#[tokio::test]
async fn an_inquiry_moves_no_money_until_it_escalates() {
    let (_folder, running, api) = start().await;
    let (id, dispute) = disputed(&api, "pm_card_createDisputeInquiry").await;
    assert_eq!(dispute["status"], "warning_needs_response");
    assert_eq!(running.ledger().intent(&id).unwrap().disputed, 0);
    let path = format!("/v1/disputes/{}", dispute["id"].as_str().unwrap());
    let said = [("evidence[uncategorized_text]", "escalate_inquiry_evidence")];
    api.post(&path, &said).await.ok();
    with_status(&api, &dispute, "needs_response").await;
    assert_eq!(running.ledger().intent(&id).unwrap().disputed, 2000);
}

#[tokio::test]
async fn what_was_refunded_is_not_disputed() {
    let folder = Folder::new();
    let config = Config {
        dispute_after: Duration::from_millis(200),
        ..Config::new(folder.path())
    };
    let running = paysim::start(config).await.unwrap();
    let api = Api::new(&running.base_url);
    let intent = api.pay("pm_card_createDispute").await.ok();
    let form = [("payment_intent", intent["id"].as_str().unwrap())];
    api.post("/v1/refunds", &form).await.ok();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let found = api.get("/v1/disputes").await.ok();
    assert!(found["data"].as_array().unwrap().is_empty());
}
