//! The seed.

use catalog::ops::seed::{self, Seeded};

use crate::support::Shop;

#[tokio::test]
async fn a_second_seed_changes_nothing() {
    let shop = Shop::open().await;
    let workshop = shop.workshop();
    let first = seed::run(&workshop, &|_, _| ()).await.unwrap();
    assert!(first.tax_rates > 50 && first.created > 550, "{first:?}");
    let tree = shop.get("/categories").await.expect(200).json;
    let groups = tree["items"].as_array().unwrap();
    let count: i64 = groups
        .iter()
        .map(|group| group["product_count"].as_i64().unwrap())
        .sum();
    assert_eq!(u64::try_from(count).unwrap(), first.created);
    let page = shop
        .get("/products?category=laptops&sort=price_asc&limit=5")
        .await
        .expect(200)
        .json;
    for card in page["items"].as_array().unwrap() {
        assert!(card["highlights"].as_array().unwrap().len() >= 2, "{card}");
        assert!(
            card["brand"].is_object() && card["price"]["currency"] == "USD",
            "{card}"
        );
        let path = format!("/products/{}", card["slug"].as_str().unwrap());
        let product = shop.get(&path).await.expect(200).json;
        let variants = product["variants"].as_array().unwrap();
        assert_eq!(
            Some(variants.len()),
            card["variant_count"]
                .as_i64()
                .and_then(|n| usize::try_from(n).ok())
        );
        assert!(!product["description"].as_str().unwrap().is_empty());
    }
    let again = seed::run(&workshop, &|_, _| ()).await.unwrap();
    assert_eq!(again, Seeded::default());
    shop.db.verify().await;
}
