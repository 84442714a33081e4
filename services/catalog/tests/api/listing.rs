//! Lists of products: filters, orders, pages.

use serde_json::json;

use crate::support::{Shop, usd};

async fn stocked() -> Shop {
    let shop = Shop::open().await;
    shop.attributes(&[
        ("memory", "number"),
        ("panel", "text"),
        ("touch", "boolean"),
    ])
    .await;
    let rows = [
        (
            "Alpha",
            "laptops",
            "Acme",
            500,
            9,
            json!({"memory": 16, "panel": "OLED"}),
        ),
        (
            "Bravo",
            "desktops",
            "Acme",
            300,
            0,
            json!({"memory": 16, "panel": "IPS"}),
        ),
        (
            "Charlie",
            "laptops",
            "Bolt",
            300,
            2,
            json!({"memory": 32, "touch": true}),
        ),
        (
            "Delta",
            "monitors",
            "Core",
            900,
            5,
            json!({"panel": "IPS", "touch": false}),
        ),
        ("Echo", "laptops", "Core", 300, 1, json!({"memory": 8.5})),
    ];
    for (title, category, brand, amount, on_hand, attributes) in rows {
        let body = json!({
            "title": title, "category": category, "brand": brand, "status": "active", "attributes": attributes,
            "variants": [{"price": usd(amount), "stock": {"on_hand": on_hand}}],
        });
        shop.staff_post("/products", body).await.expect(201);
    }
    shop
}

#[tokio::test]
async fn bad_queries_name_their_parameter() {
    let shop = Shop::open().await;
    for (query, parameter) in [
        ("colour=red", "colour"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=x", "limit"),
        ("price_min=-1", "price_min"),
        ("price_max=1.5", "price_max"),
        ("price_max=99999999999999999999", "price_max"),
        ("sort=best", "sort"),
        ("in_stock=maybe", "in_stock"),
        ("attr=memory", "attr"),
        ("category=a%00b", "category"),
    ] {
        let problem = shop
            .get(&format!("/products?{query}"))
            .await
            .problem(400, "invalid_query");
        assert_eq!(problem["parameter"], parameter, "{query}");
    }
    let many = "brand=a&".repeat(21);
    shop.get(&format!("/products?{many}"))
        .await
        .problem(400, "invalid_query");
    for cursor in ["x", "e30", "!!!", "eyJuZXdlc3QiOlsxLCJ4Il19"] {
        shop.get(&format!("/products?cursor={cursor}"))
            .await
            .problem(400, "invalid_cursor");
    }
}

#[tokio::test]
async fn a_cursor_of_another_order_is_refused() {
    let shop = stocked().await;
    let page = shop
        .get("/products?sort=name&limit=1")
        .await
        .expect(200)
        .json;
    let cursor = page["next_cursor"].as_str().unwrap();
    shop.get(&format!("/products?sort=price_asc&limit=1&cursor={cursor}"))
        .await
        .problem(400, "invalid_cursor");
    shop.get(&format!("/products?sort=name&limit=1&cursor={cursor}"))
        .await
        .expect(200);
}

#[tokio::test]
async fn filters_narrow_the_list() {
    let shop = stocked().await;
    for (query, expected) in [
        ("", "Alpha Bravo Charlie Delta Echo"),
        ("&category=laptops", "Alpha Charlie Echo"),
        ("&category=computers", "Alpha Bravo Charlie Echo"),
        ("&category=nothing", ""),
        ("&brand=acme", "Alpha Bravo"),
        ("&brand=acme&brand=bolt", "Alpha Bravo Charlie"),
        ("&price_min=300&price_max=500", "Alpha Bravo Charlie Echo"),
        ("&price_min=301", "Alpha Delta"),
        ("&in_stock=true", "Alpha Charlie Delta Echo"),
        ("&in_stock=false", "Alpha Bravo Charlie Delta Echo"),
        ("&attr=memory:16", "Alpha Bravo"),
        ("&attr=memory:16&attr=memory:32", "Alpha Bravo Charlie"),
        ("&attr=memory:16&attr=panel:IPS", "Bravo"),
        ("&attr=touch:true", "Charlie"),
        ("&attr=touch:false", "Delta"),
        ("&attr=memory:8.5", "Echo"),
        ("&attr=panel:oled", ""),
        (
            "&attr=panel:OLED&brand=acme&category=computers&in_stock=true",
            "Alpha",
        ),
    ] {
        let titles = shop
            .titles(&format!("/products?sort=name{query}"))
            .await
            .join(" ");
        assert_eq!(titles, expected, "{query}");
    }
}

#[tokio::test]
async fn every_order_pages_through_everything_once() {
    let shop = stocked().await;
    for (sort, expected) in [
        ("newest", "Echo Delta Charlie Bravo Alpha"),
        ("name", "Alpha Bravo Charlie Delta Echo"),
        ("price_asc", "Bravo Charlie Echo Alpha Delta"),
        ("price_desc", "Delta Alpha Echo Charlie Bravo"),
    ] {
        for limit in 1..=5 {
            let titles = shop
                .titles(&format!("/products?sort={sort}&limit={limit}"))
                .await
                .join(" ");
            assert_eq!(titles, expected, "{sort} by {limit}");
        }
    }
}

#[tokio::test]
async fn pages_do_not_shift_when_products_come_in_between() {
    let shop = stocked().await;
    let first = shop.get("/products?limit=2").await.expect(200).json;
    shop.product("Foxtrot", 100, 1).await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = shop
        .get(&format!("/products?limit=2&cursor={cursor}"))
        .await
        .expect(200)
        .json;
    let titles: Vec<_> = second["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["title"].clone())
        .collect();
    assert_eq!(titles, ["Charlie", "Bravo"]);
}

#[tokio::test]
async fn a_card_shows_the_cheapest_variant_that_can_be_bought_and_its_highlights() {
    let shop = Shop::open().await;
    for (code, kind, unit, highlight) in [
        ("memory", "number", json!("GB"), json!(2)),
        ("panel", "text", json!(null), json!(1)),
        ("weight", "number", json!("kg"), json!(null)),
    ] {
        let body =
            json!({"code": code, "name": code, "kind": kind, "unit": unit, "highlight": highlight});
        shop.staff_post("/attributes", body).await.expect(201);
    }
    let body = json!({
        "title": "Card", "category": "laptops", "status": "active",
        "attributes": {"memory": 16.0, "panel": "OLED", "weight": 2},
        "variants": [
            {"price": usd(100), "options": {"Size": "S"}},
            {"price": usd(300), "options": {"Size": "L"}, "stock": {"on_hand": 3}},
            {"price": usd(200), "compare_at": usd(250), "options": {"Size": "M"}, "stock": {"on_hand": 3}},
        ],
    });
    let product = shop.staff_post("/products", body).await.expect(201).json;
    let answer = shop.get("/products").await.expect(200);
    assert_eq!(answer.header("cache-control"), Some("public, max-age=10"));
    let card = &answer.json["items"][0];
    assert_eq!(
        (&card["price"], &card["compare_at"]),
        (&usd(200), &usd(250))
    );
    assert_eq!(card["default_variant_id"], product["variants"][2]["id"]);
    assert_eq!(
        (&card["availability"], &card["variant_count"]),
        (&json!("low"), &json!(3))
    );
    assert_eq!(
        card["highlights"],
        json!([{"name": "panel", "value": "OLED"}, {"name": "memory", "value": "16 GB"}])
    );
    assert_eq!(card["brand"], json!(null));
    let tag = answer.header("etag").unwrap();
    shop.app
        .get("/api/v1/products")
        .header("if-none-match", tag)
        .send()
        .await
        .expect(304);
}
