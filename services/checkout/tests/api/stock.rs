//! Nothing is sold that is not there.

use futures::future::join_all;
use serde_json::json;

use crate::buyer::Buyer;
use crate::shop::Shop;

#[tokio::test]
async fn a_shortage_is_told_per_line_and_changes_nothing() {
    let shop = Shop::open().await;
    let (radio, cable) = (
        shop.product("Radio", 2_000, 2).await,
        shop.product("Cable", 350, 9).await,
    );
    let mut buyer = Buyer::ready(&shop, shop.guest_cart(&[(radio, 3), (cable, 1)]).await).await;
    assert_eq!(buyer.checkout["lines"][0]["problem"], "insufficient_stock");
    let problem = buyer
        .pay(&shop, "k1", "pm_card_visa")
        .await
        .problem(409, "out_of_stock");
    assert_eq!(
        problem["items"],
        json!([{"variant_id": radio, "title": "Radio", "requested": 3, "available": 2}])
    );
    assert_eq!(shop.text("select state from cart.cart").await, "open");
    assert_eq!(
        shop.count("select count(*) from orders.sales_order").await,
        0
    );
    assert_eq!((shop.free(radio).await, shop.free(cable).await), (2, 9));
    assert_eq!(buyer.refresh(&shop).await["state"], "open");
    let again = buyer.pay(&shop, "k1", "pm_card_visa").await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    again.problem(409, "out_of_stock");
    assert_eq!(shop.relay.creations(), 0);

    shop.receive(radio, 1).await;
    buyer.pay(&shop, "k2", "pm_card_visa").await.expect(201);
    shop.verify().await;
}

#[tokio::test]
async fn hundred_buyers_share_ten_units() {
    let shop = Shop::open().await;
    let radio = shop.product("Radio", 2_000, 10).await;
    let mut buyers = Vec::new();
    for _ in 0..100 {
        buyers.push(Buyer::ready(&shop, shop.guest_cart(&[(radio, 1)]).await).await);
    }
    let answers = join_all(
        buyers
            .iter()
            .map(|buyer| buyer.pay(&shop, "k", "pm_card_visa")),
    )
    .await;
    let placed = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(placed, 10);
    for answer in answers.into_iter().filter(|answer| answer.status != 201) {
        let problem = answer.problem(409, "out_of_stock");
        assert_eq!(problem["items"][0]["available"], 0);
    }
    assert_eq!(shop.free(radio).await, 0);
    assert_eq!(shop.paysim.ledger().intents.len(), 10);
    shop.verify().await;
}

#[tokio::test]
async fn crossed_carts_do_not_block_each_other() {
    let shop = Shop::open().await;
    let mut variants = Vec::new();
    for n in 0..4 {
        variants.push(shop.product(&format!("Part {n}"), 500, 6).await);
    }
    let mut buyers = Vec::new();
    for n in 0..16 {
        let lines: Vec<_> = (0..3).map(|k| (variants[(n * 7 + k * 3) % 4], 1)).collect();
        let mut unique = lines.clone();
        unique.sort();
        unique.dedup();
        unique.reverse();
        buyers.push(Buyer::ready(&shop, shop.guest_cart(&unique).await).await);
    }
    let answers = join_all(
        buyers
            .iter()
            .map(|buyer| buyer.pay(&shop, "k", "pm_card_visa")),
    )
    .await;
    for answer in answers {
        if answer.status != 201 {
            answer.problem(409, "out_of_stock");
        }
    }
    shop.verify().await;
}
