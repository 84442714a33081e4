//! Amounts that are held and taken later, or never.

use std::time::Duration;

use paysim::Config;

use crate::support::{Api, Folder, eventually, start};

#[tokio::test]
async fn an_amount_is_held_then_taken_in_part() {
    let (_folder, running, api) = start().await;
    let form = [
        ("amount", "2000"),
        ("currency", "eur"),
        ("capture_method", "manual"),
        ("payment_method", "pm_card_visa"),
    ];
    let intent = api.post("/v1/payment_intents", &form).await.ok();
    assert_eq!(intent["status"], "requires_confirmation");
    let path = format!("/v1/payment_intents/{}", intent["id"].as_str().unwrap());
    let held = api.post(&format!("{path}/confirm"), &[]).await.ok();
    assert_eq!(
        (&held["status"], &held["amount_capturable"]),
        (&"requires_capture".into(), &2000.into())
    );
    let capture = format!("{path}/capture");
    api.post(&capture, &[("amount_to_capture", "2001")])
        .await
        .error(400);
    let taken = api
        .post(&capture, &[("amount_to_capture", "1500")])
        .await
        .ok();
    assert_eq!(
        (&taken["status"], &taken["amount_received"]),
        (&"succeeded".into(), &1500.into())
    );
    api.post(&capture, &[]).await.error(400);
    api.post(&format!("{path}/cancel"), &[]).await.error(400);
    let total = running.ledger().totals["eur"].clone();
    assert_eq!((total.captured, total.held), (1500, 0));
    assert!(
        api.event_types()
            .await
            .contains(&"payment_intent.amount_capturable_updated".to_owned())
    );
}

#[tokio::test]
async fn a_held_amount_is_released_by_cancelling() {
    let (_folder, running, api) = start().await;
    let form = [
        ("amount", "2000"),
        ("currency", "usd"),
        ("capture_method", "manual"),
        ("payment_method", "pm_card_visa"),
        ("confirm", "true"),
    ];
    let intent = api.post("/v1/payment_intents", &form).await.ok();
    let cancel = format!(
        "/v1/payment_intents/{}/cancel",
        intent["id"].as_str().unwrap()
    );
    let canceled = api
        .post(&cancel, &[("cancellation_reason", "abandoned")])
        .await
        .ok();
    assert_eq!(canceled["status"], "canceled");
    assert_eq!(canceled["cancellation_reason"], "abandoned");
    assert_eq!(canceled["amount_capturable"], 0);
    api.post(&cancel, &[]).await.error(400);
    assert_eq!(running.ledger().totals["usd"].held, 0);
    assert_eq!(
        api.event_types().await.last().unwrap(),
        "payment_intent.canceled"
    );
}

#[tokio::test]
async fn the_bank_lets_go_what_nobody_takes() {
    let folder = Folder::new();
    let config = Config {
        hold: Duration::from_millis(50),
        ..Config::new(folder.path())
    };
    let running = paysim::start(config).await.unwrap();
    let api = Api::new(&running.base_url);
    let form = [
        ("amount", "2000"),
        ("currency", "usd"),
        ("capture_method", "manual"),
        ("payment_method", "pm_card_visa"),
        ("confirm", "true"),
        ("expand[]", "latest_charge"),
    ];
    let intent = api.post("/v1/payment_intents", &form).await.ok();
    let card = &intent["latest_charge"]["payment_method_details"]["card"];
    assert!(card["capture_before"].is_i64());
    let path = format!("/v1/payment_intents/{}", intent["id"].as_str().unwrap());
    let gone = eventually(async || {
        let intent = api.get(&path).await.ok();
        (intent["status"] == "canceled").then_some(intent)
    })
    .await;
    assert_eq!(gone["cancellation_reason"], "automatic");
    assert_eq!(running.ledger().totals["usd"].held, 0);
    let late = api.post(&format!("{path}/capture"), &[]).await;
    assert_eq!(late.error(400)["payment_intent"]["status"], "canceled");
    let expire = format!("{}/_ctl/payment_intents", api.base_url);
    let expire = format!("{expire}/{}/expire", intent["id"].as_str().unwrap());
    let again = api.client.post(&expire).send().await.unwrap();
    assert_eq!(again.status(), 400);
}
