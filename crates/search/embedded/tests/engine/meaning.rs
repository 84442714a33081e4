//! Results near in meaning, and included ones.

use search_core::plan::{Nearest, Sort};

use crate::support::*;

fn near(axis: usize, count: usize, similarity_min: f32) -> Nearest {
    Nearest {
        vector: towards(axis, 0.0),
        count,
        similarity_min,
    }
}

fn products() -> Vec<Product> {
    let at = |number, title: &str, axis, lean| {
        product(number, title).with(|p| p.vector = Some(towards(axis, lean)))
    };
    vec![
        at(1, "lamp", 0, 0.1),
        at(2, "light", 0, 0.5),
        at(3, "bulb", 0, 2.0),
        at(4, "lamp", 9, 0.0),
        product(5, "lamp"),
    ]
}

#[tokio::test]
async fn what_is_not_near_enough_is_no_result() {
    let engine = filled(&products()).await;
    let mut plan = plan("chair");
    plan.vector = Some(near(20, 10, 0.5));
    assert_eq!(ask(&engine, &plan).await.total, 0);
    plan.vector = Some(near(0, 0, 0.0));
    assert_eq!(ask(&engine, &plan).await.total, 0);
}

#[tokio::test]
async fn words_and_meaning_are_united_each_once() {
    let engine = filled(&products()).await;
    let mut plan = plan("lamp");
    plan.vector = Some(near(0, 2, 0.5));
    let found = ask(&engine, &plan).await;
    assert_eq!(found.total, 4);
    let mut all: Vec<_> = found
        .candidates
        .iter()
        .map(|c| {
            (
                c.id.uuid().as_u128(),
                c.lexical.is_some(),
                c.cosine.is_some(),
                c.near,
            )
        })
        .collect();
    all.sort_unstable();
    assert_eq!(
        all,
        [
            (1, true, true, true),
            (2, false, true, true),
            (4, true, true, false),
            (5, true, false, false)
        ]
    );
    assert_eq!(found.facets.brands[0].count, 4);
    let cosine = found
        .candidates
        .iter()
        .find(|c| c.id == id(2))
        .unwrap()
        .cosine
        .unwrap();
    assert!((cosine - towards(0, 0.0).cosine(&towards(0, 0.5))).abs() < 1e-6);
    // The nearest that match by words have their score wherever the window ends.
    plan.order = search_core::Order::Ranked { window: 1 };
    plan.vector = Some(near(9, 1, 0.5));
    let found = ask(&engine, &plan).await;
    assert_eq!((found.total, found.candidates.len()), (3, 2));
    assert!(found.candidates.iter().all(|c| c.lexical.is_some()));
}

#[tokio::test]
async fn filters_hold_for_all_results_and_a_count_says_what_choosing_yields() {
    let mut products = products();
    products[1].brand = Some("other".to_owned());
    products[2].brand = Some("other".to_owned());
    let engine = filled(&products).await;
    let mut plan = plan("lamp");
    plan.vector = Some(near(0, 2, 0.1));
    plan.include = vec![id(3), id(99)];
    plan.filters.brands = vec!["acme".to_owned()];
    let found = ask(&engine, &plan).await;
    assert_eq!(found.total, 3);
    let counts: Vec<_> = found
        .facets
        .brands
        .iter()
        .map(|v| (v.value.clone(), v.count))
        .collect();
    assert_eq!(counts, [("acme".into(), 3), ("other".into(), 2)]);
    plan.filters.brands = vec!["other".to_owned()];
    assert_eq!(ask(&engine, &plan).await.total, 2);
}

#[tokio::test]
async fn included_products_are_results_in_every_order() {
    let engine = filled(&products()).await;
    let mut plan = plan("light");
    plan.include = vec![id(3), id(2), id(3)];
    let found = ask(&engine, &plan).await;
    assert_eq!((found.total, ranked(&found)), (2, vec![2, 3]));
    assert!(found.candidates.iter().all(|c| c.near));
    let mut plan = sorted("light", Sort::PriceAsc);
    plan.include = vec![id(3), id(2)];
    plan.vector = Some(near(9, 5, 0.0));
    let found = ask(&engine, &plan).await;
    assert_eq!((found.total, numbers(&found)), (2, vec![2, 3]));
    plan.filters.price_max = Some(1);
    assert_eq!(ask(&engine, &plan).await.total, 0);
}
