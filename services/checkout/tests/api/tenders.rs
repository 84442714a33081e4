//! Gift cards and store credit.

use futures::future::join_all;
use kernel::{GiftCardId, UserId};
use serde_json::{Value, json};

use crate::buyer::Buyer;
use crate::shop::Shop;

/// Issues a gift card; answers its id and code.
pub(crate) async fn gift_card(shop: &Shop, minor: i64) -> (GiftCardId, String) {
    let call = shop
        .app
        .post("/api/v1/admin/gift-cards")
        .bearer(shop.tokens.staff());
    let key = GiftCardId::generate().to_string();
    let issued = call
        .header("idempotency-key", key)
        .json(json!({"amount": {"amount": minor, "currency": "USD"}}))
        .send()
        .await
        .expect(201)
        .json;
    let id = issued["gift_card"]["id"].as_str().unwrap().parse().unwrap();
    (id, issued["code"].as_str().unwrap().to_owned())
}

async fn balance(shop: &Shop, id: GiftCardId) -> i64 {
    sqlx::query_scalar("select balance_minor from checkout.stored_value where stored_value_id = $1")
        .bind(id.uuid())
        .fetch_one(&shop.admin)
        .await
        .unwrap()
}

impl Buyer {
    async fn add_card(&mut self, shop: &Shop, code: &str) {
        let call = self.call(shop.app.put(format!("{}/gift-cards", self.path())));
        self.checkout = call
            .json(json!({"code": code}))
            .send()
            .await
            .expect(200)
            .json;
    }

    /// What the shopper agrees to, gift cards among it.
    fn full_agreement(&self, payment_method: &str) -> Value {
        let mut body = self.agreement(payment_method);
        body["expected_charge"] = self.checkout["charge"].clone();
        body
    }
}

async fn ready(shop: &Shop) -> Buyer {
    let radio = shop.product("Radio", 2_000, 50).await;
    Buyer::ready(shop, shop.guest_cart(&[(radio, 1)]).await).await
}

#[tokio::test]
async fn wrong_codes_are_refused_and_soon_not_even_looked_at() {
    let shop = Shop::open().await;
    let mut buyer = ready(&shop).await;
    let (id, code) = gift_card(&shop, 500).await;
    let add = |text: String| {
        let call = buyer.call(shop.app.put(format!("{}/gift-cards", buyer.path())));
        call.json(json!({"code": text})).send()
    };
    for wrong in ["x", "0000-0000-0000-0000-0000"] {
        add(wrong.to_owned())
            .await
            .problem(404, "gift_card_unknown");
    }
    shop.app
        .put(format!("{}/gift-cards", buyer.path()))
        .json(json!({"code": code}))
        .send()
        .await
        .problem(401, "token_missing");
    sqlx::raw_sql("update checkout.stored_value set state = 'disabled'")
        .execute(&shop.admin)
        .await
        .unwrap();
    add(code.clone()).await.problem(404, "gift_card_unknown");
    sqlx::raw_sql(
        "update checkout.stored_value set state = 'active', expires_at = now() - interval '1 day'",
    )
    .execute(&shop.admin)
    .await
    .unwrap();
    add(code.clone()).await.problem(404, "gift_card_unknown");
    sqlx::raw_sql("update checkout.stored_value set expires_at = null, currency = 'EUR'")
        .execute(&shop.admin)
        .await
        .unwrap();
    add(code.clone())
        .await
        .problem(409, "gift_card_other_currency");
    sqlx::raw_sql("update checkout.stored_value set currency = 'USD'")
        .execute(&shop.admin)
        .await
        .unwrap();
    for _ in 0..6 {
        let call = shop.app.post("/api/v1/gift-cards/balance");
        call.json(json!({"code": "x"}))
            .send()
            .await
            .problem(404, "gift_card_unknown");
    }
    let refused = add(code.clone()).await;
    assert!(refused.header("retry-after").is_some());
    refused.problem(429, "too_many_guesses");
    shop.advance(3601);
    buyer
        .add_card(&shop, &code.to_lowercase().replace('-', " "))
        .await;
    assert_eq!(buyer.checkout["tenders"][0]["id"], json!(id));

    let path = format!("{}/gift-cards/{}", buyer.path(), GiftCardId::generate());
    buyer
        .call(shop.app.delete(path))
        .send()
        .await
        .problem(404, "not_found");
    let path = format!("{}/gift-cards/{id}", buyer.path());
    let gone = buyer.call(shop.app.delete(path)).send().await.expect(200);
    assert_eq!(gone.json["tenders"], json!([]));
    let stored = shop
        .text("select string_agg(s::text, '') from checkout.stored_value s")
        .await;
    assert!(
        !stored.contains(&code.replace('-', "")),
        "codes are not stored"
    );
}

#[tokio::test]
async fn a_gift_card_pays_before_a_card_does() {
    let shop = Shop::open().await;
    let mut buyer = ready(&shop).await;
    let (id, code) = gift_card(&shop, 1_500).await;
    buyer.add_card(&shop, &code).await;
    let total = buyer.checkout["totals"]["total"]["amount"]
        .as_i64()
        .unwrap();
    assert_eq!(buyer.checkout["charge"]["amount"], total - 1_500);
    assert_eq!(buyer.checkout["tenders"][0]["amount"]["amount"], 1_500);

    // The shopper must have seen what the card is charged.
    let body = buyer.agreement("pm_card_visa");
    let problem = buyer
        .complete(&shop, "k0", body)
        .await
        .problem(409, "totals_changed");
    assert_eq!(problem["checkout"]["charge"], buyer.checkout["charge"]);
    assert_eq!(balance(&shop, id).await, 1_500);

    // A decline gives it back.
    let body = buyer.full_agreement("pm_card_chargeDeclined");
    buyer
        .complete(&shop, "k1", body)
        .await
        .problem(402, "payment_declined");
    assert_eq!(balance(&shop, id).await, 1_500);
    shop.verify().await;

    buyer.refresh(&shop).await;
    let paid = buyer
        .complete(&shop, "k2", buyer.full_agreement("pm_card_visa"))
        .await
        .expect(201)
        .json;
    assert_eq!(paid["order"]["total"]["amount"], total);
    assert_eq!(balance(&shop, id).await, 0);
    assert_eq!(shop.paysim.ledger().totals["usd"].net, total - 1_500);
    let seen = buyer.refresh(&shop).await;
    assert_eq!(seen["charge"]["amount"], total - 1_500);
    shop.verify().await;
}

#[tokio::test]
async fn what_a_gift_card_covers_needs_no_card() {
    for manual in [false, true] {
        let shop = if manual {
            Shop::open_manual().await
        } else {
            Shop::open().await
        };
        let mut buyer = ready(&shop).await;
        let (id, code) = gift_card(&shop, 10_000).await;
        buyer.add_card(&shop, &code).await;
        assert_eq!(buyer.checkout["requirements"], json!([]));
        let mut body = buyer.full_agreement("pm_x");
        body.as_object_mut().unwrap().remove("payment_method");
        let paid = buyer.complete(&shop, "k", body).await.expect(201).json;
        assert_eq!(shop.relay.creations(), 0);
        let total = paid["order"]["total"]["amount"].as_i64().unwrap();
        assert_eq!(balance(&shop, id).await, 10_000 - total);
        let state = shop
            .text("select payment_state from orders.sales_order")
            .await;
        assert_eq!(state, "captured");
        shop.verify().await;
    }
}

#[tokio::test]
async fn one_gift_card_in_twenty_checkouts_is_spent_once() {
    let shop = Shop::open().await;
    let (id, code) = gift_card(&shop, 5_000).await;
    let radio = shop.product("Radio", 2_000, 50).await;
    let mut buyers = Vec::new();
    for _ in 0..20 {
        let mut buyer = Buyer::ready(&shop, shop.guest_cart(&[(radio, 1)]).await).await;
        buyer.add_card(&shop, &code).await;
        buyers.push(buyer);
    }
    let answers = join_all(buyers.iter().map(|buyer| {
        let mut body = buyer.full_agreement("pm_x");
        body.as_object_mut().unwrap().remove("payment_method");
        buyer.complete(&shop, "k", body)
    }))
    .await;
    let mut placed = 0;
    for answer in answers {
        if answer.status == 201 {
            placed += 1;
        } else {
            let code = answer.json["code"].as_str().unwrap().to_owned();
            assert!(
                ["totals_changed", "requirements_open"].contains(&code.as_str()),
                "{code}"
            );
        }
    }
    let total = buyers[0].checkout["totals"]["total"]["amount"]
        .as_i64()
        .unwrap();
    assert_eq!(placed, 5_000 / total);
    assert_eq!(balance(&shop, id).await, 5_000 - placed * total);
    shop.verify().await;
}

#[tokio::test]
async fn store_credit_is_the_customers_alone() {
    let shop = Shop::open().await;
    let radio = shop.product("Radio", 2_000, 50).await;
    let guest = Buyer::ready(&shop, shop.guest_cart(&[(radio, 1)]).await).await;
    let call = guest.call(shop.app.patch(guest.path()));
    let refused = call.json(json!({"use_store_credit": true})).send().await;
    refused.problem(422, "validation_failed");

    let ada = UserId::generate();
    let path = format!("/api/v1/admin/customers/{ada}/store-credit");
    let staff = shop.tokens.staff();
    let change = |key: &'static str, minor: i64| {
        let call = shop.app.post(path.clone()).bearer(&staff);
        call.header("idempotency-key", key)
            .json(json!({"amount": {"amount": minor, "currency": "USD"}, "reason": "sorry"}))
            .send()
    };
    change("nobody", 900).await.problem(404, "not_found");
    shop.sign_up(ada).await;
    change("a", -1).await.problem(409, "store_credit_too_small");
    change("b", 900).await.expect(200);
    let again = change("b", 900).await.expect(200);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    change("b", 901)
        .await
        .problem(422, "idempotency_key_reused");
    let left = change("c", -100).await.expect(200).json;
    assert_eq!(left["balances"][0]["amount"], 800);

    let mut buyer = Buyer::ready(&shop, shop.customer_cart(ada, &[(radio, 1)]).await).await;
    assert_eq!(
        buyer.checkout["tenders"],
        json!([]),
        "only where it is asked for"
    );
    buyer.patch(&shop, json!({"use_store_credit": true})).await;
    assert_eq!(buyer.checkout["tenders"][0]["kind"], "store_credit");
    let body = buyer.full_agreement("pm_card_visa");
    buyer.complete(&shop, "k", body).await.expect(201);
    let mine = shop
        .app
        .get("/api/v1/me/store-credit")
        .bearer(shop.tokens.customer(ada));
    assert_eq!(
        mine.send().await.expect(200).json["balances"][0]["amount"],
        0
    );
    let others = shop
        .app
        .get("/api/v1/me/store-credit")
        .bearer(shop.tokens.customer(UserId::generate()));
    assert_eq!(others.send().await.expect(200).json["balances"], json!([]));
    shop.verify().await;
}
