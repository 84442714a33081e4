//! Events that go wrong on purpose.

use std::time::Duration;

use paysim::{Config, Faults, Running, WebhookFault, WebhookTrouble};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    support::{Api, Folder, eventually},
    webhooks::{SECRET, Shop},
};

struct World {
    _folder: Folder,
    _tasks: JoinSet<()>,
    shop: Shop,
    running: Running,
    api: Api,
}

/// A simulator whose events suffer from a fault, and a shop that gets them.
async fn world(fault: WebhookFault) -> World {
    let (folder, shop, mut tasks) = (Folder::new(), Shop::default(), JoinSet::new());
    let config = Config {
        webhook: Some(shop.open(&mut tasks).await),
        faults: Faults {
            webhooks: vec![fault],
            ..Faults::default()
        },
        ..Config::new(folder.path())
    };
    let running = paysim::start(config).await.unwrap();
    let api = Api::new(&running.base_url);
    World {
        _folder: folder,
        _tasks: tasks,
        shop,
        running,
        api,
    }
}

/// When a request was signed, and whether rightly.
fn signature(headers: &http::HeaderMap, body: &[u8]) -> (i64, bool) {
    let header = headers["stripe-signature"].to_str().unwrap();
    let time = header.strip_prefix("t=").unwrap();
    let time = time.split_once(',').unwrap().0.parse().unwrap();
    (time, header == paysim::sign_webhook(SECRET, time, body))
}

fn now() -> i64 {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

#[tokio::test]
async fn duplicates_come_at_once() {
    let fault = WebhookFault {
        times: 9,
        events: "payment_intent.succeeded".to_owned(),
        ..WebhookFault::every(WebhookTrouble::Duplicate)
    };
    let world = world(fault).await;
    world.api.pay("pm_card_visa").await.ok();
    let events = world.shop.wait_for(12).await;
    let succeeded = events
        .iter()
        .filter(|event| event["type"] == "payment_intent.succeeded");
    assert_eq!(succeeded.count(), 10);
    eventually(async || {
        let deliveries = world.running.deliveries();
        let duplicates = deliveries
            .iter()
            .filter(|delivery| delivery.manner == "duplicate");
        (duplicates.count() == 9).then_some(())
    })
    .await;
}

#[tokio::test]
async fn missing_events_come_when_they_are_asked_for() {
    let world = world(WebhookFault::every(WebhookTrouble::Missing)).await;
    let intent = world.api.pay("pm_card_visa").await.ok();
    let none = eventually(async || {
        let pending = world.running.ledger().events_pending;
        (pending == 0).then_some(Value::Null)
    });
    none.await;
    assert!(world.shop.events().is_empty());
    let url = format!("{}/_ctl/webhooks/redeliver", world.api.base_url);
    let ask = async |wanted: Value| {
        let response = world.api.client.post(&url).json(&wanted).send().await;
        let response = response.unwrap();
        let status = response.status().as_u16();
        (status, response.json::<Value>().await.unwrap())
    };
    let about = json!({ "object": intent["id"], "type": "payment_intent.succeeded" });
    assert_eq!(ask(about).await, (200, json!({ "events": 1 })));
    let events = world.shop.wait_for(1).await;
    assert_eq!(events[0]["data"]["object"]["id"], intent["id"]);
    // Other rules hold for what is asked for as well.
    let twice = Faults {
        webhooks: vec![
            WebhookFault::every(WebhookTrouble::Missing),
            WebhookFault::every(WebhookTrouble::Duplicate),
        ],
        ..Faults::default()
    };
    world.running.set_faults(twice).unwrap();
    assert_eq!(ask(json!({ "all": true })).await.1["events"], 3);
    world.shop.wait_for(7).await;
    assert_eq!(ask(json!({ "event": "evt_none" })).await.0, 404);
    assert_eq!(ask(json!({})).await.0, 400);
}

#[tokio::test]
async fn forged_events_come_before_the_genuine_one() {
    let world = world(WebhookFault::every(WebhookTrouble::Forged)).await;
    let form = [("amount", "500"), ("currency", "usd")];
    world.api.post("/v1/payment_intents", &form).await.ok();
    world.shop.wait_for(2).await;
    let received = world.shop.received();
    let genuine: Vec<bool> = received
        .iter()
        .map(|(headers, body)| signature(headers, body).1)
        .collect();
    assert_eq!(genuine, [false, true]);
}

#[tokio::test]
async fn a_replay_is_the_same_request_with_its_old_signature() {
    let fault = WebhookFault {
        aged_s: 3 * 24 * 60 * 60,
        ms: 20,
        ..WebhookFault::every(WebhookTrouble::Replay)
    };
    let world = world(fault).await;
    let form = [("amount", "500"), ("currency", "usd")];
    world.api.post("/v1/payment_intents", &form).await.ok();
    world.shop.wait_for(2).await;
    let received = world.shop.received();
    assert_eq!(received[0].1, received[1].1);
    let (time, genuine) = signature(&received[1].0, &received[1].1);
    assert!(genuine && time < now() - 250_000);
}

#[tokio::test]
async fn a_late_event_is_old_and_signed_now() {
    let fault = WebhookFault {
        ms: 50,
        aged_s: 3 * 24 * 60 * 60,
        ..WebhookFault::every(WebhookTrouble::Late)
    };
    let world = world(fault).await;
    let form = [("amount", "500"), ("currency", "usd")];
    world.api.post("/v1/payment_intents", &form).await.ok();
    let events = world.shop.wait_for(1).await;
    assert!(events[0]["created"].as_i64().unwrap() < now() - 250_000);
    let (headers, body) = &world.shop.received()[0];
    let (time, genuine) = signature(headers, body);
    assert!(genuine && time > now() - 60);
}

#[tokio::test]
async fn shuffled_events_overtake_each_other() {
    let fault = WebhookFault {
        ms: 300,
        ..WebhookFault::every(WebhookTrouble::Shuffle)
    };
    let world = world(fault).await;
    for _ in 0..8 {
        world.api.pay("pm_card_visa").await.ok();
    }
    let events = world.shop.wait_for(24).await;
    let arrived: Vec<&str> = events
        .iter()
        .map(|event| event["id"].as_str().unwrap())
        .collect();
    let made = world.api.get("/v1/events?limit=100").await.ok();
    let made = made["data"].as_array().unwrap().iter().rev();
    let made: Vec<&str> = made.map(|event| event["id"].as_str().unwrap()).collect();
    assert_ne!(arrived, made);
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(world.shop.events().len(), 24, "each comes once");
}
