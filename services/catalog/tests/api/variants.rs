//! Variants and their prices, as staff write them.

use serde_json::{Value, json};

use crate::support::{Shop, pointers, usd};

#[tokio::test]
async fn variants_share_their_options_and_no_two_are_the_same() {
    let shop = Shop::open().await;
    let body = json!({
        "title": "Phone", "category": "laptops", "status": "active",
        "variants": [{"price": usd(100), "sku": "P-R", "options": {"Colour": "Red", "Size": "S"}}],
    });
    let product = shop.staff_post("/products", body).await.expect(201).json;
    let path = format!("/products/{}/variants", product["id"].as_str().unwrap());
    let post = |body: Value| shop.staff_post(&path, body);
    let problem = post(json!({"price": usd(100)}))
        .await
        .problem(422, "validation_failed");
    assert_eq!(pointers(&problem), ["/options"]);
    post(json!({"price": usd(100), "options": {"Size": "s", "Colour": "RED"}}))
        .await
        .problem(409, "options_taken");
    post(json!({"price": usd(100), "sku": "P-R", "options": {"Size": "M", "Colour": "Red"}}))
        .await
        .problem(409, "sku_taken");
    let added = post(json!({"price": usd(90), "options": {"Size": "M", "Colour": "Red"}, "stock": {"on_hand": 2}})).await.expect(201).json;
    let variant = &added["variants"][1];
    assert_eq!(variant["title"], "Red / M", "in the product's order");
    assert_eq!(variant["stock"]["available"], 2);
    assert_eq!(added["price"], usd(90), "the cheapest that can be bought");

    let path = format!("/variants/{}", variant["id"].as_str().unwrap());
    shop.staff_patch(&path, "", json!({"sku": "P-R"}))
        .await
        .problem(409, "sku_taken");
    shop.staff_patch(
        &path,
        "",
        json!({"options": {"Colour": "red", "Size": "S"}}),
    )
    .await
    .problem(409, "options_taken");
    let changed = shop
        .staff_patch(
            &path,
            "",
            json!({"sku": "P-B", "options": {"Colour": "Blue", "Size": "S"}, "max_per_order": 1}),
        )
        .await
        .expect(200)
        .json;
    assert_eq!(changed["variants"][1]["title"], "Blue / S");
    assert_eq!(changed["variants"][1]["sku"], "P-B");
    let gone = shop
        .staff_patch(&path, "", json!({"status": "archived", "sku": null}))
        .await
        .expect(200)
        .json;
    assert_eq!(gone["variants"][1]["sku"], json!(null));
    let shown = shop
        .get(&format!("/products/{}", product["slug"].as_str().unwrap()))
        .await
        .expect(200)
        .json;
    assert_eq!(shown["variants"].as_array().unwrap().len(), 1);
    shop.staff_patch("/variants/var_01h455vb4pex5vsknk084sn02q", "", json!({}))
        .await
        .problem(404, "not_found");
}

#[tokio::test]
async fn prices_change_what_shoppers_see() {
    let shop = Shop::open().await;
    let product = shop.product("Phone", 100, 1).await;
    let path = |currency: &str| {
        format!(
            "/api/v1/admin/variants/{}/prices/{currency}",
            product["variants"][0]["id"].as_str().unwrap()
        )
    };
    let put = |currency: &str, body: Value| {
        shop.app
            .put(path(currency))
            .bearer(&shop.staff)
            .json(body)
            .send()
    };
    put("usd", json!({"amount": 1}))
        .await
        .problem(404, "not_found");
    let problem = put("USD", json!({"amount": 90, "compare_at": 90}))
        .await
        .problem(422, "validation_failed");
    assert_eq!(pointers(&problem), ["/compare_at"]);
    put("USD", json!({"amount": -1}))
        .await
        .problem(422, "validation_failed");
    put("USD", json!({"amount": 1, "note": "x"}))
        .await
        .problem(422, "validation_failed");
    let changed = put("USD", json!({"amount": 80, "compare_at": 100}))
        .await
        .expect(200)
        .json;
    assert_eq!(changed["price"], usd(80));
    let eur = put("EUR", json!({"amount": 70})).await.expect(200).json;
    assert_eq!(eur["variants"][0]["prices"].as_array().unwrap().len(), 2);
    let shown = shop.get("/products/phone").await.expect(200).json;
    assert_eq!(
        (
            &shown["variants"][0]["price"],
            &shown["variants"][0]["compare_at"]
        ),
        (&usd(80), &usd(100))
    );
}
