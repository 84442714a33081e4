//! Sorted pages neither repeat nor skip.

use std::collections::BTreeSet;

use search_core::plan::{Order, Plan, Sort, SortKey};

use crate::support::*;

const SORTS: [Sort; 4] = [Sort::PriceAsc, Sort::PriceDesc, Sort::Newest, Sort::Popular];

fn products(count: u128) -> Vec<Product> {
    let few = |n: u128, of: u128| i64::try_from(n * 7 % of).unwrap();
    let product = |n| {
        product(n, if n % 2 == 0 { "lamp" } else { "desk lamp" }).with(|p| {
            p.price = few(n, 5) * 100;
            p.created_us = few(n, 4) * 1_000_000;
            p.popularity = if n % 3 == 0 { 0.5 } else { 0.0 };
        })
    };
    (1..=count).map(product).collect()
}

fn page(text: &str, sort: Sort, after: Option<SortKey>, size: usize) -> Plan {
    Plan {
        order: Order::Sorted { sort, after, size },
        ..plan(text)
    }
}

#[tokio::test]
async fn an_empty_page_is_no_error() {
    let engine = filled(&products(3)).await;
    let found = ask(&engine, &page("lamp", Sort::Newest, None, 0)).await;
    assert_eq!((found.total, found.candidates.len()), (3, 0));
    let last = SortKey {
        number: i64::MAX,
        id: id(u128::MAX),
    };
    let found = ask(&engine, &page("lamp", Sort::Newest, Some(last), 10)).await;
    assert_eq!((found.total, found.candidates.len()), (3, 0));
}

#[tokio::test]
async fn pages_are_the_whole_in_order() {
    let engine = filled(&products(53)).await;
    for sort in SORTS {
        for text in ["", "lamp", "desk"] {
            let whole = ask(&engine, &page(text, sort, None, 100)).await;
            let keys: Vec<_> = whole.candidates.iter().map(|c| c.key.unwrap()).collect();
            assert!(keys.is_sorted());
            assert_eq!(keys.len() as u64, whole.total);
            for size in [1, 7, 53] {
                let mut after = None;
                let mut seen = Vec::new();
                loop {
                    let found = ask(&engine, &page(text, sort, after, size)).await;
                    assert_eq!((found.total, &found.facets), (whole.total, &whole.facets));
                    assert!(found.candidates.len() <= size);
                    let Some(last) = found.candidates.last() else {
                        break;
                    };
                    after = last.key;
                    seen.extend(numbers(&found));
                }
                assert_eq!(seen, numbers(&whole), "{sort:?} {text} {size}");
            }
        }
    }
}

#[tokio::test]
async fn the_first_are_what_the_order_says() {
    let engine = filled(&products(20)).await;
    let prices = |found: &search_core::Found| -> Vec<_> {
        found
            .candidates
            .iter()
            .map(|c| c.features.price_minor)
            .collect()
    };
    assert!(prices(&ask(&engine, &sorted("lamp", Sort::PriceAsc)).await).is_sorted());
    assert!(
        prices(&ask(&engine, &sorted("lamp", Sort::PriceDesc)).await)
            .iter()
            .rev()
            .is_sorted()
    );
    let popular = ask(&engine, &sorted("lamp", Sort::Popular)).await;
    assert!(
        popular
            .candidates
            .iter()
            .take(6)
            .all(|c| c.features.popularity > 0.0)
    );
    let newest = ask(&engine, &sorted("lamp", Sort::Newest)).await;
    assert!(
        newest
            .candidates
            .iter()
            .map(|c| c.features.created_us)
            .rev()
            .is_sorted()
    );
}

#[tokio::test]
async fn what_changes_meanwhile_neither_repeats_nor_skips_the_others() {
    let engine = filled(&products(40)).await;
    let mut after = None;
    let mut seen = Vec::new();
    for round in 2.. {
        let found = ask(&engine, &page("lamp", Sort::PriceAsc, after, 6)).await;
        let Some(last) = found.candidates.last() else {
            break;
        };
        after = last.key;
        seen.extend(numbers(&found));
        // Products that are not from the catalogue at the start come and go.
        let other = u128::try_from(round).unwrap();
        let added = product(1_000 + other, "lamp").with(|p| p.price = 250);
        engine_step(&engine, added, other, round).await;
    }
    let mut old: Vec<_> = seen.into_iter().filter(|n| *n <= 40).collect();
    assert_eq!(old.iter().collect::<BTreeSet<_>>().len(), old.len());
    old.sort_unstable();
    assert_eq!(old, (1..=40).collect::<Vec<_>>());
}

async fn engine_step(
    engine: &search_embedded::Embedded,
    added: Product,
    other: u128,
    revision: i64,
) {
    use search_core::SearchEngine as _;
    let removed = gone(999 + other, revision);
    engine
        .apply(vec![added.change(revision), removed], revision)
        .await
        .unwrap();
}
