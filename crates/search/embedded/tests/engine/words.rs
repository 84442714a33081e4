//! Words find products, the better match first.

use search_core::SearchEngine as _;
use search_core::plan::Sort;
use search_lexis::{Alternative, Pattern};

use crate::support::*;

#[tokio::test]
async fn what_nobody_has_is_not_found() {
    let engine = filled(&[product(1, "desk lamp")]).await;
    for text in ["chair", "desk chair"] {
        let found = ask(&engine, &plan(text)).await;
        assert_eq!((found.total, found.candidates.len()), (0, 0), "{text}");
        assert_eq!(found.facets.price, None);
    }
    let nothing = Pattern::Phrase(Vec::new());
    for patterns in [
        vec![],
        vec![nothing],
        vec![Pattern::Prefix("x".to_owned())],
        vec![Pattern::Code(String::new())],
    ] {
        let mut plan = plan("");
        plan.concepts = vec![concept(patterns)];
        plan.required = 1;
        assert_eq!(ask(&engine, &plan).await.total, 0, "{plan:?}");
    }
    assert_eq!(in_memory().search(&plan("lamp")).await.unwrap().total, 0);
}

#[tokio::test]
async fn no_words_find_everything_the_newest_first() {
    let products: Vec<_> = (1..=5)
        .map(|n| {
            product(n, "lamp").with(|p| p.created_us = i64::try_from(n % 3).unwrap() * 1_000_000)
        })
        .collect();
    let engine = filled(&products).await;
    let mut plan = plan("");
    plan.order = search_core::Order::Ranked { window: 3 };
    let found = ask(&engine, &plan).await;
    assert_eq!((found.total, numbers(&found)), (5, vec![2, 5, 1]));
    assert!(found.candidates.iter().all(|c| c.lexical == Some(0.0)));
}

#[tokio::test]
async fn the_better_field_ranks_first_and_the_window_holds_the_best() {
    let engine = filled(
        &[
            product(1, "light one").with(|p| p.description = "like a torch".to_owned()),
            product(2, "light two")
                .with(|p| p.category = vec!["home".to_owned(), "torch".to_owned()]),
            product(3, "torch light"),
            product(4, "light four").with(|p| p.codes = vec!["torch".to_owned()]),
            product(5, "light five"),
        ]
        .map(|product| {
            if product.codes.is_empty() {
                product.with(|p| p.codes = vec!["sku".to_owned()])
            } else {
                product
            }
        }),
    )
    .await;
    let found = ask(&engine, &plan("torch")).await;
    assert_eq!((found.total, ranked(&found)), (3, vec![3, 2, 1]));
    let mut few = plan("torch");
    few.concepts[0]
        .alternatives
        .extend(concept([Pattern::Code("torch".to_owned())]).alternatives);
    few.order = search_core::Order::Ranked { window: 2 };
    let found = ask(&engine, &few).await;
    assert_eq!((found.total, ranked(&found)), (4, vec![4, 3]));
}

#[tokio::test]
async fn scores_are_lucenes_without_the_constant_factor() {
    // Two products, one of which holds the word once in a title of two stems; the mean is two and a half.
    let engine = filled(&[product(1, "red lamp"), product(2, "green chair big")]).await;
    let found = ask(&engine, &plan("red")).await;
    let idf = (1.0 + (2.0 - 1.0 + 0.5) / (1.0 + 0.5_f32)).ln();
    let norm = 1.2 * (1.0 - 0.75 + 0.75 * 2.0 / 2.5);
    let expected = search_core::weights::TITLE * idf / (1.0 + norm);
    let score = found.candidates[0].lexical.unwrap();
    assert!((score - expected).abs() < 1e-4, "{score} {expected}");
}

#[tokio::test]
async fn the_best_wording_counts_with_its_weight() {
    let engine = filled(&[
        product(1, "notebook"),
        product(2, "laptop"),
        product(3, "laptop"),
    ])
    .await;
    let wording = |word: &str, weight| Alternative {
        pattern: Pattern::Term(word.to_owned()),
        weight,
    };
    let mut asked = plan("laptop");
    asked.concepts[0].alternatives = vec![
        wording("laptop", 1.0),
        wording("notebook", 0.1),
        wording("x", f32::NAN),
    ];
    let found = ask(&engine, &asked).await;
    assert_eq!((found.total, ranked(&found)), (3, vec![2, 3, 1]));
    asked.concepts[0].alternatives = vec![wording("laptop", 0.1), wording("notebook", 1.0)];
    assert_eq!(ranked(&ask(&engine, &asked).await), [1, 2, 3]);
}

#[tokio::test]
async fn as_many_concepts_as_required_must_match() {
    let engine = filled(&[
        product(1, "red lamp big"),
        product(2, "red lamp"),
        product(3, "red"),
        product(4, "chair"),
    ])
    .await;
    let mut plan = plan("red lamp big");
    for (required, expected) in [
        (9, vec![1]),
        (3, vec![1]),
        (2, vec![1, 2]),
        (1, vec![1, 2, 3]),
        (0, vec![1, 2, 3, 4]),
    ] {
        plan.required = required;
        assert_eq!(ranked(&ask(&engine, &plan).await), expected, "{required}");
        let mut pages = plan.clone();
        pages.order = sorted("", Sort::Newest).order;
        assert_eq!(
            ask(&engine, &pages).await.total,
            expected.len() as u64,
            "{required}"
        );
    }
    plan.required = 2;
    plan.concepts[2].optional = true;
    assert_eq!(ranked(&ask(&engine, &plan).await), [1, 2]);
    for concept in &mut plan.concepts {
        concept.optional = true;
    }
    assert_eq!(ranked(&ask(&engine, &plan).await), [1, 2, 3, 4]);
}

#[tokio::test]
async fn a_phrase_is_in_one_field_and_adjacent_ranks_first() {
    let engine = filled(&[
        product(1, "hub for usb c"),
        product(2, "usb hub with c"),
        product(3, "usb").with(|p| p.description = "c".to_owned()),
    ])
    .await;
    let mut plan = plan("");
    plan.concepts = vec![concept([Pattern::Phrase(vec![
        "usb".to_owned(),
        "c".to_owned(),
    ])])];
    plan.required = 1;
    let found = ask(&engine, &plan).await;
    assert_eq!((found.total, ranked(&found)), (2, vec![1, 2]));
    let score = |n: usize| found.candidates[n].lexical.unwrap();
    assert!((score(0) - score(1)).abs() > 0.1);
}

#[tokio::test]
async fn all_stems_may_be_in_different_fields() {
    let engine = filled(&[
        product(1, "usb hub"),
        product(2, "usb").with(|p| p.description = "hub".to_owned()),
        product(3, "usb"),
    ])
    .await;
    let mut plan = plan("");
    let stems = |stems: &[&str]| Pattern::All(stems.iter().map(|&s| s.to_owned()).collect());
    plan.concepts = vec![concept([stems(&["usb", "hub"])])];
    plan.required = 1;
    assert_eq!(ranked(&ask(&engine, &plan).await), [1, 2]);
    plan.concepts = vec![concept([stems(&[])])];
    assert_eq!(ask(&engine, &plan).await.total, 0);
}

#[tokio::test]
async fn codes_are_found_whole_and_beginnings_by_what_they_go_on_to() {
    let engine = filled(&[
        product(1, "toner").with(|p| p.codes = vec!["TN2110".to_owned()]),
        product(2, "tonic"),
        product(3, "lamp").with(|p| p.brand = Some("tongs".to_owned())),
        product(4, "lamp").with(|p| p.brand = None),
    ])
    .await;
    let one = |pattern| {
        let mut plan = plan("");
        plan.concepts = vec![concept([pattern])];
        plan.required = 1;
        plan
    };
    assert_eq!(
        ask(&engine, &one(Pattern::Code("tn21".to_owned())))
            .await
            .total,
        0
    );
    assert_eq!(
        ranked(&ask(&engine, &one(Pattern::Code("tn2110".to_owned()))).await),
        [1]
    );
    assert_eq!(
        ranked(&ask(&engine, &one(Pattern::Prefix("tn21".to_owned()))).await),
        [1]
    );
    assert_eq!(
        ranked(&ask(&engine, &one(Pattern::Prefix("ton".to_owned()))).await),
        [1, 2, 3]
    );
    assert_eq!(
        ask(&engine, &one(Pattern::Prefix(String::new())))
            .await
            .total,
        0
    );
}

#[tokio::test]
async fn candidates_bring_what_ranking_looks_at() {
    let lamp = product(7, "Desk lamp").with(|p| {
        p.codes = vec!["DL-7".to_owned(), "DL7".to_owned()];
        p.popularity = 0.25;
        p.availability = "out";
    });
    let engine = filled(&[lamp]).await;
    let found = ask(&engine, &plan("lamp")).await;
    let features = &found.candidates[0].features;
    assert_eq!(features.position.category, "lamps");
    assert_eq!(*features.position.parents, ["home"]);
    assert_eq!(features.brand.as_deref(), Some("acme"));
    let (title, codes) = (features.wording.title(), features.wording.codes());
    assert_eq!(title.collect::<Vec<_>>(), ["desk", "lamp"]);
    assert_eq!(codes.collect::<Vec<_>>(), ["dl-7", "dl7"]);
    assert_eq!(
        (features.price_minor, features.in_stock, features.created_us),
        (1_999, false, 1_000_000)
    );
    assert!((features.popularity - 0.25).abs() < f32::EPSILON);
    assert_eq!(
        (found.candidates[0].near, found.candidates[0].cosine),
        (false, None)
    );
}
