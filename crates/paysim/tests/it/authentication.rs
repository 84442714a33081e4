//! The bank's question to the customer (3-D Secure).

use serde_json::Value;

use crate::support::{Answer, Api, start};

/// An intent of 20.00 usd that is confirmed with a card and further parameters.
async fn confirmed(api: &Api, card: &str, more: &[(&str, &str)]) -> Answer {
    let mut form = vec![
        ("amount", "2000"),
        ("currency", "usd"),
        ("confirm", "true"),
        ("payment_method", card),
    ];
    form.extend(more);
    api.post("/v1/payment_intents", &form).await
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

#[tokio::test]
async fn nothing_is_taken_before_the_customer_has_answered() {
    let (_folder, running, api) = start().await;
    let intent = confirmed(&api, "pm_card_authenticationRequired", &[])
        .await
        .ok();
    assert_eq!(intent["status"], "requires_action");
    assert_eq!(intent["next_action"]["type"], "use_stripe_sdk");
    assert!(intent["latest_charge"].is_null());
    let ledger = running.ledger();
    let entry = ledger.intent(text(&intent, "id")).unwrap();
    assert_eq!((entry.captured, entry.held, entry.charges_paid), (0, 0, 0));
    assert_eq!(
        api.event_types().await.last().unwrap(),
        "payment_intent.requires_action"
    );

    let answer = api.authenticate(&intent, "complete").await.ok();
    assert_eq!(answer["payment_intent"]["status"], "succeeded");
    assert!(answer["redirect"].is_null());
    let path = format!("/v1/payment_intents/{}", text(&intent, "id"));
    let paid = api
        .get(&format!("{path}?expand[]=latest_charge"))
        .await
        .ok();
    assert_eq!(paid["amount_received"], 2000);
    assert!(paid["next_action"].is_null());
    let card = &paid["latest_charge"]["payment_method_details"]["card"];
    assert_eq!(card["three_d_secure"]["result"], "authenticated");
    // The same answer again changes nothing.
    api.authenticate(&intent, "complete").await.error(400);
    api.authenticate(&intent, "fail").await.error(400);
    assert_eq!(running.ledger().totals["usd"].captured, 2000);
}

#[tokio::test]
async fn a_failed_authentication_takes_nothing() {
    let (_folder, running, api) = start().await;
    let intent = confirmed(&api, "pm_card_authenticationRequired", &[])
        .await
        .ok();
    let answer = api.authenticate(&intent, "fail").await.ok();
    let after = &answer["payment_intent"];
    assert_eq!(after["status"], "requires_payment_method");
    assert_eq!(
        after["last_payment_error"]["code"],
        "payment_intent_authentication_failure"
    );
    assert_eq!(
        api.event_types().await.last().unwrap(),
        "payment_intent.payment_failed"
    );
    assert_eq!(running.ledger().totals["usd"].captured, 0);
    // Another card can follow.
    let confirm = format!("/v1/payment_intents/{}/confirm", text(&intent, "id"));
    let paid = api
        .post(&confirm, &[("payment_method", "pm_card_visa")])
        .await
        .ok();
    assert_eq!(paid["status"], "succeeded");
}

#[tokio::test]
async fn the_bank_may_decline_after_the_customer_said_yes() {
    let (_folder, running, api) = start().await;
    for (card, reason) in [
        (
            "pm_card_threeDSecureRequiredChargeDeclined",
            "generic_decline",
        ),
        (
            "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",
            "insufficient_funds",
        ),
    ] {
        let intent = confirmed(&api, card, &[]).await.ok();
        let answer = api.authenticate(&intent, "complete").await.ok();
        let after = &answer["payment_intent"];
        assert_eq!(after["status"], "requires_payment_method", "{card}");
        assert_eq!(after["last_payment_error"]["decline_code"], reason);
    }
    assert_eq!(running.ledger().totals["usd"].captured, 0);
}

#[tokio::test]
async fn a_held_amount_can_need_an_answer_too() {
    let (_folder, running, api) = start().await;
    let manual = [("capture_method", "manual")];
    let intent = confirmed(&api, "pm_card_authenticationRequired", &manual)
        .await
        .ok();
    let answer = api.authenticate(&intent, "complete").await.ok();
    assert_eq!(answer["payment_intent"]["status"], "requires_capture");
    assert_eq!(running.ledger().totals["usd"].held, 2000);
}

#[tokio::test]
async fn a_question_is_void_once_the_intent_is_cancelled_or_asked_anew() {
    let (_folder, running, api) = start().await;
    let intent = confirmed(&api, "pm_card_authenticationRequired", &[])
        .await
        .ok();
    let path = format!("/v1/payment_intents/{}", text(&intent, "id"));
    let again = api.post(&format!("{path}/confirm"), &[]).await.ok();
    assert_ne!(again["next_action"], intent["next_action"]);
    api.authenticate(&intent, "complete").await.error(400);
    api.post(&format!("{path}/cancel"), &[]).await.ok();
    api.authenticate(&again, "complete").await.error(400);
    assert_eq!(running.ledger().totals["usd"].captured, 0);
}

#[tokio::test]
async fn a_customer_who_is_not_there_cannot_be_asked() {
    let (_folder, _running, api) = start().await;
    let off_session = [("off_session", "true")];
    let refused = confirmed(&api, "pm_card_authenticationRequired", &off_session).await;
    let error = refused.error(402);
    assert_eq!(error["code"], "authentication_required");
    assert_eq!(error["payment_intent"]["status"], "requires_payment_method");
    assert!(error["payment_intent"]["latest_charge"].is_null());
    let rather_not = [("error_on_requires_action", "true")];
    let refused = confirmed(&api, "pm_card_authenticationRequired", &rather_not).await;
    assert_eq!(refused.error(402)["code"], "authentication_required");
    let paid = confirmed(
        &api,
        "pm_card_authenticationRequiredSetupForOffSession",
        &off_session,
    );
    assert_eq!(paid.await.ok()["status"], "succeeded");
}

#[tokio::test]
async fn a_card_kept_for_later_is_asked_about_once() {
    let (_folder, _running, api) = start().await;
    let customer = api.post("/v1/customers", &[]).await.ok();
    let customer = text(&customer, "id");
    let keep = [
        ("customer", customer),
        ("setup_future_usage", "off_session"),
    ];
    let card = "pm_card_authenticationRequiredOnSetup";
    let intent = confirmed(&api, card, &keep).await.ok();
    assert_eq!(intent["status"], "requires_action");
    let paid = api.authenticate(&intent, "complete").await.ok();
    let method = text(&paid["payment_intent"], "payment_method").to_owned();
    let later = [("customer", customer), ("off_session", "true")];
    let paid = confirmed(&api, &method, &later).await.ok();
    assert_eq!(paid["status"], "succeeded");
    // While the customer is there the bank asks all the same.
    let there = confirmed(&api, &method, &later[..1]).await.ok();
    assert_eq!(there["status"], "requires_action");
}

#[tokio::test]
async fn some_cards_ask_only_when_the_shop_wants_it() {
    let (_folder, _running, api) = start().await;
    let card = "pm_card_threeDSecureOptional";
    assert_eq!(confirmed(&api, card, &[]).await.ok()["status"], "succeeded");
    let any = [(
        "payment_method_options[card][request_three_d_secure]",
        "any",
    )];
    let asked = confirmed(&api, card, &any).await.ok();
    assert_eq!(asked["status"], "requires_action");
}

#[tokio::test]
async fn the_bank_s_page_leads_back_to_the_shop() {
    let (_folder, _running, api) = start().await;
    let back = [("return_url", "https://shop.test/done?order=7")];
    let intent = confirmed(&api, "pm_card_authenticationRequired", &back)
        .await
        .ok();
    let action = &intent["next_action"];
    assert_eq!(action["type"], "redirect_to_url");
    let url = text(&action["redirect_to_url"], "url");
    let page = api.client.get(url).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let policy = page.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(policy.contains("default-src 'none'") && policy.contains("https://shop.test"));
    let html = page.text().await.unwrap();
    assert!(
        html.contains("20.00 USD") && html.contains("3184"),
        "{html}"
    );
    assert!(!html.contains("<style") && !html.contains("style="));
    let answer = api.authenticate(&intent, "complete").await.ok();
    let redirect = text(&answer, "redirect");
    assert!(redirect.starts_with("https://shop.test/done?order=7&payment_intent=pi_"));
    assert!(redirect.ends_with("&redirect_status=succeeded"));
    // The page that is still open says that it is over.
    let page = api.client.get(url).send().await.unwrap();
    assert_eq!(page.status(), 410);
    // With the SDK the page stays where it is.
    let sdk = [
        ("return_url", "https://shop.test/"),
        ("use_stripe_sdk", "true"),
    ];
    let intent = confirmed(&api, "pm_card_authenticationRequired", &sdk)
        .await
        .ok();
    assert_eq!(intent["next_action"]["type"], "use_stripe_sdk");
}

#[tokio::test]
async fn browsers_see_an_intent_only_with_its_secret() {
    let (_folder, _running, api) = start().await;
    let intent = confirmed(&api, "pm_card_authenticationRequired", &[])
        .await
        .ok();
    let browser = api.with_key("pk_test_techmart");
    let path = format!("/v1/payment_intents/{}", text(&intent, "id"));
    browser.get(&path).await.error(400);
    browser
        .get(&format!("{path}?client_secret=wrong"))
        .await
        .error(404);
    let secret = text(&intent, "client_secret");
    let seen = browser
        .get(&format!("{path}?client_secret={secret}"))
        .await
        .ok();
    assert_eq!(seen["status"], "requires_action");
    assert!(seen.get("metadata").is_none() && seen.get("latest_charge").is_none());
    // Nor does the bank's page open, or answer, without it.
    let page = format!("{}/3d_secure/{}", api.base_url, text(&intent, "id"));
    let wrong = format!("{page}?client_secret=wrong");
    assert_eq!(api.client.get(&wrong).send().await.unwrap().status(), 404);
    let complete = format!("/3d_secure/{}/complete", text(&intent, "id"));
    let form = [("client_secret", "wrong")];
    browser.post(&complete, &form).await.error(404);
    browser.post(&complete, &[]).await.error(400);
}
