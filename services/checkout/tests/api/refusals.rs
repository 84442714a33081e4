//! What is refused, and that a refusal changes nothing.

use kernel::{CartId, UserId, VariantId};
use serde_json::json;

use crate::buyer::{Buyer, CHECKOUTS, address};
use crate::shop::Shop;

#[tokio::test]
async fn nobody_and_strangers_reach_nothing() {
    let shop = Shop::open().await;
    let radio = shop.product("Radio", 2_000, 5).await;
    let buyer = Buyer::ready(&shop, shop.guest_cart(&[(radio, 1)]).await).await;
    let stranger = shop.guest_cart(&[(radio, 1)]).await;
    let customer = shop.customer_cart(UserId::generate(), &[]).await;

    let body = json!({"cart_id": buyer.cart.cart_id});
    shop.app
        .post(CHECKOUTS)
        .json(body.clone())
        .send()
        .await
        .problem(401, "token_missing");
    shop.app
        .get(buyer.path())
        .send()
        .await
        .problem(401, "token_missing");
    shop.app
        .get(buyer.path())
        .bearer(shop.tokens.expired(UserId::generate()))
        .send()
        .await
        .problem(401, "token_expired");
    for cart in [&stranger, &customer] {
        let (name, value) = &cart.header;
        let post = shop.app.post(CHECKOUTS).header(name, value);
        post.json(body.clone())
            .send()
            .await
            .problem(404, "not_found");
        let get = shop.app.get(buyer.path()).header(name, value);
        get.send().await.problem(404, "not_found");
        let patch = shop.app.patch(buyer.path()).header(name, value);
        patch
            .json(json!({"email": "eve@example.com"}))
            .send()
            .await
            .problem(404, "not_found");
        let complete = shop
            .app
            .post(format!("{}/complete", buyer.path()))
            .header(name, value);
        let complete = complete
            .header("idempotency-key", "k")
            .json(buyer.agreement("pm_card_visa"));
        complete.send().await.problem(404, "not_found");
    }
    let post = buyer.call(shop.app.post(CHECKOUTS));
    post.json(json!({"cart_id": CartId::generate()}))
        .send()
        .await
        .problem(404, "not_found");
    let get = buyer.call(shop.app.get(format!("{CHECKOUTS}/chk_nonsense")));
    get.send().await.problem(404, "not_found");
    assert_eq!(shop.relay.creations(), 0);
    assert_eq!(
        shop.count("select count(*) from checkout.idempotency_key")
            .await,
        0
    );
    shop.verify().await;
}

#[tokio::test]
async fn bad_fields_are_named() {
    let shop = Shop::open().await;
    let radio = shop.product("Radio", 2_000, 5).await;
    let buyer = Buyer::begin(&shop, shop.guest_cart(&[(radio, 1)]).await).await;
    let mut blank = address();
    blank["name"] = json!("  ");
    let mut nowhere = address();
    nowhere["country"] = json!("Utopia");
    let mut extra = address();
    extra["zip"] = json!("1");
    let cases = [
        (json!({"email": "ada"}), "/email"),
        (json!({"shipping_address": blank}), "/shipping_address/name"),
        (
            json!({"shipping_address": nowhere}),
            "/shipping_address/country",
        ),
        (json!({"shipping_address": extra}), "/shipping_address/zip"),
        (
            json!({"billing_address": {"name": "A"}}),
            "/billing_address/line1",
        ),
        (json!({"shipping_method": "standard"}), "/shipping_method"),
        (json!({"shipping_method": ""}), "/shipping_method"),
        (json!({"state": "completed"}), "/state"),
    ];
    for (patch, pointer) in cases {
        let call = buyer.call(shop.app.patch(buyer.path())).json(patch.clone());
        let problem = call.send().await.problem(422, "validation_failed");
        assert_eq!(
            problem["errors"][0]["pointer"], pointer,
            "{patch}: {problem}"
        );
    }
    let patch = json!({"shipping_address": address(), "shipping_method": "teleport"});
    let call = buyer.call(shop.app.patch(buyer.path())).json(patch);
    let problem = call.send().await.problem(422, "validation_failed");
    assert_eq!(problem["errors"][0]["code"], "not_available");
    let post = buyer
        .call(shop.app.post(CHECKOUTS))
        .json(json!({"cart_id": "prd_1"}));
    assert_eq!(
        post.send().await.problem(422, "validation_failed")["errors"][0]["pointer"],
        "/cart_id"
    );
}

#[tokio::test]
async fn a_completion_needs_a_key_and_a_sound_body() {
    let shop = Shop::open().await;
    let radio = shop.product("Radio", 2_000, 5).await;
    let buyer = Buyer::ready(&shop, shop.guest_cart(&[(radio, 1)]).await).await;
    let path = format!("{}/complete", buyer.path());
    let good = buyer.agreement("pm_card_visa");

    let call = buyer.call(shop.app.post(&path)).json(good.clone());
    call.send().await.problem(400, "idempotency_key_missing");
    let call = buyer
        .call(shop.app.post(&path))
        .header("idempotency-key", "a b")
        .json(good.clone());
    call.send().await.problem(400, "idempotency_key_invalid");
    let cases = [
        (
            json!({"payment_method": "4242424242424242"}),
            "/payment_method",
        ),
        (json!({"payment_method": "pm_"}), "/payment_method"),
        (json!({"payment_method": "tok_visa"}), "/payment_method"),
        (
            json!({"expected_total": {"amount": -1, "currency": "USD"}}),
            "/expected_total",
        ),
        (
            json!({"expected_total": {"amount": 1.5, "currency": "USD"}}),
            "/expected_total/amount",
        ),
        (
            json!({"expected_total": {"amount": 1, "currency": "XXX"}}),
            "/expected_total/currency",
        ),
        (json!({"version": 0}), "/version"),
        (json!({"version": "1"}), "/version"),
        (json!({"card_number": "4242424242424242"}), "/card_number"),
    ];
    for (change, pointer) in cases {
        let mut body = good.clone();
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        let problem = buyer
            .complete(&shop, "k", body)
            .await
            .problem(422, "validation_failed");
        assert_eq!(
            problem["errors"][0]["pointer"], pointer,
            "{change}: {problem}"
        );
    }
    assert_eq!(
        shop.count("select count(*) from checkout.idempotency_key")
            .await,
        0
    );
    buyer.pay(&shop, "k", "pm_card_visa").await.expect(201);
    shop.verify().await;
}

#[tokio::test]
async fn nothing_incomplete_is_completed() {
    let shop = Shop::open().await;
    let radio = shop.product("Radio", 2_000, 5).await;
    let cart = shop.guest_cart(&[]).await;
    let mut buyer = Buyer::begin(&shop, cart).await;
    let all = json!(["lines", "email", "shipping_address", "shipping_method"]);
    assert_eq!(buyer.checkout["requirements"], all);
    let problem = buyer
        .pay(&shop, "k1", "pm_card_visa")
        .await
        .problem(409, "requirements_open");
    assert_eq!(problem["requirements"], all);

    shop.add_line(buyer.cart.cart_id, radio, 1).await;
    shop.add_line(buyer.cart.cart_id, VariantId::generate(), 1)
        .await;
    buyer
        .patch(
            &shop,
            json!({"email": "Ada@Example.com", "shipping_address": address()}),
        )
        .await;
    buyer
        .patch(&shop, json!({"shipping_method": "standard"}))
        .await;
    assert_eq!(buyer.checkout["email"], "ada@example.com");
    assert_eq!(
        buyer.checkout["requirements"],
        json!(["lines", "payment_method"])
    );
    buyer
        .pay(&shop, "k2", "pm_card_visa")
        .await
        .problem(409, "requirements_open");
    sqlx::raw_sql(
        "delete from cart.line where variant_id not in (select variant_id from catalog.variant)",
    )
    .execute(&shop.admin)
    .await
    .unwrap();
    sqlx::raw_sql("update catalog.variant set status = 'archived'")
        .execute(&shop.admin)
        .await
        .unwrap();
    assert_eq!(
        buyer.refresh(&shop).await["lines"][0]["problem"],
        "unavailable"
    );
    let problem = buyer
        .pay(&shop, "k3", "pm_card_visa")
        .await
        .problem(409, "requirements_open");
    assert_eq!(problem["requirements"], json!(["lines"]));
    sqlx::raw_sql("update catalog.variant set status = 'active'")
        .execute(&shop.admin)
        .await
        .unwrap();

    buyer.refresh(&shop).await;
    let mut body = buyer.agreement("pm_card_visa");
    body.as_object_mut().unwrap().remove("payment_method");
    let problem = buyer
        .complete(&shop, "k4", body)
        .await
        .problem(409, "requirements_open");
    assert_eq!(problem["requirements"], json!(["payment_method"]));
    assert_eq!(shop.text("select state from cart.cart").await, "open");
    assert_eq!(shop.relay.creations(), 0);
    buyer.pay(&shop, "k5", "pm_card_visa").await.expect(201);
    shop.verify().await;
}

#[tokio::test]
async fn nobody_pays_another_price_than_the_one_shown() {
    let shop = Shop::open().await;
    let radio = shop.product("Radio", 2_000, 5).await;
    let mut buyer = Buyer::ready(&shop, shop.guest_cart(&[(radio, 1)]).await).await;
    // 20.00, 4.99 for delivery, 7.25 % on both.
    assert_eq!(
        buyer.checkout["totals"]["total"]["amount"],
        2_000 + 499 + 145 + 36
    );

    shop.set_price(radio, 2_500).await;
    let problem = buyer
        .pay(&shop, "k1", "pm_card_visa")
        .await
        .problem(409, "totals_changed");
    assert_eq!(problem["checkout"]["totals"]["subtotal"]["amount"], 2_500);
    assert_eq!(problem["checkout"]["state"], "open");
    let again = buyer.pay(&shop, "k1", "pm_card_visa").await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(
        again.problem(409, "totals_changed")["checkout"],
        problem["checkout"]
    );

    shop.add_line(buyer.cart.cart_id, shop.product("Cable", 100, 9).await, 2)
        .await;
    buyer.checkout = problem["checkout"].clone();
    buyer
        .pay(&shop, "k2", "pm_card_visa")
        .await
        .problem(409, "totals_changed");
    buyer.refresh(&shop).await;
    let mut stale = buyer.agreement("pm_card_visa");
    stale["version"] = json!(1);
    let problem = buyer
        .complete(&shop, "k3", stale)
        .await
        .problem(409, "version_mismatch");
    assert_eq!(problem["version"], buyer.checkout["version"]);
    assert_eq!(shop.relay.creations(), 0);
    let paid = buyer.pay(&shop, "k4", "pm_card_visa").await.expect(201);
    assert_eq!(
        paid.json["order"]["total"],
        buyer.checkout["totals"]["total"]
    );
    shop.verify().await;
}

#[tokio::test]
async fn an_expired_checkout_makes_room_for_a_new_one() {
    let shop = Shop::open().await;
    let radio = shop.product("Radio", 2_000, 5).await;
    let mut buyer = Buyer::ready(&shop, shop.guest_cart(&[(radio, 1)]).await).await;
    shop.advance(24 * 3600 + 1);
    assert_eq!(buyer.refresh(&shop).await["state"], "expired");
    buyer
        .pay(&shop, "k1", "pm_card_visa")
        .await
        .problem(409, "checkout_expired");
    let call = buyer
        .call(shop.app.patch(buyer.path()))
        .json(json!({"email": "a@example.com"}));
    call.send().await.problem(409, "checkout_expired");
    let next = Buyer::ready(&shop, buyer.cart.clone()).await;
    assert_ne!(next.checkout["id"], buyer.checkout["id"]);
    checkout::jobs::clear(&shop.state).await.unwrap();
    next.pay(&shop, "k2", "pm_card_visa").await.expect(201);
    shop.verify().await;
}

#[tokio::test]
async fn if_match_guards_changes() {
    let shop = Shop::open().await;
    let radio = shop.product("Radio", 2_000, 5).await;
    let buyer = Buyer::begin(&shop, shop.guest_cart(&[(radio, 1)]).await).await;
    let tag = buyer
        .call(shop.app.get(buyer.path()))
        .send()
        .await
        .expect(200);
    let tag = tag.header("etag").unwrap().to_owned();
    let patch = || {
        buyer
            .call(shop.app.patch(buyer.path()))
            .json(json!({"email": "a@example.com"}))
    };
    patch()
        .header("if-match", "\"9.00000000\"")
        .send()
        .await
        .problem(412, "version_mismatch");
    patch().header("if-match", &tag).send().await.expect(200);
    patch()
        .header("if-match", &tag)
        .send()
        .await
        .problem(412, "version_mismatch");
}

#[tokio::test]
async fn addresses_that_cannot_exist_are_refused() {
    let shop = Shop::open().await;
    let radio = shop.product("Radio", 2_000, 5).await;
    let mut buyer = Buyer::begin(&shop, shop.guest_cart(&[(radio, 1)]).await).await;
    for (field, value, code) in [
        ("postal_code", json!("9410"), "invalid"),
        ("region", json!(null), "required"),
        ("region", json!("Bavaria"), "unknown"),
    ] {
        for which in ["shipping_address", "billing_address"] {
            let mut wrong = address();
            wrong[field] = value.clone();
            let call = buyer.call(shop.app.patch(buyer.path()));
            let problem = call.json(json!({which: wrong})).send().await;
            let problem = problem.problem(422, "validation_failed");
            assert_eq!(problem["errors"][0]["pointer"], format!("/{which}/{field}"));
            assert_eq!(problem["errors"][0]["code"], code);
        }
    }
    let mut typed = address();
    (typed["country"], typed["region"]) = (json!("CA"), json!("ontario"));
    typed["postal_code"] = json!("k1a0b1");
    buyer.patch(&shop, json!({"shipping_address": typed})).await;
    let kept = &buyer.checkout["shipping_address"];
    assert_eq!(
        (&kept["region"], &kept["postal_code"]),
        (&json!("ON"), &json!("K1A 0B1"))
    );
}
