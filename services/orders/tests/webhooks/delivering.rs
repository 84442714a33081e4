//! Messages arrive: signed, in order, at least once.

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use common::events::Event;
use futures::future::join_all;
use jiff::Timestamp;
use kernel::Clock as _;
use orders::webhooks::{WebhookSettings, recorder};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::shop::{Shop, open_settings};

#[tokio::test]
async fn a_message_is_signed_and_says_what_happened() {
    let shop = Shop::open().await;
    let receiver = shop.receiver().await;
    let (id, secret) = shop.endpoint(&receiver.url, &[]).await;
    shop.run();
    let order_id = shop.order().await;
    let refund = Uuid::from_u128(9);
    shop.emit(order_id, "order.placed", json!({})).await;
    shop.emit(
        order_id,
        "refund.succeeded",
        json!({"refund_id": refund, "amount_minor": 500, "order_token": "secret"}),
    )
    .await;
    shop.until(&id, &["delivered", "delivered"]).await;

    let got = receiver.got();
    assert_eq!(got.len(), 2);
    for message in &got {
        assert!(message.is_signed_with(&secret));
        assert!(!message.is_signed_with("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
        assert_eq!(message.header("content-type"), "application/json");
        assert_eq!(
            message.header("webhook-timestamp"),
            shop.clock.now().as_second().to_string()
        );
        assert_eq!(message.header("cookie"), "");
        assert_eq!(message.json()["id"], message.header("webhook-id"));
        let at: Timestamp = message.json()["timestamp"]
            .as_str()
            .expect("a time")
            .parse()
            .expect("RFC 3339");
        assert!(shop.clock.now().duration_since(at).as_secs().abs() < 60);
        let text = String::from_utf8_lossy(&message.body);
        assert!(!text.contains("token") && !text.contains(&secret), "{text}");
    }
    let (first, second) = (got[0].json(), got[1].json());
    assert_eq!(
        (&first["type"], &first["sequence"]),
        (&json!("order.placed"), &json!(1))
    );
    assert_eq!(first["data"]["order"]["id"], order_id.to_string());
    assert_eq!(second["sequence"], 2);
    assert_eq!(
        second["data"]["detail"]["amount"],
        json!({"amount": 500, "currency": "USD"})
    );
    assert!(
        second["data"]["detail"]["refund_id"]
            .as_str()
            .expect("an id")
            .starts_with("ref_")
    );
    assert!(second["data"]["order"].get("allowed").is_none());
    shop.close().await;
}

#[tokio::test]
async fn an_endpoint_gets_the_kinds_it_wants() {
    let shop = Shop::open().await;
    let receiver = shop.receiver().await;
    let (id, _) = shop.endpoint(&receiver.url, &["order.cancelled"]).await;
    shop.run();
    let order_id = shop.order().await;
    for kind in ["order.placed", "order.held", "order.cancelled"] {
        shop.emit(order_id, kind, json!({})).await;
    }
    shop.until_recorded().await;
    shop.until(&id, &["delivered"]).await;
    let got = receiver.got();
    assert_eq!((got.len(), got[0].kind().as_str()), (1, "order.cancelled"));
    // The number tells that others happened before.
    assert_eq!(got[0].json()["sequence"], 3);
    shop.close().await;
}

#[tokio::test]
async fn without_an_endpoint_nothing_is_kept() {
    let shop = Shop::open().await;
    shop.run();
    let order_id = shop.order().await;
    shop.emit(order_id, "order.placed", json!({})).await;
    shop.until_recorded().await;
    let kept = "select count(*) from orders.webhook_event";
    assert_eq!(shop.count(kept).await, 0);
    let (id, _) = shop.endpoint(&shop.receiver().await.url, &[]).await;
    shop.emit(order_id, "order.held", json!({})).await;
    shop.until(&id, &["delivered"]).await;
    assert_eq!(shop.deliveries(&id).await[0]["sequence"], 1);
    shop.close().await;
}

#[tokio::test]
async fn later_events_of_an_order_wait_while_other_orders_go_on() {
    let shop = Shop::open().await;
    let receiver = shop.receiver().await;
    let (id, _) = shop.endpoint(&receiver.url, &[]).await;
    let (held, free) = (shop.order().await, shop.order().await);
    let marker = held.to_string();
    receiver.answer(move |message| {
        let about = message.json()["data"]["order"]["id"] == marker.as_str();
        if about {
            StatusCode::INTERNAL_SERVER_ERROR
        } else {
            StatusCode::OK
        }
        .into_response()
    });
    shop.run();
    for kind in ["order.placed", "payment.captured", "shipment.shipped"] {
        shop.emit(held, kind, json!({})).await;
    }
    shop.emit(free, "order.placed", json!({})).await;
    shop.until(&id, &["failed", "pending", "pending", "delivered"])
        .await;
    // One that happens meanwhile waits too, and as long as the first one.
    shop.emit(held, "order.completed", json!({})).await;
    shop.until(
        &id,
        &["failed", "pending", "pending", "delivered", "pending"],
    )
    .await;
    let waiting = shop.deliveries(&id).await;
    assert_eq!(waiting[4]["next_at"], waiting[0]["next_at"]);
    shop.forward(1);
    // The second attempt fails too.
    shop.until_attempts(3).await;
    assert_eq!(
        shop.deliveries(&id).await[1]["attempts"],
        0,
        "the second event waits"
    );
    receiver.answer_with(204);
    shop.forward(1);
    shop.until(&id, &["delivered"; 5]).await;

    let about: Vec<_> = receiver
        .got()
        .into_iter()
        .filter(|message| message.json()["data"]["order"]["id"] == held.to_string())
        .collect();
    let kinds: Vec<String> = about.iter().map(crate::receiver::Received::kind).collect();
    assert_eq!(
        kinds,
        [
            "order.placed",
            "order.placed",
            "order.placed",
            "payment.captured",
            "shipment.shipped",
            "order.completed"
        ]
    );
    // The same event has the same id and the same bytes, however often it comes.
    for again in &about[1..3] {
        assert_eq!(again.header("webhook-id"), about[0].header("webhook-id"));
        assert_eq!(again.body, about[0].body);
        assert_ne!(
            again.header("webhook-timestamp"),
            about[0].header("webhook-timestamp")
        );
    }
    let log = shop
        .get(&format!(
            "/{id}/deliveries/{}",
            shop.deliveries(&id).await[0]["id"].as_str().expect("an id")
        ))
        .await
        .expect(200);
    let statuses: Vec<&Value> = log.json["log"]
        .as_array()
        .expect("a log")
        .iter()
        .map(|attempt| &attempt["status"])
        .collect();
    assert_eq!(statuses, [&json!(500), &json!(500), &json!(204)]);
    assert_eq!(log.json["attempts"], 3);
    shop.close().await;
}

#[tokio::test]
async fn a_delivery_is_given_up_after_three_days_and_the_next_one_goes_on() {
    let shop = Shop::open().await;
    let receiver = shop.receiver().await;
    let (id, _) = shop.endpoint(&receiver.url, &[]).await;
    receiver.answer(|message| {
        let first = message.json()["sequence"] == 1;
        if first {
            StatusCode::BAD_GATEWAY
        } else {
            StatusCode::OK
        }
        .into_response()
    });
    shop.run();
    let order_id = shop.order().await;
    shop.emit(order_id, "order.placed", json!({})).await;
    shop.emit(order_id, "order.held", json!({})).await;
    // Just longer than the pause after each attempt.
    for (attempts, hours) in (1..).zip([1, 1, 1, 1, 3, 6, 9, 14, 18, 24]) {
        shop.until_attempts(attempts).await;
        shop.forward(hours);
    }
    shop.until(&id, &["dead", "delivered"]).await;
    assert_eq!(receiver.got().len(), 12);
    shop.close().await;
}

#[tokio::test]
async fn an_event_that_comes_again_is_told_once_and_numbers_have_no_holes() {
    let shop = Shop::open().await;
    let receiver = shop.receiver().await;
    let (id, _) = shop.endpoint(&receiver.url, &[]).await;
    let order_id = shop.order().await;
    let events: Vec<Event> = (0..6)
        .map(|_| Event {
            event_id: Uuid::from(kernel::EventId::generate()),
            kind: "order.held".to_owned(),
            aggregate_id: order_id.uuid(),
            payload: json!({}),
            attempts: 1,
            created_at: shop.clock.now(),
        })
        .collect();
    // Each event five times, all at once.
    let all = events
        .iter()
        .flat_map(|event| std::iter::repeat_n(event, 5));
    for recorded in join_all(all.map(|event| recorder::record(&shop.webhooks, event))).await {
        recorded.expect("recorded");
    }
    let seqs: Vec<i32> = sqlx::query_scalar("select seq from orders.webhook_event order by seq")
        .fetch_all(&shop.admin)
        .await
        .expect("numbers");
    assert_eq!(seqs, [1, 2, 3, 4, 5, 6]);
    assert_eq!(shop.deliveries(&id).await.len(), 6);
    shop.close().await;
}

#[tokio::test]
async fn two_dispatchers_send_each_message_once() {
    let shop = Shop::open().await;
    let receiver = shop.receiver().await;
    let (id, _) = shop.endpoint(&receiver.url, &[]).await;
    let orders = join_all((0..6).map(|_| shop.order())).await;
    for order_id in &orders {
        for kind in ["order.placed", "payment.captured", "order.completed"] {
            shop.emit(*order_id, kind, json!({})).await;
        }
    }
    shop.run();
    shop.run();
    shop.until(&id, &["delivered"; 18]).await;
    let got = receiver.got();
    assert_eq!(got.len(), 18);
    for order_id in orders {
        let of_order = got
            .iter()
            .map(crate::receiver::Received::json)
            .filter(|json| json["data"]["order"]["id"] == order_id.to_string());
        let seqs: Vec<i64> = of_order
            .map(|json| json["sequence"].as_i64().expect("a number"))
            .collect();
        assert_eq!(seqs, [1, 2, 3]);
    }
    shop.close().await;
}

#[tokio::test]
async fn an_endpoint_that_keeps_silent_holds_up_no_other() {
    // Accepts connections and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let patient = WebhookSettings {
        timeout_ms: 60_000,
        ..open_settings()
    };
    let shop = Shop::open_with(patient, None).await;
    let url = format!("http://{}/", silent.local_addr().expect("an address"));
    let (slow, _) = shop.endpoint(&url, &[]).await;
    let (quick, _) = shop.endpoint(&shop.receiver().await.url, &[]).await;
    shop.run();
    for _ in 0..12 {
        let order_id = shop.order().await;
        shop.emit(order_id, "order.placed", json!({})).await;
    }
    shop.until(&quick, &["delivered"; 12]).await;
    let waiting = shop.deliveries(&slow).await;
    let begun = waiting.iter().filter(|delivery| delivery["attempts"] == 1);
    assert!((1..=4).contains(&begun.count()), "a few at a time");
    assert!(
        waiting
            .iter()
            .all(|delivery| delivery["state"] == "pending")
    );
    // What has begun is finished before the jobs end.
    drop(silent);
    shop.close().await;
}
