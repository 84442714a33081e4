//! Requests that go wrong on purpose.

use std::time::{Duration, Instant};

use paysim::{Faults, RequestFault, RequestTrouble, Running};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{Api, eventually, start};

const INTENTS: &str = "/v1/payment_intents";
const FORM: [(&str, &str); 4] = [
    ("amount", "2000"),
    ("currency", "usd"),
    ("confirm", "true"),
    ("payment_method", "pm_card_visa"),
];

fn break_requests(running: &Running, fault: RequestFault) {
    let faults = Faults {
        requests: vec![fault],
        ..Faults::default()
    };
    running.set_faults(faults).unwrap();
}

fn next(fault: RequestTrouble) -> RequestFault {
    RequestFault::next(1, "POST", INTENTS, fault)
}

/// Posts a payment under a key; an error when there is no answer.
async fn pay(api: &Api, key: &str) -> Result<reqwest::StatusCode, reqwest::Error> {
    let request = api
        .client
        .post(format!("{}{INTENTS}", api.base_url))
        .bearer_auth("sk_test_techmart")
        .header("Idempotency-Key", key)
        .timeout(Duration::from_secs(5))
        .form(&FORM);
    Ok(request.send().await?.status())
}

#[tokio::test]
async fn a_dropped_answer_hides_a_payment_that_was_made() {
    let (_folder, running, api) = start().await;
    break_requests(&running, next(RequestTrouble::DropAfterCommit));
    let lost = pay(&api, "k").await.unwrap_err();
    assert!(!lost.is_timeout() && lost.is_request(), "{lost:?}");
    assert_eq!(running.ledger().totals["usd"].captured, 2000);
    // The same request again finds it.
    let found = api.post_once("k", INTENTS, &FORM).await;
    assert!(found.replayed);
    let ledger = running.ledger();
    assert_eq!(ledger.intents.len(), 1);
    assert_eq!(ledger.charges_by_key["k"], 1);
}

#[tokio::test]
async fn a_request_dropped_before_was_never_there() {
    let (_folder, running, api) = start().await;
    break_requests(&running, next(RequestTrouble::DropBefore));
    pay(&api, "k").await.unwrap_err();
    assert!(running.ledger().intents.is_empty());
    assert!(!api.post_once("k", INTENTS, &FORM).await.replayed);
}

#[tokio::test]
async fn a_server_error_may_hide_a_payment_or_not() {
    let (_folder, running, api) = start().await;
    for (execute, made) in [(false, 0), (true, 1)] {
        let fault = RequestFault {
            status: 503,
            execute,
            ..next(RequestTrouble::Status)
        };
        break_requests(&running, fault);
        let key = format!("k{execute}");
        let refused = api.post_once(&key, INTENTS, &FORM).await;
        assert_eq!(refused.error(503)["type"], "api_error");
        assert_eq!(running.ledger().intents.len(), made);
    }
    break_requests(&running, next(RequestTrouble::RateLimit));
    let limited = api.post(INTENTS, &FORM).await;
    assert_eq!(limited.error(429)["code"], "rate_limit");
    assert_eq!(running.ledger().intents.len(), 1);
}

#[tokio::test]
async fn an_error_can_stay_the_answer_of_its_key() {
    let (_folder, running, api) = start().await;
    let fault = RequestFault {
        execute: true,
        sticky: true,
        ..next(RequestTrouble::Status)
    };
    break_requests(&running, fault);
    api.post_once("k", INTENTS, &FORM).await.error(500);
    let again = api.post_once("k", INTENTS, &FORM).await;
    assert!(again.replayed);
    again.error(500);
    assert_eq!(running.ledger().charges_by_key["k"], 1);
    // Only the intent itself tells.
    let listed = api.get(INTENTS).await.ok();
    assert_eq!(listed["data"][0]["status"], "succeeded");
}

#[tokio::test]
async fn a_hanging_request_ends_with_the_rules() {
    let (_folder, running, api) = start().await;
    let fault = RequestFault {
        execute: true,
        ..next(RequestTrouble::Hang)
    };
    break_requests(&running, fault);
    let mut waiting = JoinSet::new();
    let client = api.clone();
    waiting.spawn(async move { pay(&client, "k").await });
    eventually(async || (!running.ledger().intents.is_empty()).then_some(())).await;
    assert!(waiting.try_join_next().is_none());
    running.set_faults(Faults::default()).unwrap();
    waiting.join_next().await.unwrap().unwrap().unwrap_err();
    // A stop ends one as well.
    break_requests(&running, next(RequestTrouble::Hang));
    waiting.spawn(async move { pay(&api, "l").await });
    eventually(async || (running.faults().requests[0].when.next == Some(0)).then_some(())).await;
    running.stop().await;
    waiting.join_next().await.unwrap().unwrap().unwrap_err();
}

#[tokio::test]
async fn operators_set_list_and_reset_rules() {
    let (_folder, running, api) = start().await;
    let url = format!("{}/_ctl/faults", api.base_url);
    let rules = json!({
        "requests": [
            { "fault": "delay", "path": "/v1/*", "ms": 60, "jitter_ms": 10, "probability": 1.0 },
            { "fault": "rate_limit", "method": "post", "path": "/v1/refunds", "skip": 1, "next": 1 },
        ],
        "webhooks": [{ "fault": "duplicate", "events": "payment_intent.*", "times": 9 }],
    });
    let set = api.client.put(&url).json(&rules).send().await.unwrap();
    assert_eq!(set.status(), 200);
    let start = Instant::now();
    api.pay("pm_card_visa").await.ok();
    assert!(start.elapsed() >= Duration::from_millis(60));
    // The first refund passes, the second does not, the third does.
    for status in [400, 429, 400] {
        let refund = api.post("/v1/refunds", &[("charge", "ch_none")]).await;
        assert_eq!(refund.status, status);
    }
    let listed: Value = api
        .client
        .get(&url)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(listed["requests"][1]["next"], 0);
    for wrong in [
        json!({ "requests": [{ "fault": "explode" }] }),
        json!({ "requests": [{ "fault": "delay", "millis": 5 }] }),
        json!({ "requests": [{ "fault": "delay", "probability": 2 }] }),
        json!({ "requests": [{ "fault": "status", "status": 5 }] }),
        json!({ "faults": [] }),
    ] {
        let refused = api.client.post(&url).json(&wrong).send().await.unwrap();
        assert_eq!(refused.status(), 400, "{wrong}");
    }
    let page = api.client.get(&url).header("Origin", "http://shop.test");
    assert_eq!(page.send().await.unwrap().status(), 403);
    let reset = api.client.delete(&url).send().await.unwrap();
    assert_eq!(reset.status(), 204);
    assert_eq!(running.faults(), Faults::default());
}
