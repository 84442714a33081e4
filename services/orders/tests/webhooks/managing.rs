//! What staff do with endpoints.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use orders::webhooks::kinds::KINDS;
use serde_json::json;

use crate::shop::{Shop, open_settings};

#[tokio::test]
async fn every_door_is_closed_to_who_has_no_right() {
    let shop = Shop::open().await;
    let missing = testkit::authorisation::check(&shop.app, &shop.document, &shop.tokens).await;
    assert_eq!(missing, BTreeSet::from(["webhooks.write".to_owned()]));
}

#[tokio::test]
async fn kinds_are_those_that_are_subscribed() {
    let shop = Shop::open().await;
    let subscribed: Vec<String> = sqlx::query_scalar(
        "select kind from orders.subscription where consumer = 'webhooks' order by kind",
    )
    .fetch_all(&shop.admin)
    .await
    .expect("kinds");
    let mut known: Vec<String> = KINDS.iter().map(|(kind, _)| (*kind).to_owned()).collect();
    known.sort();
    assert_eq!(known, subscribed);
    let call = shop.app.get("/api/v1/admin/webhook-event-kinds");
    let told = shop.as_staff(call).send().await.expect(200);
    assert_eq!(
        told.json["items"].as_array().expect("items").len(),
        KINDS.len()
    );
}

#[tokio::test]
async fn an_endpoint_is_made_once_and_its_secret_shown_once() {
    let shop = Shop::open().await;
    let new = || {
        Some(json!({"url": "http://127.0.0.1:9/", "description": "ERP", "kinds": ["order.placed"]}))
    };
    let made = shop.post_as("one", "", new()).await.expect(201);
    let secret = made.json["secret"].as_str().expect("a secret").to_owned();
    let id = made.json["endpoint"]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    assert!(secret.starts_with("whsec_") && id.starts_with("whe_"));
    let repeated = shop.post_as("one", "", new()).await.expect(201);
    assert_eq!(repeated.json["endpoint"]["id"], id.as_str());
    assert!(repeated.json["secret"].is_null());
    shop.post_as("one", "", Some(json!({"url": "http://127.0.0.1:8/"})))
        .await
        .problem(422, "idempotency_key_reused");
    let shown = shop.get(&format!("/{id}")).await.expect(200);
    assert_eq!(shown.json["kinds"], json!(["order.placed"]));
    let list = shop.get("").await.expect(200);
    assert_eq!(list.json["items"].as_array().expect("items").len(), 1);
    for text in [shown.json.to_string(), list.json.to_string()] {
        assert!(!text.contains("whsec_"));
    }
    let kept = shop
        .count("select count(*) from orders.idempotency_key where body::text like '%whsec%'")
        .await;
    let logged = shop
        .count("select count(*) from orders.audit_log where after::text like '%whsec%'")
        .await;
    assert_eq!((kept, logged), (0, 0));
    assert_eq!(
        shop.count(
            "select count(*) from orders.audit_log where action = 'webhook_endpoint.create'"
        )
        .await,
        1
    );
}

#[tokio::test]
async fn what_cannot_be_is_refused() {
    let shop = Shop::open().await;
    let url = "http://127.0.0.1:9/";
    let problem = shop
        .post(
            "",
            Some(json!({"url": url, "kinds": ["order.placed", "order.eaten"]})),
        )
        .await
        .problem(422, "validation_failed");
    assert_eq!(problem["errors"][0]["pointer"], "/kinds/1");
    shop.post(
        "",
        Some(json!({"url": url, "description": "x".repeat(501)})),
    )
    .await
    .problem(422, "validation_failed");
    shop.post("", Some(json!({"url": url, "secret": "mine"})))
        .await
        .problem(422, "validation_failed");
    shop.post("", Some(json!({})))
        .await
        .problem(422, "validation_failed");
    let without_key = shop
        .as_staff(shop.app.post("/api/v1/admin/webhook-endpoints"))
        .json(json!({"url": url}));
    without_key
        .send()
        .await
        .problem(400, "idempotency_key_missing");
    shop.get("/whe_01kq4w8zj5e2vtm3c9x7a6b0dn")
        .await
        .problem(404, "not_found");
    shop.get("/none").await.problem(404, "not_found");
    shop.get("?cursor=x").await.problem(400, "invalid_cursor");
    let nowhere = "/whe_01kq4w8zj5e2vtm3c9x7a6b0dn";
    for path in ["/ping", "/rotate-secret"] {
        shop.post(&format!("{nowhere}{path}"), None)
            .await
            .problem(404, "not_found");
    }
    shop.post(
        &format!("{nowhere}/redeliver"),
        Some(json!({"since": "2026-01-01T00:00:00Z"})),
    )
    .await
    .problem(404, "not_found");
}

#[tokio::test]
async fn changes_name_the_version_they_are_based_on() {
    let shop = Shop::open().await;
    let (id, _) = shop.endpoint("http://127.0.0.1:9/", &[]).await;
    let path = format!("/api/v1/admin/webhook-endpoints/{id}");
    let bare = shop
        .as_staff(shop.app.patch(&path))
        .json(json!({"description": "x"}));
    bare.send().await.problem(428, "if_match_missing");
    shop.as_staff(shop.app.delete(&path))
        .send()
        .await
        .problem(428, "if_match_missing");
    let changed = shop
        .patch(
            &id,
            1,
            json!({"description": "new", "kinds": ["order.placed"]}),
        )
        .await
        .expect(200);
    assert_eq!(
        (&changed.json["version"], &changed.json["description"]),
        (&json!(2), &json!("new"))
    );
    assert_eq!(changed.json["url"], "http://127.0.0.1:9/");
    let problem = shop
        .patch(&id, 1, json!({"description": "late"}))
        .await
        .problem(412, "version_mismatch");
    assert_eq!(problem["version"], 2);
    let stale = shop
        .as_staff(shop.app.delete(&path))
        .header("if-match", "\"1\"");
    stale.send().await.problem(412, "version_mismatch");
    let fresh = || {
        shop.as_staff(shop.app.delete(&path))
            .header("if-match", "\"2\"")
    };
    fresh().send().await.expect(204);
    fresh().send().await.problem(404, "not_found");
    let left = "select count(*) from orders.webhook_secret";
    assert_eq!(shop.count(left).await, 0);
    let audit = "select count(*) from orders.audit_log where action in ('webhook_endpoint.update', 'webhook_endpoint.delete')";
    assert_eq!(shop.count(audit).await, 2);
}

#[tokio::test]
async fn there_is_a_limit_to_endpoints() {
    let few = orders::webhooks::WebhookSettings {
        endpoints_max: 3,
        ..open_settings()
    };
    let shop = Shop::open_with(few, None).await;
    let new = || shop.post("", Some(json!({"url": "http://127.0.0.1:9/"})));
    // At the same time, so that none may count what another has not written yet.
    let answers = futures::future::join_all((0..6).map(|_| new())).await;
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(made, 3);
    assert_eq!(new().await.problem(409, "webhook_endpoint_limit")["max"], 3);
}

#[tokio::test]
async fn a_rotated_secret_signs_for_a_while_longer() {
    let shop = Shop::open().await;
    let receiver = shop.receiver().await;
    let (id, first) = shop.endpoint(&receiver.url, &[]).await;
    let ping = format!("/{id}/ping");
    let rotated = shop
        .post_as("r", &format!("/{id}/rotate-secret"), None)
        .await
        .expect(200);
    let second = rotated.json["secret"]
        .as_str()
        .expect("a secret")
        .to_owned();
    let repeated = shop
        .post_as("r", &format!("/{id}/rotate-secret"), None)
        .await
        .expect(200);
    assert!(repeated.json["secret"].is_null());
    shop.post(&ping, None).await.expect(200);
    shop.clock.advance(SignedDuration::from_hours(23));
    shop.post(&ping, None).await.expect(200);
    shop.clock.advance(SignedDuration::from_hours(2));
    shop.post(&ping, None).await.expect(200);
    let got = receiver.got();
    for message in &got {
        assert!(message.is_signed_with(&second));
    }
    let old: Vec<bool> = got
        .iter()
        .map(|message| message.is_signed_with(&first))
        .collect();
    assert_eq!(old, [true, true, false]);
    // Two rotations take a secret that leaked out of use.
    let third = shop
        .post(&format!("/{id}/rotate-secret"), None)
        .await
        .expect(200);
    shop.post(&format!("/{id}/rotate-secret"), None)
        .await
        .expect(200);
    shop.post(&ping, None).await.expect(200);
    let last = receiver.got().pop().expect("a message");
    assert!(!last.is_signed_with(&second));
    assert!(last.is_signed_with(third.json["secret"].as_str().expect("a secret")));
    shop.close().await;
}

#[tokio::test]
async fn a_test_is_sent_at_once_and_tried_once() {
    let shop = Shop::open().await;
    let receiver = shop.receiver().await;
    let (id, secret) = shop.endpoint(&receiver.url, &["order.placed"]).await;
    shop.run();
    let sent = shop
        .post_as("p", &format!("/{id}/ping"), None)
        .await
        .expect(200);
    assert_eq!(
        (&sent.json["state"], &sent.json["kind"]),
        (&json!("delivered"), &json!("webhook.ping"))
    );
    assert_eq!(sent.json["last_status"], 204);
    let repeated = shop
        .post_as("p", &format!("/{id}/ping"), None)
        .await
        .expect(200);
    assert_eq!(repeated.json["id"], sent.json["id"]);
    let got = receiver.got();
    assert_eq!(got.len(), 1);
    assert!(got[0].is_signed_with(&secret) && got[0].json()["sequence"].is_null());
    receiver.answer_with(500);
    let failed = shop.post(&format!("/{id}/ping"), None).await.expect(200);
    assert_eq!(
        (&failed.json["state"], &failed.json["last_error"]),
        (&json!("dead"), &json!("answered 500"))
    );
    // A test in vain says nothing about events.
    assert!(shop.get(&format!("/{id}")).await.expect(200).json["failing_since"].is_null());
    shop.close().await;
}

#[tokio::test]
async fn the_log_can_be_filtered_and_paged() {
    let shop = Shop::open().await;
    let receiver = shop.receiver().await;
    let (id, _) = shop.endpoint(&receiver.url, &[]).await;
    shop.run();
    let (one, other) = (shop.order().await, shop.order().await);
    for kind in ["order.placed", "order.held", "order.released"] {
        shop.emit(one, kind, json!({})).await;
    }
    shop.emit(other, "order.placed", json!({})).await;
    shop.until(&id, &["delivered"; 4]).await;
    let count = async |query: String| {
        let answer = shop
            .get(&format!("/{id}/deliveries?{query}"))
            .await
            .expect(200);
        answer.json["items"].as_array().expect("items").len()
    };
    assert_eq!(count(format!("order_id={one}")).await, 3);
    assert_eq!(count("kind=order.placed".to_owned()).await, 2);
    assert_eq!(count("state=delivered".to_owned()).await, 4);
    assert_eq!(count("state=dead".to_owned()).await, 0);
    shop.get(&format!("/{id}/deliveries?state=eaten"))
        .await
        .problem(400, "invalid_query");
    let mut seen = BTreeSet::new();
    let mut cursor = String::new();
    for _ in 0..4 {
        let page = shop
            .get(&format!("/{id}/deliveries?limit=1&cursor={cursor}"))
            .await
            .expect(200);
        seen.insert(page.json["items"][0]["id"].to_string());
        cursor = page.json["next_cursor"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
    }
    assert!(cursor.is_empty() && seen.len() == 4);
    shop.close().await;
}
