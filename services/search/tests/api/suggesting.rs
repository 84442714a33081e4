//! Suggestions.

use serde_json::{Value, json};

use crate::shop::{New, Shop, usd};

async fn shop() -> Shop {
    let new = |title, brand, category| New {
        title,
        brand,
        category,
        ..New::default()
    };
    Shop::with(&[
        new("Cedar headphones one", "Cedar", "audio"),
        new("Cedar headphones two", "Cedar", "audio"),
        new("Birch headset three", "Birch", "audio"),
        new("Laptop Wi-Fi 14", "Acme", "laptops"),
        new("Brother TN-2110 toner", "Brother", "toner"),
    ])
    .await
}

fn products(suggestions: &Value) -> Vec<&str> {
    let products = suggestions["products"].as_array().expect("products");
    products
        .iter()
        .map(|p| p["title"].as_str().expect("a title"))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_typed_suggests_nothing() {
    let instance = shop().await.instance().await;
    for query in ["", "q=", "q=+++", "q=***"] {
        let nothing = json!({"queries": [], "categories": [], "products": []});
        assert_eq!(instance.suggest(query).await, nothing, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_beginning_is_completed() {
    let instance = shop().await.instance().await;
    let suggestions = instance.suggest("q=head").await;
    let queries = suggestions["queries"].as_array().expect("queries");
    assert_eq!(queries[..2], [json!("headphones"), json!("headset")]);
    assert_eq!(products(&suggestions).len(), 3);
    let product = &instance.suggest("q=LAPT").await["products"][0];
    assert_eq!(
        (&product["title"], &product["price"]),
        (&json!("Laptop Wi-Fi 14"), &usd(1999))
    );
    assert!(product["slug"].is_string() && product["image"]["url"].is_string());

    // Words before the last one are whole.
    let suggestions = instance.suggest("q=cedar+hea").await;
    assert_eq!(suggestions["queries"], json!(["cedar headphones"]));
    assert_eq!(products(&suggestions).len(), 2);

    for (q, wanted) in [
        ("tn-21", "Brother TN-2110 toner"),
        ("tn21", "Brother TN-2110 toner"),
        ("wi-f", "Laptop Wi-Fi 14"),
    ] {
        assert_eq!(
            products(&instance.suggest(&format!("q={q}")).await),
            [wanted],
            "{q}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn categories_are_suggested_by_name_while_they_hold_products() {
    let shop = shop().await;
    let instance = shop.instance().await;
    assert_eq!(
        instance.suggest("q=lap").await["categories"],
        json!([{"slug": "laptops", "name": "Laptops"}])
    );
    assert_eq!(instance.suggest("q=tablet").await["categories"], json!([]));
    shop.add(&New {
        title: "Slate",
        category: "tablets",
        ..New::default()
    })
    .await;
    instance.until_found("q=slate", &["Slate"]).await;
    assert_eq!(
        instance.suggest("q=tablet").await["categories"][0]["slug"],
        "tablets"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_typo_is_forgiven() {
    let instance = shop().await.instance().await;
    let suggestions = instance.suggest("q=headpohnes").await;
    let queries = suggestions["queries"].as_array().expect("queries");
    assert!(queries.contains(&json!("headphones")), "{suggestions}");
    let found = instance.suggest("q=hedph").await;
    // A headset is a synonym.
    assert_eq!(products(&found).len(), 3, "{found}");
    let found = instance.suggest("q=cedra+headp").await;
    assert_eq!(products(&found).len(), 2, "{found}");
    // A number is not forgiven.
    assert!(products(&instance.suggest("q=tn-2119").await).is_empty());
}
