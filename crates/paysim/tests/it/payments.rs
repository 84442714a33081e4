//! Intents and cards.

use reqwest::Method;

use crate::support::{Answer, start};

#[tokio::test]
async fn a_card_pays_at_once() {
    let (_folder, running, api) = start().await;
    let intent = api.pay("pm_card_visa").await.ok();
    assert_eq!(intent["status"], "succeeded");
    assert_eq!(intent["amount_received"], 2000);
    let entry = running.ledger();
    let entry = entry.intent(intent["id"].as_str().unwrap()).unwrap();
    assert_eq!((entry.captured, entry.charges_paid), (2000, 1));
    assert_eq!(
        api.event_types().await,
        [
            "payment_intent.created",
            "charge.succeeded",
            "payment_intent.succeeded"
        ]
    );
}

#[tokio::test]
async fn each_declining_card_says_why() {
    let cases = [
        (
            "pm_card_visa_chargeDeclined",
            "card_declined",
            "generic_decline",
        ),
        (
            "pm_card_chargeDeclinedInsufficientFunds",
            "card_declined",
            "insufficient_funds",
        ),
        (
            "pm_card_visa_chargeDeclinedLostCard",
            "card_declined",
            "lost_card",
        ),
        (
            "pm_card_visa_chargeDeclinedStolenCard",
            "card_declined",
            "stolen_card",
        ),
        (
            "pm_card_chargeDeclinedExpiredCard",
            "expired_card",
            "expired_card",
        ),
        (
            "pm_card_chargeDeclinedIncorrectCvc",
            "incorrect_cvc",
            "incorrect_cvc",
        ),
        (
            "pm_card_chargeDeclinedProcessingError",
            "processing_error",
            "processing_error",
        ),
    ];
    let (_folder, running, api) = start().await;
    for (card, code, decline_code) in cases {
        let answer = api.pay(card).await;
        let error = answer.error(402);
        assert_eq!(error["type"], "card_error", "{card}");
        assert_eq!(error["code"], code, "{card}");
        assert_eq!(error["decline_code"], decline_code, "{card}");
        let intent = &error["payment_intent"];
        assert_eq!(intent["status"], "requires_payment_method", "{card}");
        assert_eq!(intent["last_payment_error"]["code"], code, "{card}");
        assert_eq!(intent["latest_charge"], error["charge"], "{card}");
        let charge = format!("/v1/charges/{}", error["charge"].as_str().unwrap());
        let charge = api.get(&charge).await.ok();
        assert_eq!(
            (&charge["status"], &charge["paid"]),
            (&"failed".into(), &false.into())
        );
    }
    assert_eq!(running.ledger().totals["usd"].captured, 0);
    let types = api.event_types().await;
    assert_eq!(
        types[..3],
        [
            "payment_intent.created",
            "charge.failed",
            "payment_intent.payment_failed"
        ]
    );
}

#[tokio::test]
async fn another_card_can_follow_a_decline() {
    let (_folder, running, api) = start().await;
    let declined = api.pay("pm_card_visa_chargeDeclined").await;
    let id = declined.error(402)["payment_intent"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let confirm = format!("/v1/payment_intents/{id}/confirm");
    api.post(&confirm, &[]).await.error(400);
    let paid = api
        .post(&confirm, &[("payment_method", "pm_card_mastercard")])
        .await
        .ok();
    assert_eq!(paid["status"], "succeeded");
    assert!(paid["last_payment_error"].is_null());
    let again = api
        .post(&confirm, &[("payment_method", "pm_card_visa")])
        .await;
    assert_eq!(again.error(400)["code"], "payment_intent_unexpected_state");
    let ledger = running.ledger();
    let entry = ledger.intent(&id).unwrap();
    assert_eq!(
        (entry.charges_paid, entry.charges_failed, entry.captured),
        (1, 1, 2000)
    );
}

#[tokio::test]
async fn a_browser_turns_a_card_into_a_payment_method() {
    let (folder, _running, api) = start().await;
    let form = [
        ("type", "card"),
        ("card[number]", "4242 4242 4242 4242"),
        ("card[exp_month]", "12"),
        ("card[exp_year]", "40"),
        ("card[cvc]", "737"),
        ("billing_details[name]", "Ada"),
        ("billing_details[address][city]", "Ghent"),
    ];
    let browser = api.with_key("pk_test_techmart");
    let method = browser.post("/v1/payment_methods", &form).await.ok();
    assert_eq!(method["card"]["last4"], "4242");
    assert_eq!(method["card"]["exp_year"], 2040);
    assert_eq!(method["billing_details"]["address"]["city"], "Ghent");
    let id = method["id"].as_str().unwrap();
    assert_eq!(api.pay(id).await.ok()["payment_method"], id);
    browser.pay(id).await.error(401);

    let mut wrong = form;
    wrong[1].1 = "4242424242424241";
    let refused = browser.post("/v1/payment_methods", &wrong).await;
    assert_eq!(refused.error(402)["code"], "incorrect_number");
    assert_eq!(refused.error(402)["param"], "number");

    let journal = std::fs::read_to_string(folder.journal()).unwrap();
    for secret in [
        "4242424242424242",
        "4242 4242",
        "4242424242424241",
        "737\"",
        "cvc\":\"7",
    ] {
        assert!(!journal.contains(secret), "the journal holds {secret}");
    }
}

#[tokio::test]
async fn preflights_of_browsers_are_answered() {
    let (_folder, _running, api) = start().await;
    let url = format!("{}/v1/payment_methods", api.base_url);
    let response = api
        .client
        .request(Method::OPTIONS, url)
        .header("Origin", "http://shop.test")
        .header("Access-Control-Request-Method", "POST")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 204);
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
}

/// A form, the error's code and its parameter.
type Case = (
    &'static [(&'static str, &'static str)],
    &'static str,
    &'static str,
);

#[tokio::test]
async fn bad_parameters_are_named() {
    let (_folder, running, api) = start().await;
    let path = "/v1/payment_intents";
    let cases: &[Case] = &[
        (&[("currency", "usd")], "parameter_missing", "amount"),
        (
            &[("amount", "12.5"), ("currency", "usd")],
            "parameter_invalid_integer",
            "amount",
        ),
        (
            &[("amount", "-5"), ("currency", "usd")],
            "parameter_invalid_integer",
            "amount",
        ),
        (
            &[("amount", "49"), ("currency", "usd")],
            "amount_too_small",
            "amount",
        ),
        (
            &[("amount", "100000000"), ("currency", "usd")],
            "amount_too_large",
            "amount",
        ),
        (
            &[("amount", "99999999999999999999"), ("currency", "usd")],
            "parameter_invalid_integer",
            "amount",
        ),
        (
            &[("amount", ""), ("currency", "usd")],
            "parameter_invalid_empty",
            "amount",
        ),
        (
            &[("amount", "500"), ("currency", "usd"), ("colour", "red")],
            "parameter_unknown",
            "colour",
        ),
        (
            &[
                ("amount", "500"),
                ("currency", "usd"),
                ("payment_method", "pm_nope"),
            ],
            "resource_missing",
            "payment_method",
        ),
    ];
    for (form, code, param) in cases {
        let answer = api.post(path, form).await;
        let error = answer.error(400);
        assert_eq!(
            (&error["code"], &error["param"]),
            (&(*code).into(), &(*param).into()),
            "{form:?}"
        );
        assert_eq!(error["type"], "invalid_request_error");
    }
    api.post(
        path,
        &[("amount", "500"), ("currency", "usd"), ("metadata", "x")],
    )
    .await
    .error(400);
    api.post(path, &[("amount", "500"), ("currency", "zzz")])
        .await
        .error(400);
    assert_eq!(
        running.ledger().intents.len(),
        0,
        "a refused request changes nothing"
    );
}

#[tokio::test]
async fn bad_requests_are_refused() {
    let (_folder, _running, api) = start().await;
    let path = "/v1/payment_intents";
    assert_eq!(
        api.get("/v1/payment_intents/pi_none").await.error(404)["code"],
        "resource_missing"
    );
    api.get("/v1/payment_intents/%FF").await.error(400);
    api.get("/v1/nothing").await.error(404);
    api.get("/v1/payment_intents/pi_none/confirm")
        .await
        .error(404);
    let stranger = api
        .with_key("sk_test_wrong_key_1234")
        .get("/v1/events")
        .await;
    assert_eq!(
        stranger.error(401)["message"],
        "Invalid API Key provided: sk_test_****1234"
    );

    let url = format!("{}{path}", api.base_url);
    let json = api
        .client
        .post(&url)
        .bearer_auth("sk_test_techmart")
        .json(&1);
    Answer::of(Method::POST, json.send().await.unwrap())
        .await
        .error(400);
    let large = api
        .client
        .post(&url)
        .bearer_auth("sk_test_techmart")
        .body(vec![b'a'; 300_000]);
    Answer::of(Method::POST, large.send().await.unwrap())
        .await
        .error(413);
    let basic = api
        .client
        .get(&url)
        .basic_auth("sk_test_techmart", Some(""));
    Answer::of(Method::GET, basic.send().await.unwrap())
        .await
        .ok();
    let nobody = api.client.get(&url);
    Answer::of(Method::GET, nobody.send().await.unwrap())
        .await
        .error(401);
}
