//! Pages by relevance, far beyond what is ranked.

use std::collections::BTreeSet;

use libtest_mimic::Trial;
use serde_json::Value;

use crate::meaning::until_embedded;
use crate::shop::{New, Shop};
use crate::trial;

/// More than are ranked (500).
const LAMPS: usize = 640;
const CHAIRS: usize = 90;

const KINDS: [&str; 8] = [
    "for a desk",
    "for the floor",
    "for a child",
    "of brass",
    "of glass",
    "for reading",
    "with a clamp",
    "for a garden",
];

pub(crate) fn trials(model: Option<&str>) -> Vec<Trial> {
    vec![trial(
        "pages_by_relevance_hold_every_result_once",
        model,
        pages,
    )]
}

async fn pages(model: String) {
    let shop = Shop::open().await;
    for number in 0..LAMPS + CHAIRS {
        let kind = KINDS[number % KINDS.len()];
        let thing = if number < LAMPS {
            "Lamp"
        } else {
            "Light chair"
        };
        // Few texts, so that many scores are equal.
        let title = format!("{thing} {kind}").leak();
        shop.add(&New {
            title,
            price: 1_000 + i64::try_from(number).expect("small"),
            ..New::default()
        })
        .await;
    }
    shop.reindex().await;
    let settings = [
        ("SEARCH__MODEL_FILE", model.as_str()),
        ("SEARCH__CHANGES_MAX", "1000"),
        ("SEARCH__EMBED_BATCH", "1000"),
    ];
    let instance = shop.instance_with(&settings).await;
    until_embedded(&shop, &instance).await;
    for (query, least) in [
        ("q=lamp&limit=100", LAMPS),
        ("q=lamp&limit=37", LAMPS),
        ("q=lamp+for+reading&limit=64", LAMPS / KINDS.len()),
        ("q=sofa+for+two&limit=50", 0),
        ("q=lamp&limit=90&price_min=1100", LAMPS - 100),
    ] {
        let (first, items) = instance.all(query).await;
        assert_eq!(first["mode"], "hybrid");
        let ids: Vec<&str> = items.iter().filter_map(id).collect();
        let distinct: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(distinct.len(), ids.len(), "{query}: a product comes twice");
        assert_eq!(first["total"], ids.len(), "{query}: a product is left out");
        assert!(ids.len() >= least, "{query}: {}", ids.len());
        // Pages of another size hold the same order.
        let other = query.replace(limit(query), "limit=53");
        let (_, whole) = instance.all(&other).await;
        let whole: Vec<&str> = whole.iter().filter_map(id).collect();
        assert_eq!(ids, whole, "{query}");
    }
}

fn limit(query: &str) -> &str {
    query
        .split('&')
        .find(|part| part.starts_with("limit="))
        .unwrap_or_default()
}

fn id(item: &Value) -> Option<&str> {
    item["id"].as_str()
}
