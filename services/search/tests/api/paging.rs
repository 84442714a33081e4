//! Pages neither repeat nor skip what did not change.

use std::collections::BTreeSet;

use kernel::ProductId;
use serde_json::Value;

use crate::shop::{Instance, New, Shop, titles};

const WORDS: [&str; 12] = [
    "Lamp alpha",
    "Lamp beta",
    "Lamp gamma",
    "Lamp delta",
    "Lamp epsilon",
    "Lamp zeta",
    "Lamp eta",
    "Lamp theta",
    "Lamp iota",
    "Lamp kappa",
    "Lamp lambda",
    "Lamp my",
];

async fn shop() -> (Shop, Vec<ProductId>) {
    let shop = Shop::open().await;
    let mut ids = Vec::new();
    for (title, price) in WORDS
        .iter()
        .zip([500, 100, 500, 300, 200, 500, 100, 400, 900, 800, 700, 600])
    {
        ids.push(
            shop.add(&New {
                title,
                price,
                ..New::default()
            })
            .await,
        );
    }
    shop.reindex().await;
    (shop, ids)
}

/// The page at a cursor, and the cursor of the next one.
async fn page(
    instance: &Instance,
    query: &str,
    cursor: Option<&str>,
) -> (Vec<String>, Option<String>) {
    let cursor = cursor.map(|c| format!("&cursor={c}")).unwrap_or_default();
    let page = instance.search(&format!("{query}{cursor}")).await;
    assert_eq!(page["total"], WORDS.len());
    (
        titles(&page),
        page["next_cursor"].as_str().map(str::to_owned),
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_put_together_are_the_whole() {
    let (shop, _) = shop().await;
    let instance = shop.instance().await;
    for sort in ["relevance", "newest", "price_asc", "price_desc"] {
        for (q, limit) in [("", 1), ("lamp", 5), ("lamp", 12), ("", 4)] {
            let query = format!("q={q}&sort={sort}&limit={limit}");
            let (mut all, mut next) = page(&instance, &query, None).await;
            while let Some(cursor) = next {
                let (more, then) = page(&instance, &query, Some(&cursor)).await;
                assert!(!more.is_empty(), "{query}: a page after the last one");
                all.extend(more);
                next = then;
            }
            let whole = instance
                .titles(&format!("q={q}&sort={sort}&limit=100"))
                .await;
            assert_eq!(all, whole, "{query}");
            assert_eq!(
                all.iter().collect::<BTreeSet<_>>().len(),
                WORDS.len(),
                "{query}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_between_two_pages_move_nothing_else() {
    let (shop, ids) = shop().await;
    let instance = shop.instance().await;
    for sort in ["relevance", "newest", "price_asc"] {
        let query = format!("q=lamp&sort={sort}&limit=4");
        let whole = instance
            .titles(&format!("q=lamp&sort={sort}&limit=100"))
            .await;
        let (first, next) = page(&instance, &query, None).await;
        // Products that match nothing change the statistics behind every score.
        let extra = shop
            .add(&New {
                title: "Chair of wood",
                price: 1,
                ..New::default()
            })
            .await;
        instance.until_found("q=chair", &["Chair of wood"]).await;
        let (second, next) = page(&instance, &query, next.as_deref()).await;
        shop.set(extra, "status", "archived").await;
        instance.until_found("q=chair", &[]).await;
        let (third, next) = page(&instance, &query, next.as_deref()).await;
        assert_eq!(
            (first, second, third),
            (
                whole[..4].to_vec(),
                whole[4..8].to_vec(),
                whole[8..].to_vec()
            ),
            "{sort}"
        );
        assert_eq!(next, None);
    }
    // What moves across the cut is seen where it is now; the others stay.
    let query = "q=lamp&sort=price_asc&limit=6";
    let (first, next) = page(&instance, query, None).await;
    let ahead = WORDS
        .iter()
        .position(|w| *w == first[0])
        .expect("a product");
    shop.reprice(ids[ahead], 100_000).await;
    instance
        .until_found("q=lamp&price_min=100000", &[&first[0]])
        .await;
    let (second, _) = page(&instance, query, next.as_deref()).await;
    assert!(
        first[1..].iter().all(|title| !second.contains(title)),
        "{first:?} {second:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_ends_where_its_last_product_was_even_if_that_is_gone() {
    let (shop, ids) = shop().await;
    let instance = shop.instance().await;
    for sort in ["relevance", "price_desc"] {
        let query = format!("q=lamp&sort={sort}&limit=3");
        let page: Value = instance.search(&query).await;
        let (first, cursor) = (titles(&page), page["next_cursor"].as_str().expect("more"));
        let following = instance.titles(&format!("{query}&cursor={cursor}")).await;
        let last = ids[WORDS
            .iter()
            .position(|w| *w == first[2])
            .expect("a product")];
        shop.set(last, "status", "archived").await;
        let left: Vec<_> = WORDS
            .into_iter()
            .filter(|title| *title != first[2])
            .collect();
        instance.until_found("q=lamp&limit=100", &left).await;
        assert_eq!(
            instance.titles(&format!("{query}&cursor={cursor}")).await,
            following,
            "{sort}"
        );
        shop.set(last, "status", "active").await;
        instance.until_found("q=lamp&limit=100", &WORDS).await;
    }
}
