//! One request, sent many times; many requests for one cart.

use std::sync::Arc;

use futures::future::join_all;
use kernel::UserId;
use serde_json::json;

use crate::buyer::Buyer;
use crate::shop::Shop;

#[tokio::test]
async fn a_replay_is_the_same_answer() {
    let shop = Shop::open().await;
    let radio = shop.product("Radio", 2_000, 5).await;
    let buyer = Buyer::ready(&shop, shop.guest_cart(&[(radio, 1)]).await).await;
    let body = buyer.agreement("pm_card_visa");
    let first = buyer.complete(&shop, "k", body.clone()).await.expect(201);
    assert_eq!(first.header("idempotent-replayed"), None);
    let again = buyer.complete(&shop, "k", body.clone()).await.expect(201);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.json, first.json);
    let mut other = body;
    other["payment_method"] = json!("pm_card_mastercard");
    buyer
        .complete(&shop, "k", other)
        .await
        .problem(422, "idempotency_key_reused");
    let stored = shop
        .text("select body::text from checkout.idempotency_key")
        .await;
    assert!(
        !stored.contains("order_token"),
        "tokens are not stored: {stored}"
    );
    assert_eq!(shop.relay.creations(), 1);
    shop.verify().await;
}

#[tokio::test]
async fn a_refusal_is_replayed_with_a_new_request_id() {
    let shop = Shop::open().await;
    let radio = shop.product("Radio", 2_000, 5).await;
    let buyer = Buyer::ready(&shop, shop.guest_cart(&[(radio, 1)]).await).await;
    let first = buyer
        .pay(&shop, "k", "pm_card_chargeDeclined")
        .await
        .problem(402, "payment_declined");
    let again = buyer.pay(&shop, "k", "pm_card_chargeDeclined").await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    let mut again = again.problem(402, "payment_declined");
    assert_ne!(again["request_id"], first["request_id"]);
    again["request_id"] = first["request_id"].clone();
    assert_eq!(again, first);
}

#[tokio::test]
async fn a_key_of_somebody_else_means_nothing() {
    let shop = Shop::open().await;
    let radio = shop.product("Radio", 2_000, 5).await;
    let ada = Buyer::ready(
        &shop,
        shop.customer_cart(UserId::generate(), &[(radio, 1)]).await,
    )
    .await;
    let bob = Buyer::ready(
        &shop,
        shop.customer_cart(UserId::generate(), &[(radio, 2)]).await,
    )
    .await;
    let first = ada.pay(&shop, "same", "pm_card_visa").await.expect(201);
    let second = bob.pay(&shop, "same", "pm_card_visa").await.expect(201);
    assert_ne!(first.json["order"]["id"], second.json["order"]["id"]);
    shop.verify().await;
}

#[tokio::test]
async fn twenty_equal_requests_make_one_order_and_one_charge() {
    let shop = Arc::new(Shop::open().await);
    let radio = shop.product("Radio", 2_000, 50).await;
    let buyer = Buyer::ready(&shop, shop.guest_cart(&[(radio, 1)]).await).await;
    let answers = join_all((0..20).map(|_| buyer.pay(&shop, "k", "pm_card_visa"))).await;
    let mut placed = Vec::new();
    for answer in answers {
        if answer.status == 201 {
            placed.push(answer.json);
        } else {
            assert!(answer.header("retry-after").is_some());
            answer.problem(409, "completion_in_progress");
        }
    }
    assert!(!placed.is_empty() && placed.iter().all(|body| *body == placed[0]));
    assert_eq!(
        shop.count("select count(*) from orders.sales_order").await,
        1
    );
    assert_eq!(shop.paysim.ledger().intents.len(), 1);
    shop.verify().await;
}

#[tokio::test]
async fn twenty_keys_for_one_cart_make_one_order() {
    let shop = Shop::open().await;
    let radio = shop.product("Radio", 2_000, 50).await;
    let buyer = Buyer::ready(&shop, shop.guest_cart(&[(radio, 1)]).await).await;
    let keys: Vec<String> = (0..20).map(|n| format!("key-{n}")).collect();
    let answers = join_all(keys.iter().map(|key| buyer.pay(&shop, key, "pm_card_visa"))).await;
    let placed = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(placed, 1);
    for answer in answers.into_iter().filter(|answer| answer.status != 201) {
        let code = answer.json["code"].as_str().unwrap().to_owned();
        assert!(
            ["completion_in_progress", "checkout_completed"].contains(&code.as_str()),
            "{code}"
        );
        answer.problem(409, &code);
    }
    assert_eq!(
        shop.count("select count(*) from orders.sales_order").await,
        1
    );
    assert_eq!(shop.paysim.ledger().intents.len(), 1);
    shop.verify().await;
}
