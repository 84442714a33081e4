//! Changing the lines of a cart.

use kernel::{CartLineId, VariantId};
use serde_json::json;

use crate::shop::Shop;

#[tokio::test]
async fn refuses_what_is_not_a_line() {
    let shop = Shop::open().await;
    let variant = shop.product(10).await;
    let cart = shop.guest_cart().await;
    let path = format!("/api/v1/carts/{}/lines", cart.id);
    let post = |body: String| {
        let call = shop.app.post(&path).header("cart-token", &cart.token);
        call.header("content-type", "application/json")
            .body(body)
            .send()
    };
    for (body, pointer) in [
        (json!({"variant_id": variant, "quantity": 0}), "/quantity"),
        (json!({"variant_id": variant, "quantity": -1}), "/quantity"),
        (json!({"variant_id": variant, "quantity": 1.5}), "/quantity"),
        (json!({"variant_id": variant, "quantity": "1"}), "/quantity"),
        (json!({"variant_id": variant, "quantity": 1e9}), "/quantity"),
        (
            json!({"variant_id": variant, "quantity": 2_147_483_648_u64}),
            "/quantity",
        ),
        (
            json!({"variant_id": "prd_01h455vb4pex5vsknk084sn02q", "quantity": 1}),
            "/variant_id",
        ),
        (
            json!({"variant_id": variant, "quantity": 1, "unit_price": 1}),
            "/unit_price",
        ),
        (
            json!({"variant_id": VariantId::generate(), "quantity": 1}),
            "/variant_id",
        ),
    ] {
        let problem = post(body.to_string())
            .await
            .problem(422, "validation_failed");
        assert_eq!(
            problem["errors"][0]["pointer"], pointer,
            "{body}: {problem}"
        );
    }
    post("{".to_owned()).await.problem(400, "malformed_json");
    let untyped = shop
        .app
        .post(&path)
        .header("cart-token", &cart.token)
        .body("{}")
        .send()
        .await;
    untyped.problem(415, "unsupported_media_type");
}

#[tokio::test]
async fn refuses_more_than_can_be_bought_and_says_how_many_can() {
    let shop = Shop::open().await;
    let (scarce, gone, plenty) = (
        shop.product(3).await,
        shop.product(0).await,
        shop.product(500).await,
    );
    let cart = shop.guest_cart().await;
    let problem = shop
        .add(&cart, scarce, 4)
        .await
        .problem(409, "insufficient_stock");
    assert_eq!(
        (&problem["requested"], &problem["available"]),
        (&json!(4), &json!(3))
    );
    shop.add(&cart, gone, 1).await.problem(409, "out_of_stock");
    let problem = shop
        .add(&cart, plenty, 21)
        .await
        .problem(409, "insufficient_stock");
    assert_eq!(problem["available"], 20, "the most that one order may hold");
    shop.add(&cart, scarce, 2).await.expect(200);
    shop.add(&cart, scarce, 2)
        .await
        .problem(409, "insufficient_stock");
}

#[tokio::test]
async fn every_change_answers_the_whole_cart_with_new_totals() {
    let shop = Shop::open().await;
    let (lamp, bulb) = (shop.product(10).await, shop.product(10).await);
    let cart = shop.guest_cart().await;
    shop.add(&cart, lamp, 1).await.expect(200);
    let answer = shop.add(&cart, lamp, 2).await.expect(200);
    assert_eq!(
        answer.json["lines"].as_array().map(Vec::len),
        Some(1),
        "one line per variant"
    );
    assert_eq!(answer.json["lines"][0]["quantity"], 3);
    let answer = shop.add(&cart, bulb, 1).await.expect(200);
    assert_eq!(
        answer.json["totals"]["subtotal"],
        json!({"amount": 7996, "currency": "USD"})
    );
    assert_eq!(answer.json["item_count"], 4);
    assert!(answer.json["totals"]["tax"].is_null() && answer.json["totals"]["shipping"].is_null());

    let line = answer.json["lines"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let path = format!("/api/v1/carts/{}/lines/{line}", cart.id);
    let patched = shop
        .app
        .patch(&path)
        .header("cart-token", &cart.token)
        .json(json!({"quantity": 1}));
    let answer = patched.send().await.expect(200);
    assert_eq!(answer.json["totals"]["total"]["amount"], 3998);
    let answer = shop
        .app
        .delete(&path)
        .header("cart-token", &cart.token)
        .send()
        .await
        .expect(200);
    assert_eq!(answer.json["item_count"], 1);
    shop.app
        .delete(&path)
        .header("cart-token", &cart.token)
        .send()
        .await
        .problem(404, "not_found");
    let unknown = format!("/api/v1/carts/{}/lines/{}", cart.id, CartLineId::generate());
    let patched = shop
        .app
        .patch(&unknown)
        .header("cart-token", &cart.token)
        .json(json!({"quantity": 1}));
    patched.send().await.problem(404, "not_found");
}

#[tokio::test]
async fn a_line_that_can_no_longer_be_bought_says_so_and_can_be_lowered() {
    let shop = Shop::open().await;
    let lamp = shop.product(5).await;
    let cart = shop.guest_cart().await;
    let answer = shop.add(&cart, lamp, 5).await.expect(200);
    let line = answer.json["lines"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    sqlx::query("update catalog.stock_level set on_hand = 2 where variant_id = $1")
        .bind(lamp.uuid())
        .execute(&shop.admin)
        .await
        .expect("less stock");
    let path = format!("/api/v1/carts/{}", cart.id);
    let answer = shop.read(&cart).await;
    assert_eq!(answer.json["lines"][0]["problem"], "insufficient_stock");
    let set = |quantity: i32| {
        let call = shop
            .app
            .patch(format!("{path}/lines/{line}"))
            .header("cart-token", &cart.token);
        call.json(json!({"quantity": quantity})).send()
    };
    set(4).await.expect(200);
    set(5).await.problem(409, "insufficient_stock");
    assert!(set(2).await.expect(200).json["lines"][0]["problem"].is_null());
    sqlx::query("update catalog.product set status = 'archived'")
        .execute(&shop.admin)
        .await
        .expect("off sale");
    let answer = shop.read(&cart).await;
    assert_eq!(answer.json["lines"][0]["problem"], "unavailable");
    assert_eq!(answer.json["totals"]["total"]["amount"], 0);
}

#[tokio::test]
async fn a_cart_holds_a_limited_number_of_lines() {
    let shop = Shop::open().await;
    let cart = shop.guest_cart().await;
    for _ in 0..3 {
        let variant = shop.product(10).await;
        shop.add(&cart, variant, 1).await.expect(200);
    }
    let one_more = shop.product(10).await;
    shop.add(&cart, one_more, 1).await.problem(409, "cart_full");
}

#[tokio::test]
async fn parallel_additions_are_all_there_in_the_end() {
    let shop = Shop::open().await;
    let lamp = shop.product(500).await;
    let cart = shop.guest_cart().await;
    let answers = futures::future::join_all((0..20).map(|_| shop.add(&cart, lamp, 1))).await;
    assert!(answers.iter().all(|a| a.status == 200));
    let answer = shop.read(&cart).await;
    assert_eq!(answer.json["lines"][0]["quantity"], 20);
}

#[tokio::test]
async fn a_cart_that_is_being_paid_or_ordered_does_not_change() {
    let shop = Shop::open().await;
    let lamp = shop.product(10).await;
    let cart = shop.guest_cart().await;
    shop.add(&cart, lamp, 1).await.expect(200);
    let checkout = shop.db.pool("checkout", 1).await;
    let mut conn = checkout.acquire().await.expect("a connection");
    contract_cart::freeze(&mut conn, cart.id)
        .await
        .expect("frozen");
    shop.add(&cart, lamp, 1)
        .await
        .problem(409, "completion_in_progress");
    contract_cart::thaw(&mut conn, cart.id)
        .await
        .expect("thawed");
    shop.add(&cart, lamp, 1).await.expect(200);
    let order = kernel::OrderId::generate();
    contract_cart::close(&mut conn, cart.id, order)
        .await
        .expect("closed");
    contract_cart::close(&mut conn, cart.id, order)
        .await
        .expect("closed already");
    shop.add(&cart, lamp, 1).await.problem(409, "cart_closed");
    contract_cart::freeze(&mut conn, cart.id)
        .await
        .expect_err("an ordered cart cannot be paid again");
    contract_cart::close(&mut conn, cart.id, kernel::OrderId::generate())
        .await
        .expect_err("one order only");
}
