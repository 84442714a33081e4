use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use contract_catalog::{Availability, Brand, CategoryRef};
use jiff::Timestamp;
use kernel::{Currency, Money, PageSize, ProductId, VariantId};
use uuid::Uuid;

use super::*;
use crate::domain::document::Document;
use crate::domain::query::{Filters, SearchRequest, Sort};
use crate::domain::results::SearchResults;

const MEMORY: usize = 15_000_000;

fn document(number: u128, title: &str, brand: &str, category: &str) -> Document {
    let price = Money::new(1999, Currency::USD).unwrap();
    Document {
        id: Uuid::from_u128(number).into(),
        slug: format!("product-{number}"),
        title: title.to_owned(),
        description: String::new(),
        brand: Some(Brand {
            slug: "acme".to_owned(),
            name: brand.to_owned(),
        }),
        category: CategoryRef {
            slug: category.to_lowercase(),
            name: category.to_owned(),
        },
        parents: Vec::new(),
        art: "generic".to_owned(),
        color: None,
        specifications: Vec::new(),
        codes: Vec::new(),
        variant_titles: Vec::new(),
        price,
        compare_at: None,
        availability: Availability::InStock,
        variant_count: 1,
        default_variant_id: VariantId::from(Uuid::from_u128(number)),
        created_at: Timestamp::UNIX_EPOCH,
    }
}

fn change(revision: i64, document: Document) -> Change {
    Change {
        product_id: document.id,
        revision,
        document: Some(document),
    }
}

fn gone(revision: i64, number: u128) -> Change {
    Change {
        product_id: ProductId::from(Uuid::from_u128(number)),
        revision,
        document: None,
    }
}

fn search(engine: &Engine, text: &str) -> SearchResults {
    let request = SearchRequest {
        text: text.to_owned(),
        filters: Filters::default(),
        sort: Sort::Relevance,
        size: PageSize::MAX,
        cursor: None,
    };
    engine.search(&request).unwrap()
}

fn titles(results: SearchResults) -> Vec<String> {
    results.items.into_iter().map(|item| item.title).collect()
}

#[test]
fn too_little_memory_is_refused() {
    assert!(Engine::new(1_000).is_err());
}

#[test]
fn a_product_that_changes_is_there_once() {
    let engine = Engine::new(MEMORY).unwrap();
    engine.apply(&[]).unwrap();
    engine.apply(&[gone(1, 1)]).unwrap();
    assert!(engine.is_empty());
    for revision in 2..5 {
        let title = format!("Lamp {revision}");
        engine
            .apply(&[change(revision, document(1, &title, "Acme", "Lamps"))])
            .unwrap();
        assert_eq!(
            (engine.len(), titles(search(&engine, "lamp"))),
            (1, vec![title])
        );
    }
    assert_eq!(search(&engine, "4").total, 1);
    assert_eq!(search(&engine, "2").total, 0);
    engine.apply(&[gone(6, 1)]).unwrap();
    assert_eq!(
        (
            engine.len(),
            search(&engine, "lamp").total,
            search(&engine, "").total
        ),
        (0, 0, 0)
    );
}

#[test]
fn a_new_name_of_a_brand_holds_for_all_its_products() {
    let engine = Engine::new(MEMORY).unwrap();
    let old = [1, 2, 3].map(|n| change(1, document(n, "Lamp", "Oldname", "Lamps")));
    engine.apply(&old).unwrap();
    engine
        .apply(&[change(2, document(2, "Lamp", "Newname", "Lamps"))])
        .unwrap();
    let results = search(&engine, "lamp");
    let brands = results.facets.brands;
    assert_eq!(
        (brands.len(), brands[0].name.as_str(), brands[0].count),
        (1, "Newname", 3)
    );
    assert_eq!(engine.suggest("newn").unwrap().queries, ["newname"]);
    assert!(engine.suggest("oldn").unwrap().queries.is_empty());
    engine.apply(&[gone(3, 1), gone(4, 2), gone(5, 3)]).unwrap();
    assert!(engine.suggest("newn").unwrap().queries.is_empty());
    assert!(engine.suggest("lamp").unwrap().categories.is_empty());
}

#[test]
fn the_kind_that_is_named_comes_before_what_only_mentions_it() {
    let engine = Engine::new(MEMORY).unwrap();
    let documents = [
        document(1, "Laptop sleeve, laptop bag", "Acme", "Bags"),
        document(2, "ProBook 640 with 16 GB", "Acme", "Laptops"),
        document(3, "Laptop lock", "Acme", "Locks"),
    ];
    engine.apply(&documents.map(|d| change(1, d))).unwrap();
    assert_eq!(
        titles(search(&engine, "laptops"))[0],
        "ProBook 640 with 16 GB"
    );
    assert_eq!(
        titles(search(&engine, "laptop bag"))[0],
        "Laptop sleeve, laptop bag"
    );
    assert_eq!(
        titles(search(&engine, "lock for a laptop"))[0],
        "Laptop lock"
    );
}

#[test]
fn a_search_sees_a_batch_whole_or_not_at_all() {
    const PRODUCTS: u128 = 20;
    let engine = Engine::new(MEMORY).unwrap();
    let batch = |revision: i64| -> Vec<Change> {
        let title = format!("Lamp round{revision}");
        (0..PRODUCTS)
            .map(|n| change(revision, document(n, &title, "Acme", "Lamps")))
            .collect()
    };
    engine.apply(&batch(0)).unwrap();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let found = titles(search(&engine, "lamp"));
                    assert_eq!(found.len() as u128, PRODUCTS);
                    assert!(found.iter().all(|title| *title == found[0]), "{found:?}");
                }
            });
        }
        for revision in 1..20 {
            engine.apply(&batch(revision)).unwrap();
        }
        done.store(true, Ordering::Relaxed);
    });
    assert_eq!(search(&engine, "round19").total, 20);
}
