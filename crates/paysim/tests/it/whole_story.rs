//! Everything that can happen to payments, and that the shop hears of all of it.

use std::{collections::BTreeSet, time::Duration};

use paysim::Config;
use tokio::task::JoinSet;

use crate::{
    support::{Api, Folder, eventually},
    webhooks::Shop,
};

/// Every type of event that the simulator sends.
const TYPES: [&str; 25] = [
    "charge.captured",
    "charge.dispute.closed",
    "charge.dispute.created",
    "charge.dispute.funds_reinstated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.updated",
    "charge.failed",
    "charge.refund.updated",
    "charge.refunded",
    "charge.succeeded",
    "charge.updated",
    "customer.created",
    "customer.deleted",
    "customer.updated",
    "payment_intent.amount_capturable_updated",
    "payment_intent.canceled",
    "payment_intent.created",
    "payment_intent.payment_failed",
    "payment_intent.requires_action",
    "payment_intent.succeeded",
    "payment_method.attached",
    "payment_method.detached",
    "refund.created",
    "refund.failed",
    "refund.updated",
];

#[tokio::test]
async fn the_shop_hears_of_everything() {
    let (folder, shop, mut tasks) = (Folder::new(), Shop::default(), JoinSet::new());
    let config = Config {
        webhook: Some(shop.open(&mut tasks).await),
        refund_settle: Duration::from_millis(10),
        dispute_after: Duration::from_millis(10),
        dispute_review: Duration::from_millis(10),
        ..Config::new(folder.path())
    };
    let running = paysim::start(config).await.unwrap();
    let api = Api::new(&running.base_url);
    cards(&api).await;
    kept_cards(&api).await;
    held_money(&api).await;
    money_back(&api).await;
    disputes(&api).await;
    lists(&api).await;

    let wanted: BTreeSet<&str> = TYPES.into_iter().collect();
    eventually(async || {
        let heard: BTreeSet<String> = shop
            .events()
            .iter()
            .map(|event| event["type"].as_str().unwrap().to_owned())
            .collect();
        let all = wanted.iter().all(|kind| heard.contains(*kind));
        (running.ledger().events_pending == 0 && all).then_some(heard)
    })
    .await
    .iter()
    .for_each(|kind| assert!(wanted.contains(kind.as_str()), "{kind}"));
}

/// Payments at once: taken, declined, asked for and answered.
async fn cards(api: &Api) {
    for card in ["pm_card_visa", "pm_card_amex", "pm_card_chargeDeclined"] {
        api.pay(card).await;
    }
    for answer in ["complete", "fail"] {
        let intent = api.pay("pm_card_authenticationRequired").await.ok();
        api.authenticate(&intent, answer).await.ok();
        let path = format!("/v1/payment_intents/{}", intent["id"].as_str().unwrap());
        let secret = intent["client_secret"].as_str().unwrap();
        let browser = api.with_key("pk_test_techmart");
        browser
            .get(&format!("{path}?client_secret={secret}"))
            .await
            .ok();
        api.get(&format!(
            "{path}?expand[]=latest_charge&expand[]=payment_method"
        ))
        .await
        .ok();
    }
}

async fn kept_cards(api: &Api) {
    let form = [
        ("email", "ada@example.test"),
        ("shipping[name]", "Ada"),
        ("shipping[address][city]", "Ghent"),
        ("address[country]", "BE"),
    ];
    let customer = api.post("/v1/customers", &form).await.ok();
    let id = customer["id"].as_str().unwrap();
    let path = format!("/v1/customers/{id}");
    let attach = "/v1/payment_methods/pm_card_visa/attach";
    let method = api.post(attach, &[("customer", id)]).await.ok();
    let method = method["id"].as_str().unwrap();
    let default = [("invoice_settings[default_payment_method]", method)];
    api.post(&path, &default).await.ok();
    let form = [
        ("amount", "500"),
        ("currency", "eur"),
        ("customer", id),
        ("payment_method", method),
        ("setup_future_usage", "off_session"),
        ("shipping[name]", "Ada"),
        ("shipping[address][city]", "Ghent"),
        ("receipt_email", "ada@example.test"),
    ];
    let intent = api.post("/v1/payment_intents", &form).await.ok();
    let intent = format!("/v1/payment_intents/{}", intent["id"].as_str().unwrap());
    let more = [("amount", "700"), ("metadata[order_id]", "7")];
    api.post(&intent, &more).await.ok();
    let paid = api.post(&format!("{intent}/confirm"), &[]).await.ok();
    assert_eq!(paid["amount_received"], 700);
    let wide = format!("{intent}?expand[]=customer&expand[]=latest_charge.customer");
    assert_eq!(api.get(&wide).await.ok()["customer"]["id"], id);
    api.post(&intent, &[("amount", "900")]).await.error(400);
    let detach = format!("/v1/payment_methods/{method}/detach");
    api.post(&detach, &[]).await.ok();
    api.delete(&path).await.ok();
    api.get(&path).await.ok();
}

async fn held_money(api: &Api) {
    for end in ["capture", "cancel"] {
        let form = [
            ("amount", "2000"),
            ("currency", "usd"),
            ("capture_method", "manual"),
            ("payment_method", "pm_card_visa"),
            ("confirm", "true"),
        ];
        let intent = api.post("/v1/payment_intents", &form).await.ok();
        let path = format!("/v1/payment_intents/{}", intent["id"].as_str().unwrap());
        let charge = format!("/v1/charges/{}", intent["latest_charge"].as_str().unwrap());
        assert_eq!(api.get(&charge).await.ok()["captured"], false);
        api.post(&format!("{path}/{end}"), &[]).await.ok();
        api.get(&charge).await.ok();
        api.post(&format!("{path}/{end}"), &[]).await.error(400);
    }
}

async fn money_back(api: &Api) {
    for card in [
        "pm_card_visa",
        "pm_card_pendingRefund",
        "pm_card_refundFail",
    ] {
        let intent = api.pay(card).await.ok();
        let id = intent["id"].as_str().unwrap();
        let form = [("payment_intent", id), ("amount", "500")];
        let refund = api.post("/v1/refunds", &form).await.ok();
        let path = format!("/v1/refunds/{}", refund["id"].as_str().unwrap());
        api.post(&path, &[("metadata[line]", "1")]).await.ok();
        eventually(async || {
            let refund = api.get(&path).await.ok();
            let wanted = if card == "pm_card_refundFail" {
                "failed"
            } else {
                "succeeded"
            };
            (refund["status"] == wanted).then_some(())
        })
        .await;
    }
}

async fn disputes(api: &Api) {
    for text in ["winning_evidence", "losing_evidence"] {
        let intent = api.pay("pm_card_createDispute").await.ok();
        let id = intent["id"].as_str().unwrap();
        let list = format!("/v1/disputes?payment_intent={id}");
        let find = async || api.get(&list).await.ok()["data"].get(0).cloned();
        let dispute = eventually(find).await;
        let path = format!("/v1/disputes/{}", dispute["id"].as_str().unwrap());
        let form = [("evidence[uncategorized_text]", text)];
        api.post(&path, &form).await.ok();
        eventually(async || {
            let dispute = api.get(&path).await.ok();
            let decided = dispute["status"] == "won" || dispute["status"] == "lost";
            decided.then_some(())
        })
        .await;
    }
}

async fn lists(api: &Api) {
    for kind in [
        "payment_intents",
        "charges",
        "refunds",
        "disputes",
        "customers",
        "events",
    ] {
        let list = api.get(&format!("/v1/{kind}?limit=100")).await.ok();
        assert_eq!(list["url"], format!("/v1/{kind}"));
    }
}
