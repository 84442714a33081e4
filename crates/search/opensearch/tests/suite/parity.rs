//! Both engines give the same for the same: totals, facets, candidates, scores, pages.

use std::collections::{BTreeMap, BTreeSet};

use crate::common::{
    BRANDS, CATEGORIES, Random, Test, WORDS, catalogue, concept, gone, id, put, settings, vector,
};
use kernel::ProductId;
use search_core::{
    Candidate, Change, Filters, Found, Nearest, Order, Plan, SearchEngine, Sort, SortKey, Wanted,
};
use search_embedded::Embedded;
use search_lexis::{Concept, Pattern, analysis};
use search_opensearch::{NearestBy, Settings};

const PRODUCTS: u64 = 400;
const PLANS: usize = 150;
const TOLERANCE: f32 = 1e-3;
/// As many vectors as the plugin is asked for at least: up to so many it compares them all, and finds exactly the
/// nearest. Of more its graph overlooks some, other ones whenever the server cuts its segments differently.
const VECTORS: usize = 100;

fn pattern(random: &mut Random) -> Pattern {
    let stem = |random: &mut Random| analysis::stem(random.one(&WORDS));
    match random.below(10) {
        0 => Pattern::Phrase(vec![stem(random), stem(random)]),
        1 => {
            let word = random.one(&WORDS);
            Pattern::Prefix(word[..2 + random.below(2)].to_owned())
        }
        2 => Pattern::Code(format!("sku{}", random.next() % PRODUCTS)),
        3 => Pattern::Term(random.one(&BRANDS).to_owned()),
        _ => Pattern::Term(stem(random)),
    }
}

fn concepts(random: &mut Random) -> Vec<Concept> {
    (0..random.below(4))
        .map(|_| {
            let patterns =
                (0..=random.below(3)).map(|_| (pattern(random), random.one(&[1.0, 0.8, 0.35])));
            let patterns = patterns.collect();
            concept(patterns, random.chance(20))
        })
        .collect()
}

fn filters(random: &mut Random) -> Filters {
    let mut filters = Filters::default();
    if random.chance(25) {
        let (above, category) = random.one(&CATEGORIES);
        filters.categories = vec![if random.chance(50) { above } else { category }.to_owned()];
    }
    if random.chance(25) {
        filters.brands = (0..=random.below(2))
            .map(|_| random.one(&BRANDS).to_owned())
            .collect();
    }
    if random.chance(20) {
        filters.price_min = Some(i64::try_from(random.below(300_000)).unwrap());
    }
    if random.chance(20) {
        filters.price_max = Some(i64::try_from(random.below(600_000)).unwrap());
    }
    filters.in_stock = random.chance(20);
    if random.chance(25) {
        let values = vec![
            Wanted::Value("Red".to_owned()),
            Wanted::Value("Deep black".to_owned()),
        ];
        filters.attributes.insert("colour".to_owned(), values);
    }
    if random.chance(20) {
        let range = Wanted::Range {
            min: random.chance(70).then_some(8_000),
            max: random.chance(50).then_some(16_000),
        };
        filters
            .attributes
            .insert("ram".to_owned(), vec![range, Wanted::Value("4".to_owned())]);
    }
    if random.chance(10) {
        filters
            .attributes
            .insert("touch".to_owned(), vec![Wanted::Value("No".to_owned())]);
    }
    if random.chance(5) {
        filters
            .attributes
            .insert("zzz".to_owned(), vec![Wanted::Value("unknown".to_owned())]);
    }
    filters
}

fn plan(random: &mut Random) -> Plan {
    let concepts = concepts(random);
    let needed = concepts.iter().filter(|c| !c.optional).count();
    let ranked = random.chance(70);
    Plan {
        required: needed.saturating_sub(random.below(2)),
        concepts,
        filters: filters(random),
        vector: random.chance(60).then(|| Nearest {
            vector: vector(random),
            count: random.below(40),
            similarity_min: random.one(&[-1.0, 0.0, 0.05]),
        }),
        include: (0..random.below(4))
            .map(|_| id(random.next() % (PRODUCTS + 20)))
            .collect(),
        order: if ranked {
            Order::Ranked {
                window: random.one(&[1, 20, 1_000]),
            }
        } else {
            Order::Sorted {
                sort: random.one(&[Sort::PriceAsc, Sort::PriceDesc, Sort::Newest, Sort::Popular]),
                after: None,
                size: random.one(&[1, 25, 1_000]),
            }
        },
        facets: random.chance(70),
    }
}

fn near(a: Option<f32>, b: Option<f32>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() <= TOLERANCE * a.abs().max(b.abs()).max(0.01),
        (a, b) => a.is_none() && b.is_none(),
    }
}

/// Candidates at the end of the window may differ where scores are equal up to noise.
fn compare(plan: &Plan, ours: &Found, theirs: &Found) {
    assert_eq!(ours.total, theirs.total, "{plan:#?}");
    assert_eq!(ours.facets, theirs.facets, "{plan:#?}");
    assert_eq!(ours.candidates.len(), theirs.candidates.len(), "{plan:#?}");
    if matches!(plan.order, Order::Sorted { .. }) {
        let order = |found: &Found| {
            found
                .candidates
                .iter()
                .map(|c| (c.id, c.key, c.near))
                .collect::<Vec<_>>()
        };
        assert_eq!(order(ours), order(theirs), "{plan:#?}");
    }
    let by_id = |found: &Found| -> BTreeMap<ProductId, Candidate> {
        found.candidates.iter().map(|c| (c.id, c.clone())).collect()
    };
    let (ours, theirs) = (by_id(ours), by_id(theirs));
    let least = ours
        .values()
        .filter(|c| !c.near)
        .filter_map(|c| c.lexical)
        .fold(f32::MAX, f32::min);
    for (id, a) in &ours {
        let Some(b) = theirs.get(id) else {
            assert!(
                near(a.lexical, Some(least)),
                "{id} is only in OpenSearch's answer: {a:?}\n{plan:#?}"
            );
            continue;
        };
        assert!(
            near(a.lexical, b.lexical),
            "{id}: {:?} and {:?}\n{plan:#?}",
            a.lexical,
            b.lexical
        );
        assert!(
            near(a.cosine, b.cosine),
            "{id}: {:?} and {:?}\n{plan:#?}",
            a.cosine,
            b.cosine
        );
        assert_eq!(a.near, b.near, "{id}\n{plan:#?}");
        assert_eq!(
            format!("{:?}", a.features),
            format!("{:?}", b.features),
            "{plan:#?}"
        );
    }
}

fn embedded() -> Embedded {
    let settings = search_embedded::Settings {
        fingerprint: "test-model".to_owned(),
        ..Default::default()
    };
    Embedded::open(&settings, |_, _| {}).unwrap()
}

/// Only the first products keep their vectors.
fn with_vectors(mut changes: Vec<Change>, count: usize) -> Vec<Change> {
    let entries = changes.iter_mut().filter_map(|c| c.entry.as_mut());
    let vectors = entries.map(|entry| &mut entry.vector);
    for vector in vectors.filter(|vector| vector.is_some()).skip(count) {
        *vector = None;
    }
    changes
}

async fn both(settings: Settings, changes: Vec<Change>) -> (Test, Embedded) {
    let test = Test::new(settings);
    let embedded = embedded();
    let cursor = changes.iter().map(|c| c.revision).max().unwrap_or_default();
    embedded.apply(changes.clone(), cursor).await.unwrap();
    test.apply(changes, cursor).await;
    (test, embedded)
}

async fn agree(settings: Settings, vectors: usize) {
    let changes = with_vectors(catalogue(PRODUCTS, 21), vectors);
    let (test, embedded) = both(settings, changes).await;
    let mut random = Random(31);
    let mut found = 0;
    for _ in 0..PLANS {
        let plan = plan(&mut random);
        let ours = test.engine.search(&plan).await.unwrap();
        let theirs = embedded.search(&plan).await.unwrap();
        compare(&plan, &ours, &theirs);
        found += u32::from(ours.total > 0);
    }
    assert!(
        found > 60,
        "only {found} of {PLANS} plans find anything: they prove nothing"
    );
    test.clean().await;
}

#[tokio::test]
#[ignore = "needs OpenSearch"]
async fn engines_agree_with_the_plugin() {
    agree(settings(), VECTORS).await;
}

#[tokio::test]
#[ignore = "needs OpenSearch"]
async fn engines_agree_without_the_plugin() {
    agree(
        Settings {
            nearest: NearestBy::Script,
            ..settings()
        },
        usize::MAX,
    )
    .await;
}

#[tokio::test]
#[ignore = "needs OpenSearch"]
async fn the_graph_overlooks_few() {
    const WANTED: usize = 20;
    let (test, embedded) = both(settings(), catalogue(PRODUCTS, 21)).await;
    let mut random = Random(33);
    let (mut shared, mut nearest) = (0, 0);
    for _ in 0..50 {
        let plan = Plan {
            vector: Some(Nearest {
                vector: vector(&mut random),
                count: WANTED,
                similarity_min: -1.0,
            }),
            order: Order::Ranked { window: 1 },
            ..crate::common::everything()
        };
        let near = |found: Found| -> BTreeSet<ProductId> {
            let near = found.candidates.into_iter().filter(|c| c.near);
            near.map(|c| c.id).collect()
        };
        let ours = near(test.engine.search(&plan).await.unwrap());
        let exact = near(embedded.search(&plan).await.unwrap());
        assert_eq!((ours.len(), exact.len()), (WANTED, WANTED));
        shared += ours.intersection(&exact).count();
        nearest += WANTED;
    }
    assert!(
        shared * 100 >= nearest * 95,
        "{shared} of the {nearest} nearest were found"
    );
    test.clean().await;
}

#[tokio::test]
#[ignore = "needs OpenSearch"]
async fn pages_join_without_gap_or_overlap() {
    let mut changes = catalogue(120, 22);
    // Many of the same price, so that ties decide.
    for change in &mut changes {
        if let Some(entry) = &mut change.entry {
            let mut body: serde_json::Value = serde_json::from_str(&entry.body).unwrap();
            body["price_minor"] = serde_json::json!(change.revision % 4 * 1_000);
            let body = body.to_string();
            let document = search_core::document::read(&body).unwrap();
            **entry = search_core::Entry::of(entry.revision, document, body, None, 0.5);
        }
    }
    let (test, embedded) = both(settings(), changes).await;
    for sort in [Sort::PriceAsc, Sort::PriceDesc, Sort::Newest, Sort::Popular] {
        let mut after: Option<SortKey> = None;
        let mut seen = Vec::new();
        loop {
            let order = Order::Sorted {
                sort,
                after,
                size: 7,
            };
            let plan = Plan {
                order,
                ..crate::common::everything()
            };
            let page = test.engine.search(&plan).await.unwrap();
            compare(&plan, &page, &embedded.search(&plan).await.unwrap());
            assert_eq!(page.total, 120);
            let Some(last) = page.candidates.last() else {
                break;
            };
            after = last.key;
            seen.extend(page.candidates.iter().map(|c| c.key.unwrap()));
        }
        assert_eq!(seen.len(), 120);
        assert!(seen.windows(2).all(|pair| pair[0] < pair[1]), "{sort:?}");
    }
    test.clean().await;
}

#[tokio::test]
#[ignore = "needs OpenSearch"]
async fn engines_agree_after_changes() {
    let mut changes = catalogue(150, 23);
    let mut random = Random(24);
    for n in 0..40 {
        let (product, revision) = (random.next() % 160, 1_000 + n);
        changes.push(match random.below(3) {
            0 => gone(product, revision),
            _ => put(product, revision, &mut random),
        });
    }
    let (test, embedded) = both(settings(), with_vectors(changes, VECTORS)).await;
    // What is gone counts in the statistics of words until segments are merged, in each engine in its own time.
    let path = format!("/{}-v1/_forcemerge?max_num_segments=1", test.settings.index);
    crate::common::raw(&test.settings.url, "POST", &path, None).await;
    test.visible().await;
    for _ in 0..40 {
        let plan = Plan {
            concepts: Vec::new(),
            required: 0,
            ..plan(&mut random)
        };
        let ours = test.engine.search(&plan).await.unwrap();
        compare(&plan, &ours, &embedded.search(&plan).await.unwrap());
    }
    test.clean().await;
}
