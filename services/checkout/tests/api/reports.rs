//! Reports of the provider.

use checkout::jobs::work_inbox;
use paysim::{Webhook, sign_webhook};
use serde_json::{Value, json};
use testkit::Answer;

use crate::buyer::Buyer;
use crate::relay::Fault;
use crate::shop::{Shop, WEBHOOK_SECRET, WEBHOOK_SECRET_PREVIOUS};

const PATH: &str = "/api/v1/payments/webhook";

async fn report(shop: &Shop, event: &Value, secret: &str, shift_s: i64) -> Answer {
    let body = event.to_string();
    let at = shop.state.now().as_second() + shift_s;
    let signature = sign_webhook(secret, at, body.as_bytes());
    send(shop, body, &signature).await
}

async fn send(shop: &Shop, body: String, signature: &str) -> Answer {
    let call = shop
        .app
        .post(PATH)
        .header("content-type", "application/json");
    call.header("stripe-signature", signature)
        .body(body)
        .send()
        .await
}

fn event(kind: &str, intent: &str) -> Value {
    json!({"id": format!("evt_{intent}_{kind}"), "object": "event", "type": kind,
           "data": {"object": {"id": intent, "object": "payment_intent", "metadata": {}}}})
}

/// A buyer whose payment was made without the shop hearing of it.
async fn paid_unheard(shop: &Shop) -> (Buyer, String) {
    let radio = shop.product("Radio", 2_000, 5).await;
    let buyer = Buyer::ready(shop, shop.guest_cart(&[(radio, 1)]).await).await;
    shop.relay.set(Fault::LostAnswer);
    let answer = buyer.pay(shop, "k", "pm_card_visa").await.expect(202);
    assert_eq!(answer.json["status"], "processing");
    shop.relay.set(Fault::None);
    let intent = shop.paysim.ledger().intents[0].id.clone();
    (buyer, intent)
}

#[tokio::test]
async fn forged_reports_leave_no_trace() {
    let shop = Shop::open().await;
    let genuine = event("payment_intent.succeeded", "pi_1");
    let body = genuine.to_string();
    let now = shop.state.now().as_second();
    let signature = sign_webhook(WEBHOOK_SECRET, now, body.as_bytes());

    shop.app
        .post(PATH)
        .body(body.clone())
        .send()
        .await
        .problem(400, "signature_invalid");
    report(&shop, &genuine, "whsec_other", 0)
        .await
        .problem(400, "signature_invalid");
    report(&shop, &genuine, WEBHOOK_SECRET, -301)
        .await
        .problem(400, "signature_invalid");
    report(&shop, &genuine, WEBHOOK_SECRET, 61)
        .await
        .problem(400, "signature_invalid");
    let changed = body.replace("pi_1", "pi_2");
    send(&shop, changed, &signature)
        .await
        .problem(400, "signature_invalid");
    let other_scheme = signature.replace("v1=", "v0=");
    send(&shop, body.clone(), &other_scheme)
        .await
        .problem(400, "signature_invalid");
    for nonsense in ["", "t=1", "v1=ff", "t=x,v1=zz", ","] {
        send(&shop, body.clone(), nonsense)
            .await
            .problem(400, "signature_invalid");
    }
    report(&shop, &json!({"id": 1}), WEBHOOK_SECRET, 0)
        .await
        .problem(400, "report_unreadable");
    let garbage = "not json".to_owned();
    let signature = sign_webhook(WEBHOOK_SECRET, now, garbage.as_bytes());
    send(&shop, garbage, &signature)
        .await
        .problem(400, "report_unreadable");
    assert_eq!(
        shop.count("select count(*) from checkout.provider_inbox")
            .await,
        0
    );
}

#[tokio::test]
async fn both_secrets_count_during_a_rotation() {
    let shop = Shop::open().await;
    for (secret, intent) in [(WEBHOOK_SECRET, "pi_1"), (WEBHOOK_SECRET_PREVIOUS, "pi_2")] {
        let answer = report(&shop, &event("charge.succeeded", intent), secret, -299).await;
        assert_eq!(answer.expect(200).json, json!({"received": true}));
    }
    assert_eq!(work_inbox(&shop.state).await.unwrap(), 2);
    let ignored = "select count(*) from checkout.provider_inbox where outcome = 'ignored'";
    assert_eq!(shop.count(ignored).await, 2);
}

#[tokio::test]
async fn a_report_places_an_order_that_the_request_could_not_place() {
    let shop = Shop::impatient().await;
    let (mut buyer, intent) = paid_unheard(&shop).await;
    assert_eq!(buyer.refresh(&shop).await["state"], "completing");
    // Of the two reports the later comes first, and each comes ten times.
    for kind in ["payment_intent.succeeded", "payment_intent.created"] {
        let mut event = event(kind, &intent);
        event["data"]["object"]["metadata"]["attempt_id"] =
            json!(shop.paysim.ledger().intents[0].metadata["attempt_id"]);
        for _ in 0..10 {
            report(&shop, &event, WEBHOOK_SECRET, 0).await.expect(200);
        }
    }
    assert_eq!(work_inbox(&shop.state).await.unwrap(), 2);
    assert_eq!(work_inbox(&shop.state).await.unwrap(), 0);
    assert_eq!(buyer.refresh(&shop).await["state"], "completed");
    let replay = buyer.checkout["order_id"].clone();
    assert_eq!(
        shop.count("select count(*) from orders.sales_order where state = 'placed'")
            .await,
        1
    );
    assert!(replay.is_string());
    shop.verify().await;
}

#[tokio::test]
async fn reports_travel_from_the_provider_itself() {
    let shop = Shop::impatient().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}{PATH}", listener.local_addr().unwrap());
    let router = checkout::app(shop.state.clone());
    let router = common::layers::apply(router, &shop.state.settings.http, "checkout");
    shop.state.jobs.spawn("listener", async move {
        axum::serve(listener, router).await.unwrap();
    });
    let webhook = Webhook {
        url: url.parse().unwrap(),
        secret: WEBHOOK_SECRET.to_owned(),
    };
    shop.paysim.set_webhook(webhook).unwrap();

    let (mut buyer, _) = paid_unheard(&shop).await;
    for _ in 0..100 {
        work_inbox(&shop.state).await.unwrap();
        if buyer.refresh(&shop).await["state"] == "completed" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(buyer.checkout["state"], "completed");
    shop.verify().await;
}

#[tokio::test]
async fn a_report_about_nothing_known_waits_a_day_and_is_given_up() {
    let shop = Shop::open().await;
    let stray = event("payment_intent.succeeded", "pi_stray");
    report(&shop, &stray, WEBHOOK_SECRET, 0).await.expect(200);
    assert_eq!(work_inbox(&shop.state).await.unwrap(), 1);
    assert_eq!(work_inbox(&shop.state).await.unwrap(), 0, "parked");
    assert_eq!(
        shop.count("select count(*) from checkout.provider_inbox where outcome is null")
            .await,
        1
    );
    shop.advance(3600);
    assert_eq!(work_inbox(&shop.state).await.unwrap(), 1);
    shop.advance(24 * 3600);
    assert_eq!(work_inbox(&shop.state).await.unwrap(), 1);
    assert_eq!(
        shop.text("select outcome from checkout.provider_inbox")
            .await,
        "dead"
    );
}

#[tokio::test]
async fn another_amount_than_asked_for_places_nothing() {
    let shop = Shop::impatient().await;
    let (mut buyer, intent) = paid_unheard(&shop).await;
    // As if the order had been about more than the provider took.
    sqlx::raw_sql("update checkout.payment_attempt set amount_minor = amount_minor + 1")
        .execute(&shop.admin)
        .await
        .unwrap();
    let mut event = event("payment_intent.succeeded", &intent);
    event["data"]["object"]["metadata"]["attempt_id"] =
        json!(shop.paysim.ledger().intents[0].metadata["attempt_id"]);
    report(&shop, &event, WEBHOOK_SECRET, 0).await.expect(200);
    work_inbox(&shop.state).await.unwrap();
    assert_eq!(buyer.refresh(&shop).await["state"], "completing");
    assert_eq!(
        shop.text("select state from orders.sales_order").await,
        "pending"
    );
    assert_eq!(
        shop.text("select state from checkout.payment_attempt")
            .await,
        "unknown"
    );
}
