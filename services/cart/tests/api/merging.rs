//! A guest signs in.

use serde_json::json;

use crate::shop::{Shop, id};

#[tokio::test]
async fn needs_both_proofs() {
    let shop = Shop::open().await;
    let cart = shop.guest_cart().await;
    let (customer, own) = shop.customer().await;
    let merge = |cart_id| shop.app.post(format!("/api/v1/carts/{cart_id}/merge"));
    merge(cart.id)
        .header("cart-token", &cart.token)
        .send()
        .await
        .problem(401, "token_missing");
    merge(cart.id)
        .bearer(&customer)
        .send()
        .await
        .problem(400, "cart_token_missing");
    merge(cart.id)
        .bearer(&customer)
        .header("cart-token", "foreign")
        .send()
        .await
        .problem(404, "not_found");
    merge(own)
        .bearer(&customer)
        .header("cart-token", &cart.token)
        .send()
        .await
        .problem(404, "not_found");
    let staff = merge(cart.id)
        .bearer(shop.tokens.staff())
        .header("cart-token", &cart.token);
    staff.send().await.problem(403, "forbidden");
}

#[tokio::test]
async fn adds_up_cuts_to_stock_and_says_what_was_cut() {
    let shop = Shop::open().await;
    let (lamp, bulb) = (shop.product(5).await, shop.product(10).await);
    let cart = shop.guest_cart().await;
    shop.add(&cart, lamp, 4).await.expect(200);
    shop.add(&cart, bulb, 2).await.expect(200);
    let (customer, own) = shop.customer().await;
    let add = shop
        .app
        .post(format!("/api/v1/carts/{own}/lines"))
        .bearer(&customer);
    add.json(json!({"variant_id": lamp, "quantity": 3}))
        .send()
        .await
        .expect(200);

    let merge = || {
        let call = shop
            .app
            .post(format!("/api/v1/carts/{}/merge", cart.id))
            .bearer(&customer);
        call.header("cart-token", &cart.token).send()
    };
    let answer = merge().await.expect(200);
    assert_eq!(id(&answer.json), own);
    let quantities: Vec<_> = answer.json["lines"]
        .as_array()
        .expect("lines")
        .iter()
        .map(|l| &l["quantity"])
        .collect();
    assert_eq!(quantities, [5, 2]);
    assert_eq!(
        answer.json["merge"],
        json!([{"variant_id": lamp, "title": "Lamp", "requested": 7, "kept": 5, "reason": "insufficient_stock"}])
    );

    let again = merge().await.expect(200);
    assert_eq!(again.json["item_count"], 7, "a second merge adds nothing");
    assert!(again.json.get("merge").is_none());
    shop.add(&cart, bulb, 1).await.problem(409, "cart_closed");
}
