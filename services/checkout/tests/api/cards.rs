//! Saved cards, and people who try stolen ones.

use kernel::{SavedCardId, UserId};
use serde_json::{Value, json};
use testkit::Answer;

use crate::buyer::Buyer;
use crate::relay::Fault;
use crate::shop::Shop;

const CARDS: &str = "/api/v1/payment-methods";

async fn cards(shop: &Shop, customer: UserId) -> Vec<Value> {
    let call = shop.app.get(CARDS).bearer(shop.tokens.customer(customer));
    let answer = call.send().await.expect(200).json;
    answer["items"].as_array().unwrap().clone()
}

async fn save(shop: &Shop, customer: UserId, method: &str) -> Answer {
    let radio = shop.product("Radio", 2_000, 5).await;
    let buyer = Buyer::ready(shop, shop.customer_cart(customer, &[(radio, 1)]).await).await;
    let mut body = buyer.agreement(method);
    body["save_card"] = json!(true);
    buyer.complete(shop, "k", body).await
}

#[tokio::test]
async fn a_saved_card_is_its_customers_alone() {
    let shop = Shop::open().await;
    let (ada, bob) = (UserId::generate(), UserId::generate());
    shop.app
        .get(CARDS)
        .send()
        .await
        .problem(401, "token_missing");
    let eve = UserId::generate();
    save(&shop, eve, "pm_card_chargeDeclined")
        .await
        .problem(402, "payment_declined");
    assert!(
        cards(&shop, eve).await.is_empty(),
        "a declined card is not kept"
    );
    save(&shop, ada, "pm_card_visa").await.expect(201);
    let kept = cards(&shop, ada).await;
    assert_eq!(
        (&kept[0]["brand"], &kept[0]["last4"]),
        (&json!("visa"), &json!("4242"))
    );
    assert!(cards(&shop, bob).await.is_empty());
    let id = kept[0]["id"].as_str().unwrap();

    let radio = shop.product("Radio", 2_000, 5).await;
    for (cart, token) in [
        (shop.customer_cart(bob, &[(radio, 1)]).await, "bob"),
        (shop.guest_cart(&[(radio, 1)]).await, "guest"),
    ] {
        let buyer = Buyer::ready(&shop, cart).await;
        let mut body = buyer.agreement("pm_x");
        body.as_object_mut().unwrap().remove("payment_method");
        body["saved_card"] = json!(id);
        let refused = buyer
            .complete(&shop, token, body)
            .await
            .problem(422, "validation_failed");
        assert_eq!(refused["errors"][0]["pointer"], "/saved_card");
    }
    let call = shop
        .app
        .delete(format!("{CARDS}/{id}"))
        .bearer(shop.tokens.customer(bob));
    call.send().await.problem(404, "not_found");
    assert_eq!(
        shop.count("select count(*) from orders.sales_order where state = 'placed'")
            .await,
        1
    );
    shop.verify().await;
}

#[tokio::test]
async fn a_saved_card_pays_again_until_it_is_forgotten() {
    let shop = Shop::open().await;
    let ada = UserId::generate();
    save(&shop, ada, "pm_card_visa").await.expect(201);
    let id = cards(&shop, ada).await[0]["id"].clone();
    let radio = shop.product("Radio", 3_000, 5).await;
    let buyer = Buyer::ready(&shop, shop.customer_cart(ada, &[(radio, 1)]).await).await;
    let mut body = buyer.agreement("pm_x");
    body.as_object_mut().unwrap().remove("payment_method");
    body["saved_card"] = id.clone();
    buyer
        .complete(&shop, "again", body.clone())
        .await
        .expect(201);
    let ledger = shop.paysim.ledger();
    assert_eq!(ledger.intents.len(), 2);
    assert!(ledger.intents[0].customer.is_some());
    assert_eq!(ledger.intents[0].customer, ledger.intents[1].customer);
    shop.verify().await;

    let delete = || {
        let path = format!("{CARDS}/{}", id.as_str().unwrap());
        shop.app
            .delete(path)
            .bearer(shop.tokens.customer(ada))
            .send()
    };
    shop.relay.set(Fault::Failure);
    delete().await.problem(503, "unavailable");
    assert_eq!(cards(&shop, ada).await.len(), 1);
    shop.relay.set(Fault::None);
    delete().await.expect(204);
    delete().await.problem(404, "not_found");
    assert!(cards(&shop, ada).await.is_empty());
    let logged = "select count(*) from checkout.audit_log where action = 'saved_card.delete'";
    assert_eq!(shop.count(logged).await, 1);
    let unknown = format!("{CARDS}/{}", SavedCardId::generate());
    let call = shop.app.delete(unknown).bearer(shop.tokens.customer(ada));
    call.send().await.problem(404, "not_found");
}

#[tokio::test]
async fn the_sixth_decline_is_not_tried() {
    let shop = Shop::open().await;
    let radio = shop.product("Radio", 2_000, 50).await;
    let mut buyer = Buyer::ready(&shop, shop.guest_cart(&[(radio, 1)]).await).await;
    for n in 0..5 {
        let key = format!("k{n}");
        buyer
            .pay(&shop, &key, "pm_card_chargeDeclined")
            .await
            .problem(402, "payment_declined");
        buyer.refresh(&shop).await;
    }
    let refused = buyer.pay(&shop, "k5", "pm_card_visa").await;
    let wait: i64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=3600).contains(&wait));
    refused.problem(429, "too_many_declines");
    assert_eq!(shop.relay.creations(), 5);

    // From the same network, with the same card, in another cart: no better.
    let other = Buyer::ready(&shop, shop.guest_cart(&[(radio, 1)]).await).await;
    other
        .pay(&shop, "k", "pm_card_visa")
        .await
        .problem(429, "too_many_declines");
    let elsewhere = |buyer: &Buyer, method: &str| {
        let call = buyer.call(shop.app.post(format!("{}/complete", buyer.path())));
        let call = call
            .header("idempotency-key", "e")
            .header("x-forwarded-for", "203.0.113.9");
        call.json(buyer.agreement(method)).send()
    };
    let third = Buyer::ready(&shop, shop.guest_cart(&[(radio, 1)]).await).await;
    elsewhere(&third, "pm_card_visa").await.expect(201);
    assert_eq!(shop.relay.creations(), 6);
    shop.advance(3601);
    buyer.refresh(&shop).await;
    buyer.pay(&shop, "k6", "pm_card_visa").await.expect(201);
    assert_eq!(
        shop.relay.looks(),
        0,
        "a test card's name is no payment method that could be looked at"
    );
    shop.verify().await;
}

/// A card as a browser types it in, new each time.
async fn typed_in(shop: &Shop, number: &str) -> String {
    let form = [
        ("type", "card".to_owned()),
        ("card[number]", number.to_owned()),
        ("card[exp_month]", "12".to_owned()),
        ("card[exp_year]", "2040".to_owned()),
        ("card[cvc]", "123".to_owned()),
    ];
    let made = shop.ask_provider("payment_methods", &form).await;
    made["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_card_that_was_declined_too_often_is_known_in_every_cart() {
    const DECLINED: &str = "4000000000000002";
    let shop = Shop::open().await;
    let radio = shop.product("Radio", 2_000, 50).await;
    for n in 0..6 {
        let buyer = Buyer::ready(&shop, shop.guest_cart(&[(radio, 1)]).await).await;
        let method = typed_in(&shop, DECLINED).await;
        // From a network that is known for one decline, the card is looked at before it is charged.
        let network = if n < 5 { n } else { 0 };
        let call = buyer.call(shop.app.post(format!("{}/complete", buyer.path())));
        let call = call
            .header("idempotency-key", "k")
            .header("x-forwarded-for", format!("203.0.113.{network}"));
        let answer = call.json(buyer.agreement(&method)).send().await;
        if n < 5 {
            answer.problem(402, "payment_declined");
        } else {
            answer.problem(429, "too_many_declines");
        }
    }
    assert_eq!((shop.relay.creations(), shop.relay.looks()), (5, 1));
    let cards = "select count(distinct subject) from checkout.decline where subject like 'card:%'";
    assert_eq!(shop.count(cards).await, 1, "the provider names the card");
    shop.verify().await;
}
