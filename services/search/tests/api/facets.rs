//! Filters, facets and orders.

use serde_json::Value;

use crate::shop::{New, Shop, counts, titles, usd};

async fn shop() -> Shop {
    let new = |title, brand, category, price, stock| New {
        title,
        brand,
        category,
        price,
        stock,
        ..New::default()
    };
    Shop::with(&[
        new("Note 14", "Acme", "laptops", 90_000, 10),
        new("Note 16", "Acme", "laptops", 120_000, 0),
        new("Pro 13", "Birch", "laptops", 150_000, 3),
        new("Slate 10", "Birch", "tablets", 40_000, 10),
        new("Buds", "Cedar & Co", "audio", 8_000, 10),
    ])
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn filters_narrow_and_unknown_values_find_nothing() {
    let instance = shop().await.instance().await;
    for (query, wanted) in [
        ("category=nothing", vec![]),
        ("brand=nobody", vec![]),
        ("brand=nobody&brand=acme", vec!["Note 14", "Note 16"]),
        ("price_min=150001", vec![]),
        ("price_min=100&price_max=99", vec![]),
        ("category=laptops", vec!["Note 14", "Note 16", "Pro 13"]),
        (
            "category=computers",
            vec!["Note 14", "Note 16", "Pro 13", "Slate 10"],
        ),
        (
            "brand=acme&brand=cedar-%26-co",
            vec!["Buds", "Note 14", "Note 16"],
        ),
        (
            "price_min=40000&price_max=90000",
            vec!["Note 14", "Slate 10"],
        ),
        ("category=laptops&in_stock=true", vec!["Note 14", "Pro 13"]),
        (
            "category=&brand=&q=",
            vec!["Buds", "Note 14", "Note 16", "Pro 13", "Slate 10"],
        ),
        ("q=note&brand=birch", vec![]),
    ] {
        let page = instance.search(query).await;
        let mut found = titles(&page);
        found.sort_unstable();
        assert_eq!(found, wanted, "{query}");
        assert_eq!(page["total"], wanted.len(), "{query}");
        assert_eq!(page["next_cursor"], Value::Null, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_facet_leaves_its_own_filter_out() {
    let instance = shop().await.instance().await;
    let facets = |page: &Value| page["facets"].clone();

    let all = facets(&instance.search("").await);
    assert_eq!(
        counts(&all["categories"]),
        [("laptops", 3), ("audio", 1), ("tablets", 1)]
    );
    assert_eq!(
        counts(&all["brands"]),
        [("acme", 2), ("birch", 2), ("cedar-&-co", 1)]
    );
    assert_eq!(all["categories"][0]["name"], "Laptops");
    assert_eq!(
        (&all["price"]["min"], &all["price"]["max"]),
        (&usd(8_000), &usd(150_000))
    );

    let one = facets(
        &instance
            .search("brand=birch&category=laptops&price_max=150000")
            .await,
    );
    assert_eq!(counts(&one["categories"]), [("laptops", 1), ("tablets", 1)]);
    assert_eq!(counts(&one["brands"]), [("acme", 2), ("birch", 1)]);
    assert_eq!(
        (&one["price"]["min"], &one["price"]["max"]),
        (&usd(150_000), &usd(150_000))
    );

    let cheap = facets(&instance.search("price_max=50000&in_stock=true").await);
    assert_eq!(counts(&cheap["brands"]), [("birch", 1), ("cedar-&-co", 1)]);
    assert_eq!(cheap["price"]["max"], usd(150_000));

    let none = facets(&instance.search("category=nothing&brand=nobody").await);
    assert!(counts(&none["categories"]).is_empty() && counts(&none["brands"]).is_empty());
    assert_eq!(none["price"], Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_order_orders() {
    let instance = shop().await.instance().await;
    let added = ["Note 14", "Note 16", "Pro 13", "Slate 10", "Buds"];
    let newest: Vec<_> = added.iter().rev().copied().collect();
    assert_eq!(instance.titles("sort=newest").await, newest);
    // Without words there is nothing to match better or worse.
    assert_eq!(instance.titles("sort=relevance").await, newest);
    assert_eq!(instance.titles("").await, newest);
    let dearest = ["Pro 13", "Note 16", "Note 14", "Slate 10", "Buds"];
    assert_eq!(instance.titles("sort=price_desc").await, dearest);
    let cheapest: Vec<_> = dearest.iter().rev().copied().collect();
    assert_eq!(instance.titles("sort=price_asc").await, cheapest);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_result_is_a_product_as_lists_show_it() {
    let shop = shop().await;
    let instance = shop.instance().await;
    let answer = instance.get("q=pro+13").await.expect(200);
    assert_eq!(answer.header("cache-control"), Some("public, max-age=1"));
    let item = &answer.json["items"][0];
    assert_eq!(item["brand"]["name"], "Birch");
    assert_eq!(item["category"]["slug"], "laptops");
    assert_eq!(item["price"], usd(150_000));
    assert_eq!(item["compare_at"], Value::Null);
    assert_eq!(item["availability"], "low");
    assert_eq!(item["variant_count"], 1);
    let url = item["image"]["url"].as_str().expect("an address");
    assert!(url.starts_with("/api/v1/media/art/generic/prd_"), "{url}");
    assert!(
        item["default_variant_id"]
            .as_str()
            .expect("an id")
            .starts_with("var_")
    );
    assert_eq!(answer.json["query"]["text"], "pro 13");
    assert_eq!(answer.json["query"]["corrected"], Value::Null);
}
