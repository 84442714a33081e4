//! Idempotency keys.

use futures::future::join_all;

use crate::support::{open, start};

const PATH: &str = "/v1/payment_intents";
const FORM: [(&str, &str); 4] = [
    ("amount", "2000"),
    ("currency", "usd"),
    ("confirm", "true"),
    ("payment_method", "pm_card_visa"),
];

#[tokio::test]
async fn the_first_result_is_replayed_also_after_a_restart() {
    let (folder, running, api) = start().await;
    let first = api.post_once("key-1", PATH, &FORM).await;
    let again = api.post_once("key-1", PATH, &FORM).await;
    assert!(!first.replayed);
    assert!(again.replayed);
    assert_eq!(first.body, again.body);
    running.stop().await;

    let (running, api) = open(&folder).await;
    let later = api.post_once("key-1", PATH, &FORM).await;
    assert!(later.replayed);
    assert_eq!(first.body, later.body);
    assert_eq!(running.ledger().intents.len(), 1);
}

#[tokio::test]
async fn a_decline_is_a_result_too() {
    let (_folder, running, api) = start().await;
    let mut form = FORM;
    form[3].1 = "pm_card_visa_chargeDeclined";
    let first = api.post_once("key-1", PATH, &form).await;
    let again = api.post_once("key-1", PATH, &form).await;
    first.error(402);
    assert!(again.replayed);
    assert_eq!(first.body, again.body);
    assert_eq!(running.ledger().intents.len(), 1);
}

#[tokio::test]
async fn another_request_under_the_key_is_refused() {
    let (_folder, running, api) = start().await;
    api.post_once("key-1", PATH, &FORM).await.ok();
    let mut form = FORM;
    form[0].1 = "2001";
    let other = api.post_once("key-1", PATH, &form).await;
    assert_eq!(other.error(400)["type"], "idempotency_error");
    let elsewhere = api.post_once("key-1", "/v1/refunds", &FORM).await;
    assert_eq!(elsewhere.error(400)["type"], "idempotency_error");
    assert_eq!(running.ledger().totals["usd"].captured, 2000);
}

#[tokio::test]
async fn a_refused_request_leaves_its_key_free() {
    let (_folder, _running, api) = start().await;
    api.post_once("key-1", PATH, &FORM[..1]).await.error(400);
    let good = api.post_once("key-1", PATH, &FORM).await;
    assert!(!good.replayed);
    good.ok();
    let long = "k".repeat(256);
    api.post_once(&long, PATH, &FORM).await.error(400);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_requests_with_one_key_charge_once() {
    let (_folder, running, api) = start().await;
    for round in 0..20 {
        let key = format!("key-{round}");
        let answers = join_all((0..10).map(|_| api.post_once(&key, PATH, &FORM))).await;
        let executed = answers
            .iter()
            .filter(|answer| answer.status == 200 && !answer.replayed)
            .count();
        assert_eq!(executed, 1);
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            assert_eq!(answer.error(409)["code"], "idempotency_key_in_use");
        }
    }
    assert_eq!(running.ledger().intents.len(), 20);
}
