//! What staff read and write.

use serde_json::{Value, json};

use crate::support::{Shop, pointers, tag, usd};

fn phone() -> Value {
    json!({"title": "Phone", "category": "laptops", "variants": [{"price": usd(100)}]})
}

fn with(mut body: Value, field: &str, value: Value) -> Value {
    body[field] = value;
    body
}

#[tokio::test]
async fn only_staff_come_in() {
    let shop = Shop::open().await;
    let paths = [
        "/products",
        "/attributes",
        "/products/prd_01h455vb4pex5vsknk084sn02q",
    ];
    for path in paths {
        let path = format!("/api/v1/admin{path}");
        shop.app
            .get(&path)
            .send()
            .await
            .problem(401, "token_missing");
        shop.app
            .get(&path)
            .bearer("x")
            .send()
            .await
            .problem(401, "token_invalid");
        shop.app
            .get(&path)
            .bearer(&shop.customer)
            .send()
            .await
            .problem(403, "forbidden");
    }
    shop.app
        .post("/api/v1/admin/products")
        .json(phone())
        .send()
        .await
        .problem(401, "token_missing");
    shop.app
        .post("/api/v1/admin/products")
        .bearer(&shop.customer)
        .json(phone())
        .send()
        .await
        .problem(403, "forbidden");
}

#[tokio::test]
async fn bad_products_name_every_field() {
    let shop = Shop::open().await;
    shop.attributes(&[("memory", "number")]).await;
    let long = "x".repeat(501);
    for (body, expected) in [
        (with(phone(), "colour", json!("red")), vec!["/colour"]),
        (with(phone(), "title", json!("")), vec!["/title"]),
        (with(phone(), "title", json!(long)), vec!["/title"]),
        (with(phone(), "title", json!("a\u{0}b")), vec!["/title"]),
        (with(phone(), "title", json!("  ")), vec!["/title"]),
        (with(phone(), "title", json!(7)), vec!["/title"]),
        (with(phone(), "slug", json!("Not A Slug")), vec!["/slug"]),
        (
            with(phone(), "category", json!("nothing")),
            vec!["/category"],
        ),
        (
            with(phone(), "category", json!("computers")),
            vec!["/category"],
        ),
        (with(phone(), "status", json!("gone")), vec!["/status"]),
        (with(phone(), "variants", json!([])), vec!["/variants"]),
        (
            with(phone(), "variants", json!([{}])),
            vec!["/variants/0/price"],
        ),
        (
            with(phone(), "attributes", json!({"memory": "16", "panel": "x"})),
            vec!["/attributes/memory", "/attributes/panel"],
        ),
        (
            with(phone(), "variants", json!([{"price": usd(-1)}])),
            vec!["/variants/0/price/amount"],
        ),
        (
            with(
                phone(),
                "variants",
                json!([{"price": {"amount": 1, "currency": "EUR"}}]),
            ),
            vec!["/variants/0/price/currency"],
        ),
        (
            with(
                phone(),
                "variants",
                json!([{"price": usd(1), "stock": {"on_hand": -1}}, {"price": usd(1), "max_per_order": 0}]),
            ),
            vec!["/variants/0/stock/on_hand", "/variants/1/max_per_order"],
        ),
        (
            with(
                phone(),
                "variants",
                json!([{"price": usd(1)}, {"price": usd(2)}]),
            ),
            vec!["/variants/1/options"],
        ),
    ] {
        let problem = shop
            .staff_post("/products", body.clone())
            .await
            .problem(422, "validation_failed");
        assert_eq!(pointers(&problem), expected, "{body}");
    }
    let page = shop.staff_get("/products").await.expect(200).json;
    assert_eq!(page["items"], json!([]));
}

#[tokio::test]
async fn slugs_are_made_from_titles_and_stay_unique() {
    let shop = Shop::open().await;
    let slug = |body: Value| async {
        shop.staff_post("/products", body).await.expect(201).json["slug"].clone()
    };
    assert_eq!(slug(phone()).await, "phone");
    assert_eq!(slug(phone()).await, "phone-2");
    assert_eq!(
        slug(with(phone(), "slug", json!("phone-3"))).await,
        "phone-3"
    );
    assert_eq!(slug(phone()).await, "phone-4");
    assert_eq!(slug(with(phone(), "title", json!("日本"))).await, "product");
    shop.staff_post("/products", with(phone(), "slug", json!("phone")))
        .await
        .problem(409, "slug_taken");
    // Many at once: everyone gets one.
    let made =
        futures::future::join_all((0..8).map(|_| slug(with(phone(), "title", json!("Rush")))))
            .await;
    let distinct: std::collections::BTreeSet<_> = made.iter().map(ToString::to_string).collect();
    assert_eq!(distinct.len(), 8, "{made:?}");
}

#[tokio::test]
async fn a_change_needs_the_version_it_is_based_on() {
    let shop = Shop::open().await;
    let made = shop.staff_post("/products", phone()).await.expect(201);
    let id = made.json["id"].as_str().unwrap();
    assert_eq!(
        made.header("location"),
        Some(format!("/api/v1/admin/products/{id}").as_str())
    );
    let path = format!("/products/{id}");
    let (first, change) = (
        tag(&made),
        json!({"title": "Phone 2", "status": "active", "brand": "Acme"}),
    );
    shop.staff_patch(&path, "", change.clone())
        .await
        .problem(428, "if_match_missing");
    shop.staff_patch(&path, "nonsense", change.clone())
        .await
        .problem(400, "if_match_invalid");
    let changed = shop
        .staff_patch(&path, &first, change.clone())
        .await
        .expect(200);
    assert_eq!(changed.json["title"], "Phone 2");
    assert_eq!(changed.json["slug"], "phone", "addresses stay");
    assert_eq!(
        changed.json["brand"],
        json!({"slug": "acme", "name": "Acme"})
    );
    let problem = shop
        .staff_patch(&path, &first, change)
        .await
        .problem(412, "version_mismatch");
    assert_eq!(problem["version"], changed.json["version"]);
    let read = shop.staff_get(&path).await.expect(200);
    assert_eq!((&read.json, tag(&read)), (&changed.json, tag(&changed)));
    let bare = shop
        .staff_patch(&path, &tag(&changed), json!({"brand": null}))
        .await
        .expect(200);
    assert_eq!(bare.json["brand"], json!(null));
    assert_eq!(bare.json["title"], "Phone 2");
    let missing = "/products/prd_01h455vb4pex5vsknk084sn02q";
    shop.staff_patch(missing, &first, json!({}))
        .await
        .problem(404, "not_found");
}

#[tokio::test]
async fn staff_find_products_by_words_codes_and_state() {
    let shop = Shop::open().await;
    shop.product("100% Wool_Case", 100, 1).await;
    let body = json!({"title": "Other", "category": "desktops", "variants": [{"price": usd(1), "sku": "SKU-1", "barcode": "4006381333931"}]});
    shop.staff_post("/products", body).await.expect(201);
    for (query, expected) in [
        ("", vec!["Other", "100% Wool_Case"]),
        ("?q=wool", vec!["100% Wool_Case"]),
        ("?q=100%25", vec!["100% Wool_Case"]),
        ("?q=l_c", vec!["100% Wool_Case"]),
        ("?q=l_x", vec![]),
        ("?q=SKU-1", vec!["Other"]),
        ("?q=4006381333931", vec!["Other"]),
        ("?status=draft", vec!["Other"]),
        ("?status=active&category=computers", vec!["100% Wool_Case"]),
        ("?category=desktops", vec!["Other"]),
    ] {
        let page = shop
            .staff_get(&format!("/products{query}"))
            .await
            .expect(200)
            .json;
        let titles: Vec<_> = page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["title"].as_str().unwrap())
            .collect();
        assert_eq!(titles, expected, "{query}");
    }
    let first = shop.staff_get("/products?limit=1").await.expect(200).json;
    let next = first["next_cursor"].as_str().unwrap();
    let second = shop
        .staff_get(&format!("/products?limit=1&cursor={next}"))
        .await
        .expect(200)
        .json;
    assert_eq!(
        (&second["items"][0]["title"], &second["next_cursor"]),
        (&json!("100% Wool_Case"), &json!(null))
    );
    shop.staff_get("/products?cursor=x")
        .await
        .problem(400, "invalid_cursor");
    shop.staff_get("/products?q=a%00")
        .await
        .problem(400, "invalid_query");
}

#[tokio::test]
async fn attributes_are_defined_once() {
    let shop = Shop::open().await;
    let body =
        json!({"code": "memory", "name": "Memory", "kind": "number", "unit": "GB", "highlight": 1});
    for (field, value) in [
        ("code", json!("Memory!")),
        ("kind", json!("date")),
        ("name", json!("")),
        ("highlight", json!(-1)),
        ("x", json!(1)),
    ] {
        let problem = shop
            .staff_post("/attributes", with(body.clone(), field, value))
            .await
            .problem(422, "validation_failed");
        assert_eq!(pointers(&problem), [format!("/{field}")]);
    }
    let made = shop
        .staff_post("/attributes", body.clone())
        .await
        .expect(201)
        .json;
    assert_eq!(made, with(body.clone(), "filterable", json!(false)));
    shop.staff_post("/attributes", body)
        .await
        .problem(409, "attribute_taken");
    shop.attributes(&[("a", "text"), ("z", "boolean")]).await;
    let first = shop.staff_get("/attributes?limit=2").await.expect(200).json;
    assert_eq!(
        (&first["items"][0]["code"], &first["items"][1]["code"]),
        (&json!("a"), &json!("memory"))
    );
    let next = first["next_cursor"].as_str().unwrap();
    let rest = shop
        .staff_get(&format!("/attributes?limit=2&cursor={next}"))
        .await
        .expect(200)
        .json;
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
}
