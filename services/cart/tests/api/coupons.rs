//! Coupons in carts.

use contract_cart::{CustomerKey, freeze, redeem, return_uses, thaw};
use jiff::SignedDuration;
use kernel::{CartId, Clock as _, CouponId, OrderId, UserId, VariantId};
use serde_json::{Value, json};
use testkit::Answer;

use crate::shop::{GuestCart, Shop};

/// A coupon as staff make it; its code is SAVE and a number.
async fn coupon(shop: &Shop, terms: Value) -> (CouponId, String) {
    let made = shop.make_coupon(terms).await.expect(201);
    let text = |name: &str| made.json[name].as_str().expect("a text").to_owned();
    (text("id").parse().expect("an id"), text("code"))
}

async fn put(shop: &Shop, cart: &GuestCart, code: &str) -> Answer {
    let call = shop
        .app
        .put(format!("/api/v1/carts/{}/coupon", cart.id))
        .header("cart-token", &cart.token);
    call.json(json!({"code": code})).send().await
}

async fn cart_with(shop: &Shop, variant: VariantId, quantity: i32) -> GuestCart {
    let cart = shop.guest_cart().await;
    shop.add(&cart, variant, quantity).await.expect(200);
    cart
}

fn totals(answer: &Answer) -> (i64, i64, i64) {
    let of = |name: &str| {
        answer.json["totals"][name]["amount"]
            .as_i64()
            .expect("an amount")
    };
    (of("subtotal"), of("discount"), of("total"))
}

fn off(minor: i64) -> Value {
    json!({"amount": {"amount": minor, "currency": "USD"}})
}

fn merged(base: Value, more: Value) -> Value {
    let (Value::Object(mut all), Value::Object(more)) = (base, more) else {
        panic!("two objects")
    };
    all.extend(more);
    Value::Object(all)
}

#[tokio::test]
async fn every_refusal_has_a_code_and_leaves_the_cart_as_it_was() {
    let shop = Shop::open().await;
    let lamp = shop.product(10).await;
    let cart = cart_with(&shop, lamp, 1).await;
    let (_, held) = coupon(&shop, off(100)).await;
    put(&shop, &cart, &held).await.expect(200);
    let now = shop.clock.now();
    let hour = SignedDuration::from_hours(1);
    let (used_up, exhausted) = coupon(&shop, merged(off(500), json!({"usage_limit": 1}))).await;
    shop.redeem(used_up, OrderId::generate(), UserId::generate())
        .await;
    for (terms, code) in [
        (json!({"state": "disabled"}), "coupon_disabled"),
        (json!({"starts_at": now + hour}), "coupon_not_started"),
        (
            json!({"starts_at": now - hour, "ends_at": now}),
            "coupon_expired",
        ),
        (
            json!({"min_subtotal": {"amount": 2000, "currency": "USD"}}),
            "coupon_minimum_not_reached",
        ),
    ] {
        let (_, text) = coupon(&shop, merged(off(500), terms)).await;
        let problem = put(&shop, &cart, &text).await.problem(422, code);
        if code == "coupon_minimum_not_reached" {
            assert_eq!(
                problem["minimum"],
                json!({"amount": 2000, "currency": "USD"})
            );
        }
    }
    let answer = put(&shop, &cart, &exhausted).await;
    answer.problem(422, "coupon_exhausted");
    for text in ["NOSUCHCODE", "x", "naïve", "a b", "'; drop table"] {
        put(&shop, &cart, text).await.problem(422, "coupon_unknown");
    }
    let empty = put(&shop, &cart, "")
        .await
        .problem(422, "validation_failed");
    assert_eq!(empty["errors"][0]["pointer"], "/code");
    let answer = shop.read(&cart).await;
    assert_eq!(answer.json["coupon"]["code"], held);
    assert_eq!(totals(&answer), (1999, 100, 1899));
}

#[tokio::test]
async fn only_the_owner_of_an_open_cart_may_use_one() {
    let shop = Shop::open().await;
    let lamp = shop.product(10).await;
    let cart = cart_with(&shop, lamp, 1).await;
    let (_, code) = coupon(&shop, off(500)).await;
    let foreign = GuestCart {
        id: cart.id,
        token: "foreign".to_owned(),
    };
    put(&shop, &foreign, &code).await.problem(404, "not_found");
    let missing = GuestCart {
        id: CartId::generate(),
        token: cart.token.clone(),
    };
    put(&shop, &missing, &code).await.problem(404, "not_found");
    let path = format!("/api/v1/carts/{}/coupon", cart.id);
    let stale = shop
        .app
        .put(&path)
        .header("cart-token", &cart.token)
        .header("if-match", "\"1.0\"")
        .json(json!({"code": code}));
    stale.send().await.problem(412, "version_mismatch");
    let checkout = shop.db.pool("checkout", 1).await;
    let mut conn = checkout.acquire().await.expect("a connection");
    freeze(&mut conn, cart.id).await.expect("frozen");
    put(&shop, &cart, &code)
        .await
        .problem(409, "completion_in_progress");
    let remove = shop.app.delete(&path).header("cart-token", &cart.token);
    remove.send().await.problem(409, "completion_in_progress");
}

#[tokio::test]
async fn the_cart_shows_what_it_takes_off() {
    let shop = Shop::open().await;
    let lamp = shop.product(10).await;
    let cart = cart_with(&shop, lamp, 2).await;
    assert!(shop.read(&cart).await.json["coupon"].is_null());
    let (_, tenth) = coupon(
        &shop,
        json!({"percent_ppm": 100_000, "description": "10 % off"}),
    )
    .await;
    let answer = put(&shop, &cart, &format!(" {} ", tenth.to_lowercase()))
        .await
        .expect(200);
    assert_eq!(
        answer.json["coupon"],
        json!({"code": tenth, "description": "10 % off", "state": "applied"})
    );
    assert_eq!(totals(&answer), (3998, 400, 3598));
    let answer = shop.add(&cart, lamp, 1).await.expect(200);
    assert_eq!(totals(&answer), (5997, 600, 5397), "it follows the lines");

    let (_, large) = coupon(&shop, off(1_000_000)).await;
    let answer = put(&shop, &cart, &large).await.expect(200);
    assert_eq!(totals(&answer), (5997, 5997, 0), "the last one counts");

    let path = format!("/api/v1/carts/{}/coupon", cart.id);
    let remove = || shop.app.delete(&path).header("cart-token", &cart.token);
    let without = remove().send().await.expect(200);
    assert!(without.json["coupon"].is_null());
    assert_eq!(totals(&without), (5997, 0, 5997));
    let again = remove().send().await.expect(200);
    assert_eq!(again.json["version"], without.json["version"]);
}

#[tokio::test]
async fn a_coupon_that_stops_applying_says_why_and_takes_nothing_off() {
    let shop = Shop::open().await;
    let lamp = shop.product(10).await;
    let cart = cart_with(&shop, lamp, 2).await;
    let terms = json!({
        "min_subtotal": {"amount": 3000, "currency": "USD"},
        "ends_at": shop.clock.now() + SignedDuration::from_hours(1),
    });
    let (coupon_id, code) = coupon(&shop, merged(off(500), terms)).await;
    put(&shop, &cart, &code).await.expect(200);

    let line = shop.read(&cart).await.json["lines"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let set = |quantity: i32| {
        let path = format!("/api/v1/carts/{}/lines/{line}", cart.id);
        let call = shop.app.patch(path).header("cart-token", &cart.token);
        call.json(json!({"quantity": quantity})).send()
    };
    let below = set(1).await.expect(200);
    assert_eq!(below.json["coupon"]["state"], "not_applicable");
    assert_eq!(below.json["coupon"]["reason"], "minimum_not_reached");
    assert_eq!(
        below.json["coupon"]["minimum"],
        json!({"amount": 3000, "currency": "USD"})
    );
    assert_eq!(totals(&below), (1999, 0, 1999));
    let above = set(2).await.expect(200);
    assert_eq!(totals(&above), (3998, 500, 3498), "and applies again");

    sqlx::query("update cart.coupon set state = 'disabled' where coupon_id = $1")
        .bind(coupon_id.uuid())
        .execute(&shop.admin)
        .await
        .expect("disabled");
    let answer = shop.read(&cart).await;
    assert_eq!(answer.json["coupon"]["reason"], "disabled");
    sqlx::query("update cart.coupon set state = 'active'")
        .execute(&shop.admin)
        .await
        .expect("active");
    shop.clock.advance(SignedDuration::from_hours(1));
    let ended = shop.read(&cart).await;
    assert_eq!(ended.json["coupon"]["reason"], "expired");
    assert_eq!(totals(&ended), (3998, 0, 3998));
}

#[tokio::test]
async fn a_used_up_coupon_comes_back_with_a_cancelled_order() {
    let shop = Shop::open().await;
    let lamp = shop.product(10).await;
    let (coupon_id, code) = coupon(&shop, merged(off(500), json!({"usage_limit": 1}))).await;
    let (first, second) = (
        cart_with(&shop, lamp, 1).await,
        cart_with(&shop, lamp, 1).await,
    );
    put(&shop, &first, &code).await.expect(200);
    put(&shop, &second, &code).await.expect(200);

    let checkout = shop.db.pool("checkout", 1).await;
    let mut conn = checkout.acquire().await.expect("a connection");
    let order_id = OrderId::generate();
    let frozen = freeze(&mut conn, first.id).await.expect("frozen");
    assert_eq!(frozen.coupon.expect("a coupon").code, code);
    let guest = CustomerKey::guest(&"ann@example.com".parse().expect("an address"));
    redeem(&mut conn, coupon_id, order_id, &guest, shop.clock.now())
        .await
        .expect("one use is left");
    let own = shop.read(&first).await;
    assert_eq!(own.json["coupon"]["state"], "applied", "its own use");
    assert_eq!(totals(&own), (1999, 500, 1499));
    let other = shop.read(&second).await;
    assert_eq!(other.json["coupon"]["reason"], "exhausted");
    assert_eq!(totals(&other), (1999, 0, 1999));

    return_uses(&mut conn, order_id).await.expect("given back");
    thaw(&mut conn, first.id).await.expect("thawed");
    for cart in [&first, &second] {
        assert_eq!(totals(&shop.read(cart).await), (1999, 500, 1499));
    }
}

#[tokio::test]
async fn a_customer_who_used_it_up_is_told_so() {
    let shop = Shop::open().await;
    let lamp = shop.product(10).await;
    let (coupon_id, code) = coupon(&shop, merged(off(500), json!({"per_customer_limit": 1}))).await;
    let user_id = UserId::generate();
    let token = shop.tokens.customer(user_id);
    let opened = shop.app.post("/api/v1/carts").bearer(&token).send().await;
    let id = opened.expect(201).json["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let line = shop
        .app
        .post(format!("/api/v1/carts/{id}/lines"))
        .bearer(&token);
    line.json(json!({"variant_id": lamp, "quantity": 1}))
        .send()
        .await
        .expect(200);
    shop.redeem(coupon_id, OrderId::generate(), user_id).await;
    let path = format!("/api/v1/carts/{id}/coupon");
    let put = shop
        .app
        .put(&path)
        .bearer(&token)
        .json(json!({"code": code}));
    put.send().await.problem(422, "coupon_customer_limit");

    let guest = cart_with(&shop, lamp, 1).await;
    let put = self::put(&shop, &guest, &code).await;
    put.expect(200);
    let merge = shop
        .app
        .post(format!("/api/v1/carts/{}/merge", guest.id))
        .bearer(&token)
        .header("cart-token", &guest.token);
    let answer = merge.send().await.expect(200);
    assert_eq!(answer.json["coupon"]["code"], code, "it comes along");
    assert_eq!(answer.json["coupon"]["reason"], "customer_limit");
}

#[tokio::test]
async fn a_merge_keeps_the_customers_own_coupon() {
    let shop = Shop::open().await;
    let lamp = shop.product(10).await;
    let ((_, own), (_, other)) = (coupon(&shop, off(100)).await, coupon(&shop, off(200)).await);
    let (token, id) = shop.customer().await;
    let path = format!("/api/v1/carts/{id}/coupon");
    let put_own = shop
        .app
        .put(&path)
        .bearer(&token)
        .json(json!({"code": own}));
    put_own.send().await.expect(200);
    let guest = cart_with(&shop, lamp, 1).await;
    put(&shop, &guest, &other).await.expect(200);
    let merge = shop
        .app
        .post(format!("/api/v1/carts/{}/merge", guest.id))
        .bearer(&token)
        .header("cart-token", &guest.token);
    let answer = merge.send().await.expect(200);
    assert_eq!(answer.json["coupon"]["code"], own);
}

#[tokio::test]
async fn guessing_is_slow_even_without_redis() {
    let shop = Shop::open().await;
    let lamp = shop.product(10).await;
    let cart = cart_with(&shop, lamp, 1).await;
    let (_, code) = coupon(&shop, off(500)).await;
    let guess = |client: &str, code: &str| {
        let call = shop
            .app
            .put(format!("/api/v1/carts/{}/coupon", cart.id))
            .header("cart-token", &cart.token)
            .header("x-forwarded-for", client);
        call.json(json!({"code": code})).send()
    };
    for _ in 0..20 {
        guess("203.0.113.7", "GUESS")
            .await
            .problem(422, "coupon_unknown");
    }
    let refused = guess("203.0.113.7", &code).await;
    assert_eq!(refused.header("retry-after"), Some("30"));
    refused.problem(429, "rate_limited");
    guess("203.0.113.8", &code).await.expect(200);
    shop.clock.advance(SignedDuration::from_secs(30));
    guess("203.0.113.7", &code).await.expect(200);
}
