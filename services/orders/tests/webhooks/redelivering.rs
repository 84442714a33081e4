//! Deliveries that begin anew, endpoints that fail, and what is forgotten.

use common::redis::Wakeups;
use jiff::SignedDuration;
use kernel::Clock as _;
use orders::webhooks::{WebhookSettings, cleaner, dispatcher, recorder};
use serde_json::json;

use crate::shop::{Shop, open_settings};

#[tokio::test]
async fn one_delivery_is_made_again_with_the_same_id() {
    let shop = Shop::open().await;
    let receiver = shop.receiver().await;
    let (id, _) = shop.endpoint(&receiver.url, &[]).await;
    shop.run();
    let order_id = shop.order().await;
    shop.emit(order_id, "order.placed", json!({})).await;
    shop.until(&id, &["delivered"]).await;
    let delivery = shop.deliveries(&id).await[0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let path = format!("/{id}/deliveries/{delivery}/redeliver");
    let first = shop.post_as("again", &path, None).await.expect(202);
    assert_eq!(first.json["state"], "pending");
    shop.until(&id, &["delivered"]).await;
    let repeated = shop.post_as("again", &path, None).await.expect(202);
    assert_eq!(repeated.header("idempotent-replayed"), Some("true"));
    let got = receiver.got();
    assert_eq!(got.len(), 2, "the repeated request changed nothing");
    assert_eq!(got[0].header("webhook-id"), got[1].header("webhook-id"));
    assert_eq!(got[0].body, got[1].body);
    shop.close().await;
}

#[tokio::test]
async fn a_delivery_that_waits_cannot_begin_anew() {
    let shop = Shop::open().await;
    let receiver = shop.receiver().await;
    let (id, _) = shop.endpoint(&receiver.url, &[]).await;
    receiver.answer_with(500);
    shop.run();
    let order_id = shop.order().await;
    shop.emit(order_id, "order.placed", json!({})).await;
    shop.emit(order_id, "order.held", json!({})).await;
    shop.until(&id, &["failed", "pending"]).await;
    let deliveries = shop.deliveries(&id).await;
    let path = |index: usize| {
        format!(
            "/{id}/deliveries/{}/redeliver",
            deliveries[index]["id"].as_str().expect("an id")
        )
    };
    shop.post(&path(1), None)
        .await
        .problem(409, "webhook_delivery_waiting");
    receiver.answer_with(200);
    shop.post(&path(0), None).await.expect(202);
    shop.until(&id, &["delivered", "delivered"]).await;
    shop.post(&format!("/{id}/deliveries/{id}/redeliver"), None)
        .await
        .problem(404, "not_found");
    let (other, _) = shop.endpoint(&receiver.url, &[]).await;
    let foreign = format!(
        "/{other}/deliveries/{}/redeliver",
        deliveries[0]["id"].as_str().expect("an id")
    );
    shop.post(&foreign, None).await.problem(404, "not_found");
    shop.close().await;
}

#[tokio::test]
async fn a_disabled_endpoint_gets_nothing_until_it_catches_up() {
    let shop = Shop::open().await;
    let receiver = shop.receiver().await;
    let (id, _) = shop.endpoint(&receiver.url, &[]).await;
    let since = shop
        .clock
        .now()
        .saturating_sub(SignedDuration::from_mins(5))
        .expect("a time");
    shop.run();
    let order_id = shop.order().await;
    shop.emit(order_id, "order.placed", json!({})).await;
    shop.until(&id, &["delivered"]).await;
    let off = shop
        .patch(&id, 1, json!({"state": "disabled"}))
        .await
        .expect(200);
    assert_eq!(off.json["disabled_reason"], "staff");
    shop.emit(order_id, "order.held", json!({})).await;
    shop.emit(order_id, "order.released", json!({})).await;
    shop.until_recorded().await;
    assert_eq!(receiver.got().len(), 1);
    let again = || Some(json!({"since": since}));
    shop.post(&format!("/{id}/redeliver"), again())
        .await
        .problem(409, "webhook_endpoint_disabled");

    shop.patch(&id, 2, json!({"state": "active"}))
        .await
        .expect(200);
    let planned = shop
        .post(&format!("/{id}/redeliver"), again())
        .await
        .expect(202);
    assert_eq!(
        planned.json["planned"], 2,
        "what was missed, not what was taken"
    );
    shop.until(&id, &["delivered"; 3]).await;
    let seqs: Vec<i64> = receiver
        .got()
        .iter()
        .map(|got| got.json()["sequence"].as_i64().expect("a number"))
        .collect();
    assert_eq!(seqs, [1, 2, 3]);

    let all = json!({"since": since, "include_delivered": true});
    let planned = shop
        .post(&format!("/{id}/redeliver"), Some(all))
        .await
        .expect(202);
    assert_eq!(planned.json["planned"], 3);
    shop.until(&id, &["delivered"; 3]).await;
    assert_eq!(receiver.got().len(), 6);
    shop.close().await;
}

#[tokio::test]
async fn an_endpoint_that_fails_for_days_is_disabled_and_staff_are_told() {
    let shop = Shop::open().await;
    let receiver = shop.receiver().await;
    let (id, _) = shop.endpoint(&receiver.url, &[]).await;
    receiver.answer_with(503);
    shop.run();
    let order_id = shop.order().await;
    shop.emit(order_id, "order.placed", json!({})).await;
    shop.until(&id, &["failed"]).await;
    let endpoint = shop.get(&format!("/{id}")).await.expect(200);
    assert!(endpoint.json["failing_since"].is_string());
    assert_eq!(endpoint.json["waiting"], 1);
    shop.forward(5 * 24);
    testkit::until("the endpoint is disabled", async || {
        shop.get(&format!("/{id}")).await.expect(200).json["state"] != "active"
    })
    .await;
    let endpoint = shop.get(&format!("/{id}")).await.expect(200);
    assert_eq!(endpoint.json["disabled_reason"], "failing");
    let notices = "select count(*) from orders.message where template = 'webhook_disabled' and recipient = 'staff@techmart.example'";
    assert_eq!(shop.count(notices).await, 1);
    let audit = "select count(*) from orders.audit_log where action = 'webhook_endpoint.disable' and actor_kind = 'system'";
    assert_eq!(shop.count(audit).await, 1);
    // Enabled again it begins with a clean slate, and what waited goes on.
    receiver.answer_with(200);
    let version = endpoint.json["version"].as_i64().expect("a version");
    shop.patch(&id, version, json!({"state": "active"}))
        .await
        .expect(200);
    shop.forward(24);
    shop.until(&id, &["delivered"]).await;
    let endpoint = shop.get(&format!("/{id}")).await.expect(200);
    assert!(endpoint.json["failing_since"].is_null());
    shop.close().await;
}

#[tokio::test]
async fn one_success_ends_the_count_of_days() {
    let shop = Shop::open().await;
    let receiver = shop.receiver().await;
    let (id, _) = shop.endpoint(&receiver.url, &[]).await;
    receiver.answer_with(503);
    shop.run();
    let (one, other) = (shop.order().await, shop.order().await);
    shop.emit(one, "order.placed", json!({})).await;
    shop.until(&id, &["failed"]).await;
    receiver.answer(|message| {
        use axum::response::IntoResponse as _;
        let status = if message.kind() == "order.held" {
            200
        } else {
            503
        };
        axum::http::StatusCode::from_u16(status)
            .expect("a status")
            .into_response()
    });
    shop.forward(4 * 24);
    shop.emit(other, "order.held", json!({})).await;
    shop.until(&id, &["failed", "delivered"]).await;
    shop.until_attempts(3).await;
    shop.forward(2 * 24);
    shop.until_attempts(4).await;
    assert_eq!(
        shop.get(&format!("/{id}")).await.expect(200).json["state"],
        "active"
    );
    shop.close().await;
}

#[tokio::test]
async fn an_endpoint_that_is_gone_is_disabled_at_once() {
    let shop = Shop::open().await;
    let receiver = shop.receiver().await;
    let (id, _) = shop.endpoint(&receiver.url, &[]).await;
    receiver.answer_with(410);
    shop.run();
    let order_id = shop.order().await;
    shop.emit(order_id, "order.placed", json!({})).await;
    shop.until(&id, &["failed"]).await;
    let endpoint = shop.get(&format!("/{id}")).await.expect(200);
    assert_eq!(
        (&endpoint.json["state"], &endpoint.json["disabled_reason"]),
        (&json!("disabled"), &json!("gone"))
    );
    shop.forward(100);
    shop.emit(order_id, "order.held", json!({})).await;
    shop.until_recorded().await;
    assert_eq!(receiver.got().len(), 1);
    shop.close().await;
}

#[tokio::test]
async fn what_is_old_and_done_is_forgotten() {
    let patient = WebhookSettings {
        disable_after_days: 3_650,
        ..open_settings()
    };
    let shop = Shop::open_with(patient, None).await;
    let receiver = shop.receiver().await;
    let (id, _) = shop.endpoint(&receiver.url, &[]).await;
    shop.run();
    let order_id = shop.order().await;
    shop.emit(order_id, "order.placed", json!({})).await;
    shop.until(&id, &["delivered"]).await;
    assert_eq!(cleaner::clean(&shop.webhooks).await.expect("cleaned"), 0);
    receiver.answer_with(500);
    shop.emit(order_id, "order.held", json!({})).await;
    shop.until(&id, &["delivered", "failed"]).await;
    shop.forward(31 * 24);
    // Of the two only the one that nobody waits for.
    assert_eq!(cleaner::clean(&shop.webhooks).await.expect("cleaned"), 1);
    receiver.answer_with(200);
    shop.emit(order_id, "order.released", json!({})).await;
    shop.until_recorded().await;
    // Numbers go on where they were.
    assert_eq!(
        shop.count("select max(seq)::bigint from orders.webhook_event")
            .await,
        3
    );
    shop.close().await;
}

#[tokio::test]
async fn what_a_process_took_and_did_not_finish_is_made_by_another() {
    let shop = Shop::open().await;
    let receiver = shop.receiver().await;
    let (id, _) = shop.endpoint(&receiver.url, &[]).await;
    let order_id = shop.order().await;
    shop.emit(order_id, "order.placed", json!({})).await;
    recorder::run(shop.webhooks.clone(), &shop.jobs, Wakeups::local());
    shop.until(&id, &["pending"]).await;
    // One that takes deliveries and dies.
    let taken = "update orders.webhook_delivery set attempts = 1, tries = 1, next_at = next_at + interval '2 minutes'";
    sqlx::query(taken)
        .execute(&shop.admin)
        .await
        .expect("taken");
    dispatcher::run(shop.webhooks.clone(), &shop.jobs);
    let other = shop.order().await;
    shop.emit(other, "order.placed", json!({})).await;
    shop.until(&id, &["pending", "delivered"]).await;
    assert_eq!(
        receiver.got().len(),
        1,
        "the first one is not another's yet"
    );
    shop.clock.advance(SignedDuration::from_mins(3));
    shop.until(&id, &["delivered", "delivered"]).await;
    assert_eq!(shop.deliveries(&id).await[0]["attempts"], 2);
    shop.close().await;
}
