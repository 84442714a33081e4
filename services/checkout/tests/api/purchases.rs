//! Purchases that go through, and cards that do not.

use contract_orders::OrderTokenKey;
use kernel::{OrderId, UserId};
use serde_json::json;

use crate::buyer::{Buyer, CHECKOUTS, address};
use crate::shop::Shop;

#[tokio::test]
async fn a_guest_buys() {
    let shop = Shop::open().await;
    let (radio, cable) = (
        shop.product("Radio", 2_000, 5).await,
        shop.product("Cable", 350, 9).await,
    );
    let cart = shop.guest_cart(&[(radio, 2), (cable, 3)]).await;
    let mut buyer = Buyer::begin(&shop, cart).await;
    assert_eq!(buyer.checkout["totals"]["tax"], json!(null));
    assert_eq!(buyer.checkout["shipping_methods"], json!([]));
    let again = buyer
        .call(shop.app.post(CHECKOUTS))
        .json(json!({"cart_id": buyer.cart.cart_id}));
    assert_eq!(
        again.send().await.expect(200).json["id"],
        buyer.checkout["id"]
    );

    buyer
        .patch(&shop, json!({"shipping_address": address()}))
        .await;
    assert_eq!(buyer.checkout["shipping_address"]["region"], "CA");
    let codes: Vec<&str> = buyer.checkout["shipping_methods"]
        .as_array()
        .unwrap()
        .iter()
        .map(|method| method["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["standard", "express", "freight"]);
    buyer
        .patch(
            &shop,
            json!({"email": "ada@example.com", "shipping_method": "express"}),
        )
        .await;
    assert_eq!(buyer.checkout["requirements"], json!(["payment_method"]));
    // 50.50, 14.99 for delivery, 7.25 % on 40.00, 10.50 and 14.99.
    assert_eq!(
        buyer.checkout["totals"]["total"]["amount"],
        5_050 + 1_499 + 290 + 76 + 109
    );

    let paid = buyer
        .pay(&shop, "first", "pm_card_visa")
        .await
        .expect(201)
        .json;
    assert_eq!(paid["status"], "placed");
    assert!(
        paid["order"]["number"].as_str().unwrap().starts_with("TM-"),
        "{paid}"
    );
    let key: OrderTokenKey = "ab".repeat(32).parse().unwrap();
    let order_id: OrderId = paid["order"]["id"].as_str().unwrap().parse().unwrap();
    let token = paid["order_token"].as_str().unwrap();
    assert_eq!(key.verify(token, shop.state.now()), Some(order_id));

    let seen = buyer.refresh(&shop).await;
    assert_eq!(
        (&seen["state"], &seen["order_id"]),
        (&json!("completed"), &paid["order"]["id"])
    );
    shop.set_price(radio, 9_999).await;
    assert_eq!(
        buyer.refresh(&shop).await["totals"]["total"],
        paid["order"]["total"]
    );
    assert_eq!(shop.text("select state from cart.cart").await, "ordered");
    assert_eq!((shop.free(radio).await, shop.free(cable).await), (3, 6));
    let problem = buyer
        .pay(&shop, "second", "pm_card_visa")
        .await
        .problem(409, "checkout_completed");
    assert_eq!(problem["order_id"], paid["order"]["id"]);
    let call = buyer
        .call(shop.app.post(CHECKOUTS))
        .json(json!({"cart_id": buyer.cart.cart_id}));
    let problem = call.send().await.problem(409, "cart_already_ordered");
    assert_eq!(problem["order_id"], paid["order"]["id"]);
    let call = buyer
        .call(shop.app.patch(buyer.path()))
        .json(json!({"email": "b@example.com"}));
    call.send().await.problem(409, "checkout_completed");
    assert_eq!(shop.paysim.ledger().intents.len(), 1);
    shop.verify().await;
}

#[tokio::test]
async fn a_customer_buys() {
    let shop = Shop::open().await;
    let radio = shop.product("Radio", 2_000, 5).await;
    let ada = UserId::generate();
    let buyer = Buyer::ready(&shop, shop.customer_cart(ada, &[(radio, 1)]).await).await;
    buyer
        .pay(&shop, "k", "pm_card_mastercard")
        .await
        .expect(201);
    let owner: uuid::Uuid = sqlx::query_scalar("select customer_id from orders.sales_order")
        .fetch_one(&shop.admin)
        .await
        .unwrap();
    assert_eq!(owner, ada.uuid());
    shop.verify().await;
}

#[tokio::test]
async fn a_declined_card_leaves_everything_as_it_was() {
    let shop = Shop::open().await;
    let radio = shop.product("Radio", 2_000, 5).await;
    let mut buyer = Buyer::ready(&shop, shop.guest_cart(&[(radio, 2)]).await).await;
    let declined = buyer
        .pay(&shop, "k1", "pm_card_chargeDeclinedInsufficientFunds")
        .await;
    let problem = declined.problem(402, "payment_declined");
    assert_eq!(problem["decline_code"], "insufficient_funds");
    assert_eq!(shop.free(radio).await, 5);
    assert_eq!(shop.text("select state from cart.cart").await, "open");
    assert_eq!(
        shop.text("select state from orders.sales_order").await,
        "cancelled"
    );
    let seen = buyer.refresh(&shop).await;
    assert_eq!(
        (&seen["state"], &seen["order_id"]),
        (&json!("open"), &json!(null))
    );
    assert_eq!(seen["version"], problem["version"]);
    let again = buyer
        .pay(&shop, "k1", "pm_card_chargeDeclinedInsufficientFunds")
        .await;
    again.problem(422, "idempotency_key_reused");

    // A stolen card looks like any other that does not work.
    let problem = buyer
        .pay(&shop, "k2", "pm_card_chargeDeclinedStolenCard")
        .await;
    assert_eq!(
        problem.problem(402, "payment_declined")["decline_code"],
        "generic_decline"
    );
    buyer.refresh(&shop).await;
    let problem = buyer.pay(&shop, "k3", "pm_unknown").await;
    assert_eq!(
        problem.problem(402, "payment_declined")["decline_code"],
        "resource_missing"
    );
    shop.verify().await;

    buyer.refresh(&shop).await;
    buyer.pay(&shop, "k4", "pm_card_visa").await.expect(201);
    assert_eq!(
        shop.count("select count(*) from checkout.payment_attempt")
            .await,
        4
    );
    assert_eq!(shop.free(radio).await, 3);
    shop.verify().await;
}

#[tokio::test]
async fn what_costs_nothing_needs_no_card() {
    let shop = Shop::open().await;
    let sticker = shop.product("Sticker", 0, 5).await;
    sqlx::raw_sql("update checkout.shipping_rate set price_minor = 0")
        .execute(&shop.admin)
        .await
        .unwrap();
    let buyer = Buyer::ready(&shop, shop.guest_cart(&[(sticker, 1)]).await).await;
    assert_eq!(buyer.checkout["requirements"], json!([]));
    let mut body = buyer.agreement("pm_x");
    body.as_object_mut().unwrap().remove("payment_method");
    let paid = buyer
        .complete(&shop, "k", body.clone())
        .await
        .expect(201)
        .json;
    let again = buyer.complete(&shop, "k", body).await.expect(201);
    assert_eq!(
        (again.header("idempotent-replayed"), &again.json),
        (Some("true"), &paid)
    );
    assert_eq!(shop.relay.creations(), 0);
    shop.verify().await;
}

#[tokio::test]
async fn a_method_that_does_not_take_the_new_address_is_dropped() {
    let shop = Shop::open().await;
    let radio = shop.product("Radio", 2_000, 5).await;
    let mut buyer = Buyer::ready(&shop, shop.guest_cart(&[(radio, 1)]).await).await;
    let mut abroad = address();
    (abroad["country"], abroad["region"]) = (json!("DE"), json!(null));
    buyer
        .patch(
            &shop,
            json!({"shipping_address": abroad, "billing_address": address()}),
        )
        .await;
    assert_eq!(buyer.checkout["shipping_method"], json!(null));
    assert_eq!(
        buyer.checkout["requirements"],
        json!(["shipping_method", "payment_method"])
    );
    assert_eq!(buyer.checkout["totals"]["tax"]["amount"], 0);
    assert_eq!(buyer.checkout["billing_address"]["country"], "US");
    buyer
        .patch(
            &shop,
            json!({"shipping_method": "international", "billing_address": null}),
        )
        .await;
    assert_eq!(buyer.checkout["billing_address"], json!(null));
    buyer.pay(&shop, "k", "pm_card_visa").await.expect(201);
    shop.verify().await;
}

#[tokio::test]
async fn browsers_learn_how_to_take_a_card() {
    let shop = Shop::open().await;
    let config = shop
        .app
        .get("/api/v1/payments/config")
        .send()
        .await
        .expect(200)
        .json;
    assert_eq!(config["provider"], "stripe");
    assert_eq!(config["publishable_key"], "pk_test_techmart");
    assert!(!config.to_string().contains("sk_test"));
}
