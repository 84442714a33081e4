//! Plans that nobody would ask for.

use search_core::Order;
use search_core::plan::{Filters, Sort, Wanted};
use search_lexis::{Alternative, Pattern};

use crate::support::*;

fn products() -> Vec<Product> {
    (1..=200)
        .map(|n| product(n, &format!("lamp w{n} desk")))
        .collect()
}

#[tokio::test]
async fn endless_plans_end() {
    let engine = filled(&products()).await;
    let alternatives: Vec<_> = (0..500)
        .map(|n| Alternative {
            pattern: match n % 5 {
                0 => Pattern::Term(format!("w{n}")),
                1 => Pattern::Prefix("w".to_owned()),
                2 => Pattern::Phrase(vec!["lamp".to_owned(); 300]),
                3 => Pattern::All(vec!["desk".to_owned(); 300]),
                4 if n > 4 => Pattern::Code("x".repeat(100)),
                _ => Pattern::Code("x".repeat(70_000)),
            },
            weight: f32::INFINITY,
        })
        .collect();
    let mut plan = plan("lamp");
    plan.concepts[0].alternatives = alternatives;
    plan.concepts = vec![plan.concepts[0].clone(); 100];
    plan.required = usize::MAX;
    plan.include = (0..50_000).map(id).collect();
    plan.order = Order::Ranked { window: usize::MAX };
    let found = ask(&engine, &plan).await;
    assert_eq!(found.total, 200);
    assert!(
        found
            .candidates
            .iter()
            .all(|c| c.lexical.is_none_or(f32::is_finite))
    );
    plan.order = Order::Sorted {
        sort: Sort::Relevance,
        after: None,
        size: usize::MAX,
    };
    assert_eq!(ask(&engine, &plan).await.candidates.len(), 200);
    plan.order = Order::Ranked { window: 0 };
    plan.include.clear();
    assert_eq!(ask(&engine, &plan).await.candidates.len(), 0);
}

#[tokio::test]
async fn filters_that_nothing_passes() {
    let engine = filled(&products()).await;
    let wanted = |n: usize| (format!("code {n}"), vec![Wanted::Value("x".to_owned())]);
    let bounds = Filters {
        price_min: Some(i64::MAX),
        price_max: Some(i64::MIN),
        ..Filters::default()
    };
    let many = Filters {
        attributes: (0..1_000).map(wanted).collect(),
        ..Filters::default()
    };
    let unknown = Filters {
        categories: vec![String::new()],
        brands: vec!["\0".to_owned(); 10_000],
        ..Filters::default()
    };
    for filters in [bounds, many, unknown] {
        let mut plan = plan("lamp");
        plan.filters = filters;
        assert_eq!(ask(&engine, &plan).await.total, 0);
    }
    // On an empty index every name is unknown.
    let empty = in_memory();
    let mut plan = plan("");
    plan.filters.categories = vec!["lamps".to_owned()];
    plan.filters.attributes.insert("a".to_owned(), Vec::new());
    assert_eq!(ask(&empty, &plan).await.total, 0);
}

#[tokio::test]
async fn strange_words_are_words() {
    let strange = [
        "\u{0}",
        "\u{feff}",
        "💡",
        "a\u{301}",
        "+-&|!(){}[]^\"~*?:\\/",
        "é".repeat(9_000).leak(),
    ];
    let titled: Vec<_> = (1..)
        .zip(strange)
        .map(|(n, title)| product(n, title))
        .collect();
    let engine = filled(&titled).await;
    for (n, word) in (1..).zip(strange) {
        assert_eq!(numbers(&ask(&engine, &plan(word)).await), [n], "{word}");
    }
}
