//! Coupons at the checkout.

use futures::future::join_all;
use serde_json::json;

use crate::buyer::Buyer;
use crate::shop::{Cart, Shop};

/// A coupon that takes a tenth off, with limits.
async fn coupon(shop: &Shop, usage_limit: Option<i32>, min_minor: Option<i64>) {
    sqlx::query(
        "insert into cart.coupon (coupon_id, code, description, kind, percent_ppm, usage_limit, min_subtotal_minor, currency, created_by)
         values (gen_random_uuid(), 'TENTH', 'A tenth off', 'percent', 100000, $1, $2, case when $2 is null then null else 'USD' end, gen_random_uuid())",
    )
    .bind(usage_limit)
    .bind(min_minor)
    .execute(&shop.admin)
    .await
    .unwrap();
}

async fn with_coupon(shop: &Shop, cart: Cart) -> Buyer {
    sqlx::query(
        "update cart.cart set coupon_id = (select coupon_id from cart.coupon) where cart_id = $1",
    )
    .bind(cart.cart_id.uuid())
    .execute(&shop.admin)
    .await
    .unwrap();
    Buyer::ready(shop, cart).await
}

async fn used(shop: &Shop) -> i64 {
    shop.count("select used::bigint from cart.coupon").await
}

#[tokio::test]
async fn a_coupon_that_does_not_apply_takes_nothing_off() {
    let shop = Shop::open().await;
    coupon(&shop, None, Some(9_000)).await;
    let radio = shop.product("Radio", 2_000, 5).await;
    let buyer = with_coupon(&shop, shop.guest_cart(&[(radio, 1)]).await).await;
    assert_eq!(buyer.checkout["coupon"]["problem"], "minimum_not_reached");
    assert_eq!(buyer.checkout["totals"]["discount"]["amount"], 0);
    buyer.pay(&shop, "k", "pm_card_visa").await.expect(201);
    assert_eq!(used(&shop).await, 0);
    shop.verify().await;
}

#[tokio::test]
async fn a_coupon_is_used_by_the_order_and_given_back_by_a_decline() {
    let shop = Shop::open().await;
    coupon(&shop, Some(1), None).await;
    let radio = shop.product("Radio", 2_000, 5).await;
    let mut buyer = with_coupon(&shop, shop.guest_cart(&[(radio, 1)]).await).await;
    assert_eq!(buyer.checkout["totals"]["discount"]["amount"], 200);
    assert_eq!(buyer.checkout["coupon"]["problem"], json!(null));
    buyer
        .pay(&shop, "k1", "pm_card_chargeDeclined")
        .await
        .problem(402, "payment_declined");
    assert_eq!(used(&shop).await, 0);
    buyer.refresh(&shop).await;
    buyer.pay(&shop, "k2", "pm_card_visa").await.expect(201);
    assert_eq!(used(&shop).await, 1);
    let kept = shop
        .text("select coupon::text from orders.sales_order where state = 'placed'")
        .await;
    let kept: serde_json::Value = serde_json::from_str(&kept).unwrap();
    assert_eq!(kept, json!({"code": "TENTH", "discount_minor": 200}));
    shop.verify().await;
}

#[tokio::test]
async fn the_last_use_is_had_by_one_and_the_others_see_the_new_total() {
    let shop = Shop::open().await;
    coupon(&shop, Some(1), None).await;
    let radio = shop.product("Radio", 2_000, 50).await;
    let mut buyers = Vec::new();
    for _ in 0..12 {
        buyers.push(with_coupon(&shop, shop.guest_cart(&[(radio, 1)]).await).await);
    }
    let answers = join_all(
        buyers
            .iter()
            .map(|buyer| buyer.pay(&shop, "k", "pm_card_visa")),
    )
    .await;
    let mut placed = 0;
    for answer in answers {
        if answer.status == 201 {
            placed += 1;
        } else {
            let problem = answer.problem(409, "totals_changed");
            let total = &problem["checkout"]["totals"]["discount"]["amount"];
            assert_eq!(total, 0, "{problem}");
        }
    }
    assert_eq!((placed, used(&shop).await), (1, 1));
    shop.verify().await;
}
