//! One product, as shoppers read it.

use serde_json::json;

use crate::support::{Shop, tag, usd};

#[tokio::test]
async fn drafts_archived_and_missing_products_look_the_same() {
    let shop = Shop::open().await;
    let missing = shop
        .get("/products/no-such-product")
        .await
        .problem(404, "not_found");
    let body = |status: &str| json!({"title": format!("A {status} one"), "category": "laptops", "status": status, "variants": [{"price": usd(100)}]});
    for status in ["draft", "archived"] {
        let product = shop
            .staff_post("/products", body(status))
            .await
            .expect(201)
            .json;
        for key in ["id", "slug"] {
            let mut hidden = shop
                .get(&format!("/products/{}", product[key].as_str().unwrap()))
                .await
                .problem(404, "not_found");
            hidden["request_id"] = missing["request_id"].clone();
            assert_eq!(hidden, missing, "{status}");
        }
    }
    for odd in [
        "prd_nonsense",
        "UPPER",
        "%00",
        "a%2Fb",
        "prd_01h455vb4pex5vsknk084sn02q",
    ] {
        shop.get(&format!("/products/{odd}"))
            .await
            .problem(404, "not_found");
    }
}

#[tokio::test]
async fn a_product_has_everything_its_page_shows() {
    let shop = Shop::open().await;
    shop.attributes(&[("memory", "number"), ("touch", "boolean")])
        .await;
    let body = json!({
        "title": "Ultra Phone 5", "category": "laptops", "brand": "Åcme", "status": "active", "description": "Fine.\nReally.",
        "attributes": {"memory": 16, "touch": true},
        "variants": [
            {"sku": "U5-B", "price": usd(50_000), "options": {"Storage": "128 GB", "Colour": "Black"}, "stock": {"on_hand": 3}},
            {"sku": "U5-R", "price": usd(40_000), "compare_at": usd(45_000), "options": {"Storage": "256 GB", "Colour": "Red"},
             "stock": {"on_hand": 40}, "max_per_order": 2},
            {"sku": "U5-G", "price": usd(30_000), "options": {"Colour": "Gold", "Storage": "256 GB"}, "stock": {"on_hand": 0, "backorder_limit": 4}},
        ],
    });
    let made = shop.staff_post("/products", body).await.expect(201).json;
    let answer = shop.get("/products/ultra-phone-5").await.expect(200);
    assert_eq!(
        answer.header("cache-control"),
        Some("public, max-age=10, stale-while-revalidate=30")
    );
    let product = &answer.json;
    assert_eq!(product["id"], made["id"]);
    assert_eq!(product["brand"], json!({"slug": "acme", "name": "Åcme"}));
    assert_eq!(
        product["category"],
        json!({"slug": "laptops", "name": "Laptops", "path": [
            {"slug": "computers", "name": "Computers"}, {"slug": "laptops", "name": "Laptops"}]})
    );
    assert_eq!(
        product["attributes"][0],
        json!({"code": "memory", "name": "MEMORY", "kind": "number", "value": 16, "unit": null})
    );
    assert_eq!(
        product["options"],
        json!([{"name": "Colour", "values": ["Black", "Red", "Gold"]}, {"name": "Storage", "values": ["128 GB", "256 GB"]}])
    );
    let shown: Vec<_> = product["variants"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| {
            (
                v["title"].as_str().unwrap(),
                v["availability"].as_str().unwrap(),
                v["available_quantity"].as_i64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("Black / 128 GB", "low", 3),
            ("Red / 256 GB", "in_stock", 10),
            ("Gold / 256 GB", "backorder", 4)
        ]
    );
    assert_eq!(product["variants"][1]["compare_at"], usd(45_000));
    assert_eq!(product["variants"][1]["max_per_order"], 2);
    assert_eq!(
        product["variants"][1]["options"],
        json!({"Storage": "256 GB", "Colour": "Red"})
    );
    assert_eq!(product["media"].as_array().unwrap().len(), 3);
    assert!(
        product["media"][1]["url"]
            .as_str()
            .unwrap()
            .contains("color="),
        "{}",
        product["media"]
    );

    let by_id = shop
        .get(&format!("/products/{}", made["id"].as_str().unwrap()))
        .await
        .expect(200);
    assert_eq!(by_id.json, answer.json);
    let again = shop
        .app
        .get("/api/v1/products/ultra-phone-5")
        .header("if-none-match", tag(&answer))
        .send()
        .await;
    assert_eq!(again.expect(304).bytes, b"");
}

#[tokio::test]
async fn the_tree_counts_products_on_sale_with_descendants() {
    let shop = Shop::open().await;
    shop.product("One", 100, 1).await;
    shop.product("Two", 100, 0).await;
    let draft =
        json!({"title": "Draft", "category": "desktops", "variants": [{"price": usd(100)}]});
    shop.staff_post("/products", draft).await.expect(201);
    let answer = shop.get("/categories").await.expect(200);
    assert_eq!(answer.header("cache-control"), Some("public, max-age=60"));
    let computers = answer.json["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|node| node["slug"] == "computers")
        .unwrap();
    assert_eq!(computers["product_count"], 2);
    let laptops = computers["children"]
        .as_array()
        .unwrap()
        .iter()
        .find(|node| node["slug"] == "laptops")
        .unwrap();
    assert_eq!(laptops["product_count"], 2);
    assert_eq!(laptops["children"], json!([]));
    assert_eq!(laptops["art"], "laptop");
}

#[tokio::test]
async fn a_bad_token_does_not_close_public_pages() {
    let shop = Shop::open().await;
    shop.app
        .get("/api/v1/products")
        .bearer("nonsense")
        .send()
        .await
        .expect(200);
    shop.app
        .get("/api/v1/products")
        .bearer(&shop.customer)
        .send()
        .await
        .expect(200);
}
