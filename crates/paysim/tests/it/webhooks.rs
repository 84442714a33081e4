//! Events on their way to the shop.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Router, body::Bytes, extract::State, routing::post};
use http::{HeaderMap, StatusCode};
use paysim::{Config, Retry, Webhook, sign_webhook};
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinSet};

use crate::{
    contract,
    support::{Api, Folder},
};

pub(crate) const SECRET: &str = "whsec_test";

/// A shop that answers with the given statuses, then with 200.
#[derive(Clone, Default)]
pub(crate) struct Shop {
    statuses: Arc<Mutex<VecDeque<u16>>>,
    received: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
    /// How many of them were checked against Stripe's document.
    checked: Arc<AtomicUsize>,
}

impl Shop {
    pub(crate) async fn open(&self, tasks: &mut JoinSet<()>) -> Webhook {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap())
            .parse()
            .unwrap();
        let router = Router::new()
            .route("/hook", post(receive))
            .with_state(self.clone());
        tasks.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Webhook {
            url,
            secret: SECRET.to_owned(),
        }
    }

    /// Headers and bodies, as they came.
    pub(crate) fn received(&self) -> Vec<(HeaderMap, Bytes)> {
        self.received.lock().unwrap().clone()
    }

    pub(crate) fn events(&self) -> Vec<Value> {
        let received = self.received();
        let events: Vec<Value> = received
            .iter()
            .map(|(_, body)| serde_json::from_slice(body).unwrap())
            .collect();
        let checked = self.checked.fetch_max(events.len(), Ordering::Relaxed);
        events
            .iter()
            .skip(checked)
            .for_each(contract::check_webhook);
        events
    }

    pub(crate) async fn wait_for(&self, count: usize) -> Vec<Value> {
        for _ in 0..6000 {
            let events = self.events();
            if events.len() >= count {
                return events;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!(
            "{} of {count} events came within a minute",
            self.events().len()
        );
    }
}

async fn receive(State(shop): State<Shop>, headers: HeaderMap, body: Bytes) -> StatusCode {
    shop.received.lock().unwrap().push((headers, body));
    let status = shop.statuses.lock().unwrap().pop_front().unwrap_or(200);
    StatusCode::from_u16(status).unwrap()
}

fn config(folder: &Folder, webhook: Option<Webhook>) -> Config {
    let retry = Retry {
        first: Duration::from_millis(10),
        max: Duration::from_millis(40),
        ..Retry::default()
    };
    Config {
        webhook,
        retry,
        ..Config::new(folder.path())
    }
}

#[tokio::test]
async fn events_are_signed_over_time_and_body() {
    let (folder, shop, mut tasks) = (Folder::new(), Shop::default(), JoinSet::new());
    let webhook = shop.open(&mut tasks).await;
    let running = paysim::start(config(&folder, Some(webhook))).await.unwrap();
    let intent = Api::new(&running.base_url).pay("pm_card_visa").await.ok();
    let events = shop.wait_for(3).await;
    let received = shop.received.lock().unwrap().clone();
    for (headers, body) in &received {
        let header = headers["stripe-signature"].to_str().unwrap();
        let time = header
            .strip_prefix("t=")
            .unwrap()
            .split_once(',')
            .unwrap()
            .0;
        let time: i64 = time.parse().unwrap();
        assert_eq!(header, sign_webhook(SECRET, time, body));
        assert_ne!(header, sign_webhook("whsec_other", time, body));
        assert_ne!(header, sign_webhook(SECRET, time + 1, body));
    }
    let succeeded = events
        .iter()
        .find(|event| event["type"] == "payment_intent.succeeded")
        .unwrap();
    assert_eq!(succeeded["data"]["object"], intent);
}

#[tokio::test]
async fn an_event_comes_again_until_it_is_accepted() {
    let (folder, shop, mut tasks) = (Folder::new(), Shop::default(), JoinSet::new());
    shop.statuses
        .lock()
        .unwrap()
        .extend([500, 302, 404, 503, 500]);
    let webhook = shop.open(&mut tasks).await;
    let running = paysim::start(config(&folder, Some(webhook))).await.unwrap();
    let api = Api::new(&running.base_url);
    let form = [("amount", "500"), ("currency", "usd")];
    api.post("/v1/payment_intents", &form).await.ok();
    let events = shop.wait_for(6).await;
    assert!(events.iter().all(|event| event["id"] == events[0]["id"]));
    for _ in 0..500 {
        if running.ledger().events_pending == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let path = format!("/v1/events/{}", events[0]["id"].as_str().unwrap());
    assert_eq!(api.get(&path).await.ok()["pending_webhooks"], 0);
    assert_eq!(
        shop.events().len(),
        6,
        "an accepted event does not come again"
    );
}

#[tokio::test]
async fn undelivered_events_are_sent_after_a_restart() {
    let (folder, shop, mut tasks) = (Folder::new(), Shop::default(), JoinSet::new());
    // Nobody listens there.
    let nowhere = Webhook {
        url: "http://127.0.0.1:9/hook".parse().unwrap(),
        secret: SECRET.to_owned(),
    };
    let running = paysim::start(config(&folder, Some(nowhere))).await.unwrap();
    Api::new(&running.base_url).pay("pm_card_visa").await.ok();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(running.ledger().events_pending, 3);
    drop(running);

    let webhook = shop.open(&mut tasks).await;
    let running = paysim::start(config(&folder, Some(webhook.clone())))
        .await
        .unwrap();
    let mut kinds: Vec<_> = shop
        .wait_for(3)
        .await
        .iter()
        .map(|event| event["type"].to_string())
        .collect();
    kinds.sort();
    assert_eq!(
        kinds,
        [
            "\"charge.succeeded\"",
            "\"payment_intent.created\"",
            "\"payment_intent.succeeded\""
        ]
    );
    running.stop().await;

    // Delivered means delivered, also after another restart.
    let running = paysim::start(config(&folder, Some(webhook))).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(shop.events().len(), 3);
    assert_eq!(running.ledger().events_pending, 0);
}

#[tokio::test]
async fn an_endpoint_can_be_set_later() {
    let (folder, shop, mut tasks) = (Folder::new(), Shop::default(), JoinSet::new());
    let running = paysim::start(config(&folder, None)).await.unwrap();
    let api = Api::new(&running.base_url);
    api.pay("pm_card_visa").await.ok();
    running.set_webhook(shop.open(&mut tasks).await).unwrap();
    api.pay("pm_card_visa").await.ok();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(
        shop.wait_for(3).await.len(),
        3,
        "only events from then on are sent"
    );
    let plain = Webhook {
        url: "ftp://127.0.0.1/".parse().unwrap(),
        secret: SECRET.to_owned(),
    };
    assert!(running.set_webhook(plain).is_err());
}
