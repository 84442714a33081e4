//! Texts that mean harm: they are words, and find nothing.

use std::time::{Duration, Instant};

use crate::common::{Test, catalogue, concept, everything, settings, term};
use search_core::{Filters, Order, Plan, SearchEngine, Wanted};
use search_lexis::Pattern;

const HOSTILE: [&str; 16] = [
    "*:*",
    "_exists_:cost",
    "cost:[0 TO 1]",
    r#"{"match_all":{}}"#,
    r#""}},{"match_all":{}}],"x":[{"term":{"a":"#,
    "*a*b*c*",
    "/(a+)+$/",
    "a~2 AND (b OR NOT c)^4",
    "../../_cluster/settings",
    "\n{\"delete\":{}}\n",
    "\u{0}\u{1f}\u{7f}",
    "<script>doc['price'].value</script>",
    "ctx._source.remove('body')",
    "💥\u{202e}\u{fffd}",
    "%2e%2e%2f",
    " ",
];

fn plans(text: &str) -> Vec<Plan> {
    let text = text.to_owned();
    let patterns = [
        Pattern::Term(text.clone()),
        Pattern::Phrase(vec![text.clone(), text.clone()]),
        Pattern::Code(text.clone()),
        Pattern::Prefix(text.clone()),
    ];
    let plan = |pattern| Plan {
        concepts: vec![concept(vec![(pattern, 1.0)], false)],
        ..term("x")
    };
    patterns.into_iter().map(plan).collect()
}

#[tokio::test]
#[ignore = "needs OpenSearch"]
async fn hostile_texts_are_words() {
    let test = Test::new(settings());
    test.apply(catalogue(60, 7), 60).await;
    for text in HOSTILE {
        for plan in plans(text) {
            let found = test
                .engine
                .search(&Plan {
                    facets: true,
                    ..plan
                })
                .await
                .unwrap();
            assert_eq!((found.total, found.candidates.len()), (0, 0), "{text:?}");
        }
        let mut filters = Filters {
            categories: vec![text.to_owned()],
            ..Filters::default()
        };
        assert_eq!(total(&test, &filters).await, 0, "category {text:?}");
        filters = Filters {
            brands: vec![text.to_owned()],
            ..Filters::default()
        };
        assert_eq!(total(&test, &filters).await, 0, "brand {text:?}");
        for wanted in [
            Wanted::Value(text.to_owned()),
            Wanted::Range {
                min: None,
                max: None,
            },
        ] {
            filters = Filters::default();
            filters.attributes.insert(text.to_owned(), vec![wanted]);
            assert_eq!(total(&test, &filters).await, 0, "attribute {text:?}");
        }
    }
    test.clean().await;
}

async fn total(test: &Test, filters: &Filters) -> u64 {
    let plan = Plan {
        filters: filters.clone(),
        facets: true,
        ..everything()
    };
    test.engine.search(&plan).await.unwrap().total
}

#[tokio::test]
#[ignore = "needs OpenSearch"]
async fn empty_parts_match_nothing() {
    let test = Test::new(settings());
    test.apply(catalogue(10, 8), 10).await;
    let empty = [
        concept(Vec::new(), false),
        concept(vec![(Pattern::Phrase(Vec::new()), 1.0)], false),
        concept(vec![(Pattern::Prefix(String::new()), 1.0)], false),
        concept(vec![(Pattern::Term(String::new()), f32::NAN)], false),
    ];
    for concept in empty {
        let plan = Plan {
            concepts: vec![concept.clone()],
            ..term("x")
        };
        assert_eq!(
            test.engine.search(&plan).await.unwrap().total,
            0,
            "{concept:?}"
        );
    }
    test.clean().await;
}

#[tokio::test]
#[ignore = "needs OpenSearch"]
async fn huge_plans_are_answered() {
    let test = Test::new(settings());
    test.apply(catalogue(60, 9), 60).await;
    let words = |n: usize| {
        (0..n)
            .map(|n| {
                (
                    Pattern::Term(format!("{}{n}", crate::common::WORDS[n % 24])),
                    0.5,
                )
            })
            .collect()
    };
    let begun = Instant::now();
    let plan = Plan {
        concepts: (0..5_000).map(|_| concept(words(40), false)).collect(),
        required: 5_000,
        facets: true,
        ..term("x")
    };
    assert_eq!(test.engine.search(&plan).await.unwrap().total, 0);
    let phrase = Pattern::Phrase((0..3_000).map(|n| format!("w{n}")).collect());
    let plan = Plan {
        concepts: vec![concept(vec![(phrase, 1.0)], false)],
        ..term("x")
    };
    assert_eq!(test.engine.search(&plan).await.unwrap().total, 0);
    let many: Vec<String> = (0..5_000).map(|n| format!("brand-{n}")).collect();
    let plan = Plan {
        filters: Filters {
            brands: many,
            ..Filters::default()
        },
        ..everything()
    };
    assert_eq!(test.engine.search(&plan).await.unwrap().total, 0);
    let mut filters = Filters::default();
    for n in 0..58 {
        filters.attributes.insert(
            format!("code {n} (a|b)*"),
            vec![Wanted::Value("x".repeat(10_000))],
        );
    }
    let plan = Plan {
        filters,
        facets: true,
        ..everything()
    };
    assert_eq!(test.engine.search(&plan).await.unwrap().total, 0);
    let plan = Plan {
        order: Order::Ranked { window: usize::MAX },
        include: (0..10_000).map(crate::common::id).collect(),
        ..term("laptop")
    };
    assert_eq!(test.engine.search(&plan).await.unwrap().total, 60);
    assert!(begun.elapsed() < Duration::from_mins(1));
    test.clean().await;
}
