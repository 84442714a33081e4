//! Who may see and change a cart.

use kernel::{CartId, UserId};
use serde_json::json;

use crate::shop::{Shop, id};

#[tokio::test]
async fn a_foreign_cart_looks_like_a_missing_one() {
    let shop = Shop::open().await;
    let variant = shop.product(10).await;
    let cart = shop.guest_cart().await;
    let (stranger, _) = shop.customer().await;
    let missing = CartId::generate();
    let mut bodies = Vec::new();
    for cart_id in [cart.id, missing] {
        let read = format!("/api/v1/carts/{cart_id}");
        let add = format!("/api/v1/carts/{cart_id}/lines");
        let line = json!({"variant_id": variant, "quantity": 1});
        for answer in [
            shop.app.get(&read).send().await,
            shop.app.get(&read).bearer(&stranger).send().await,
            shop.app.get(&read).header("cart-token", "x").send().await,
            shop.app
                .get(&read)
                .header("cart-token", "y".repeat(4096))
                .send()
                .await,
            shop.app
                .post(&add)
                .json(line.clone())
                .bearer(&stranger)
                .send()
                .await,
        ] {
            let mut body = answer.problem(404, "not_found");
            body["request_id"] = json!(null);
            bodies.push(body);
        }
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "every refusal reads the same");
    shop.app
        .get("/api/v1/carts/crt_nonsense")
        .send()
        .await
        .problem(404, "not_found");
}

#[tokio::test]
async fn a_bad_token_is_refused_even_where_none_is_needed() {
    let shop = Shop::open().await;
    shop.app
        .post("/api/v1/carts")
        .bearer("nonsense")
        .send()
        .await
        .problem(401, "token_invalid");
    let expired = shop.tokens.expired(UserId::generate());
    shop.app
        .post("/api/v1/carts")
        .bearer(expired)
        .send()
        .await
        .problem(401, "token_expired");
}

#[tokio::test]
async fn a_customer_has_one_open_cart_on_every_device() {
    let shop = Shop::open().await;
    let token = shop.tokens.customer(UserId::generate());
    let first = (0..20).map(|_| shop.app.post("/api/v1/carts").bearer(&token).send());
    let answers = futures::future::join_all(first).await;
    let created = answers.iter().filter(|a| a.status == 201).count();
    assert_eq!(created, 1, "one of twenty made it");
    let mut carts: Vec<_> = answers.iter().map(|a| id(&a.json)).collect();
    carts.dedup();
    assert_eq!(carts.len(), 1);
    shop.app
        .get(format!("/api/v1/carts/{}", carts[0]))
        .bearer(&token)
        .send()
        .await
        .expect(200);
}

#[tokio::test]
async fn a_read_answers_304_until_the_cart_changes() {
    let shop = Shop::open().await;
    let variant = shop.product(10).await;
    let cart = shop.guest_cart().await;
    let path = format!("/api/v1/carts/{}", cart.id);
    let read = || shop.app.get(&path).header("cart-token", &cart.token);
    let first = read().send().await.expect(200);
    assert_eq!(first.header("cache-control"), Some("private, no-store"));
    let tag = first.header("etag").expect("a tag").to_owned();
    read()
        .header("if-none-match", &tag)
        .send()
        .await
        .expect(304);
    shop.add(&cart, variant, 1).await.expect(200);
    read()
        .header("if-none-match", &tag)
        .send()
        .await
        .expect(200);
    let stale = shop
        .app
        .post(format!("{path}/lines"))
        .header("cart-token", &cart.token)
        .header("if-match", &tag);
    stale
        .json(json!({"variant_id": variant, "quantity": 1}))
        .send()
        .await
        .problem(412, "version_mismatch");
}
