//! Counts are what looking at every product counts.

use proptest::prelude::*;
use search_core::facets::{FacetCounts, ValueCount, choose, usefulness};
use search_core::plan::{Filters, Plan, Sort, Wanted};
use search_embedded::Embedded;
use serde_json::json;
use tokio::runtime::Runtime;

use crate::model::{self, Counts, Own, results};
use crate::support::*;

const WORDS: [&str; 4] = ["lamp", "desk", "red", "big"];

fn a_product() -> impl Strategy<Value = Product> {
    let category = prop::sample::select(vec!["a", "a/b", "a/b/c", "d", "d/e"]);
    let brand = prop::option::of(prop::sample::select(vec!["acme", "bolt", "cord"]));
    let availability = prop::sample::select(vec!["in_stock", "low", "backorder", "out"]);
    let attributes = (
        prop::option::of(0..5_u8),
        prop::option::of(any::<bool>()),
        prop::option::of(0..40_i64),
    );
    let words = prop::sample::subsequence(WORDS.to_vec(), 1..4);
    (
        1..60_u128,
        words,
        category,
        brand,
        0..600_000_i64,
        availability,
        attributes,
    )
        .prop_map(
            |(number, words, category, brand, price, availability, (color, flag, size))| {
                product(number, &words.join(" ")).with(|p| {
                    p.category = category.split('/').map(str::to_owned).collect();
                    p.brand = brand.map(str::to_owned);
                    p.price = price;
                    p.availability = availability;
                    p.attributes = [
                        color.map(|c| ("color".to_owned(), json!(format!("color {c}")))),
                        flag.map(|f| ("flag".to_owned(), json!(f))),
                        size.map(|s| ("size".to_owned(), json!(s))),
                    ]
                    .into_iter()
                    .flatten()
                    .collect();
                })
            },
        )
}

fn filters() -> impl Strategy<Value = Filters> {
    let some = |from: &[&str]| {
        let all: Vec<String> = from.iter().map(|&s| s.to_owned()).collect();
        prop_oneof![2 => Just(Vec::new()), 1 => prop::sample::subsequence(all, 1..3)]
    };
    let bound = || prop::option::weighted(0.2, 0..600_000_i64);
    let color = prop::option::weighted(0.3, 0..7_u8);
    let size = prop::option::weighted(0.3, (0..30_000_i64, 0..45_000_i64));
    let attributes = (
        color,
        prop::option::weighted(0.2, any::<bool>()),
        size,
        prop::bool::weighted(0.05),
    );
    (
        some(&["a", "b", "c", "e", "x"]),
        some(&["acme", "bolt", "nobody"]),
        bound(),
        bound(),
        prop::bool::weighted(0.3),
        attributes,
    )
        .prop_map(
            |(categories, brands, price_min, price_max, in_stock, (color, flag, size, unknown))| {
                let mut filters = Filters {
                    categories,
                    brands,
                    price_min,
                    price_max,
                    in_stock,
                    ..Filters::default()
                };
                let mut add = |code: &str, wanted: Vec<Wanted>| {
                    filters.attributes.insert(code.to_owned(), wanted)
                };
                if let Some(color) = color {
                    let value = |n| Wanted::Value(format!("color {n}"));
                    add("color", vec![value(color), value(color + 1)]);
                }
                if let Some(flag) = flag {
                    add(
                        "flag",
                        vec![Wanted::Value(if flag { "Yes" } else { "No" }.to_owned())],
                    );
                }
                if let Some((min, max)) = size {
                    let (min, max) = (Some(min), Some(max));
                    add(
                        "size",
                        vec![
                            Wanted::Range { min, max: None },
                            Wanted::Range { min: None, max },
                        ][..=usize::from(min > max)]
                            .to_vec(),
                    );
                }
                if unknown {
                    add("unknown", vec![Wanted::Value("x".to_owned())]);
                }
                filters
            },
        )
}

fn plans() -> impl Strategy<Value = Vec<Plan>> {
    let words = prop::sample::subsequence(WORDS.to_vec(), 0..3);
    prop::collection::vec((words, filters(), any::<bool>()), 1..12).prop_map(|asked| {
        let plan = |(words, filters, by_price): (Vec<&str>, Filters, bool)| {
            let text = words.join(" ");
            let plan = if by_price {
                sorted(&text, Sort::PriceAsc)
            } else {
                plan(&text)
            };
            Plan { filters, ..plan }
        };
        asked.into_iter().map(plan).collect()
    })
}

fn counts(values: &[ValueCount]) -> Counts {
    let mut sorted = values.to_vec();
    search_core::facets::most_frequent(&mut sorted, usize::MAX);
    assert_eq!(sorted, values, "in order");
    let counts = values.iter();
    counts.map(|v| (v.value.to_string(), v.count)).collect()
}

async fn check(engine: &Embedded, products: &[Product], plan: &Plan) {
    let found = ask(engine, plan).await;
    let by = |own| -> Vec<&Product> { results(products, plan, own).collect() };
    let all = by(Own::Nothing);
    assert_eq!(found.total, all.len() as u64, "{plan:?}");
    let mut numbers = numbers(&found);
    numbers.sort_unstable();
    let mut expected: Vec<_> = all.iter().map(|p| p.number).collect();
    expected.sort_unstable();
    assert_eq!(numbers, expected);

    let facets = &found.facets;
    let leaves = by(Own::Category)
        .into_iter()
        .map(|p| p.category.last().unwrap().clone());
    assert_eq!(counts(&facets.categories), model::count(leaves), "{plan:?}");
    let brands = by(Own::Brand).into_iter().filter_map(|p| p.brand.clone());
    assert_eq!(counts(&facets.brands), model::count(brands), "{plan:?}");
    assert_eq!(
        (facets.price, facets.price_counts.clone()),
        model::prices(&by(Own::Price))
    );
    let available = by(Own::Stock)
        .into_iter()
        .filter(|p| model::available(p))
        .count();
    assert_eq!(facets.in_stock, available as u64);

    let mut expected = Vec::new();
    for code in ["color", "flag", "size"] {
        let own = if plan.filters.attributes.contains_key(code) {
            Own::Attribute(code)
        } else {
            Own::Nothing
        };
        let results = by(own);
        let values = results
            .iter()
            .filter_map(|p| p.attributes.iter().find(|(c, _)| c == code));
        let values = model::count(values.map(|(_, value)| model::shown(value)));
        let answered = facets.attributes.iter().find(|a| a.code == code);
        if let Some(answered) = answered {
            assert_eq!(
                answered.coverage,
                values.values().sum::<u64>(),
                "{code} {plan:?}"
            );
            assert_eq!(answered.unit.as_deref(), (code == "size").then_some("mm"));
            for value in &answered.values {
                assert_eq!(value.count, values[&*value.value], "{code} {plan:?}");
            }
            let counted = search_core::facets::Counted {
                attribute: answered.clone(),
                results: results.len() as u64,
                filtered: own != Own::Nothing,
            };
            assert!(
                counted.filtered || usefulness(&counted).is_some(),
                "{code} {plan:?}"
            );
            expected.push(counted);
        } else {
            assert!(
                own == Own::Nothing
                    || !products
                        .iter()
                        .any(|p| p.attributes.iter().any(|(c, _)| c == code))
            );
        }
    }
    assert_eq!(choose(expected), facets.attributes);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn counts_are_exact(
        before in prop::collection::vec(a_product(), 0..60),
        after in prop::collection::vec(a_product(), 0..30),
        plans in plans(),
    ) {
        // The numbers repeat: the last product of a number is what is there.
        let runtime = Runtime::new().unwrap();
        let last = |products: &[Product]| {
            let by_number: std::collections::BTreeMap<_, _> = products.iter().map(|p| (p.number, p.clone())).collect();
            by_number.into_values().collect::<Vec<_>>()
        };
        runtime.block_on(async {
            let engine = in_memory();
            put(&engine, &before, 1).await;
            for plan in &plans {
                check(&engine, &last(&before), plan).await;
            }
            put(&engine, &after, 2).await;
            let all: Vec<_> = before.iter().chain(&after).cloned().collect();
            for plan in &plans {
                check(&engine, &last(&all), plan).await;
            }
        });
    }
}

#[tokio::test]
async fn nothing_is_counted_unless_asked() {
    let engine = filled(&[product(1, "lamp")]).await;
    let mut plan = plan("lamp");
    plan.facets = false;
    assert_eq!(
        ask(&engine, &plan).await.facets,
        FacetCounts::default().into()
    );
    plan.facets = true;
    assert_eq!(ask(&engine, &plan).await.facets.in_stock, 1);
}

#[tokio::test]
async fn an_attribute_that_tells_nothing_is_left_out_unless_it_is_chosen() {
    let product = |n: u128| {
        product(n, "lamp").with(|p| {
            p.attributes = vec![
                ("same".to_owned(), json!("all")),
                ("own".to_owned(), json!(format!("only {n}"))),
                ("kind".to_owned(), json!(format!("kind {}", n % 3))),
            ];
        })
    };
    let engine = filled(&(1..=90).map(product).collect::<Vec<_>>()).await;
    let codes = |found: &search_core::Found| -> Vec<_> {
        found
            .facets
            .attributes
            .iter()
            .map(|a| a.code.clone())
            .collect()
    };
    let mut plan = plan("lamp");
    assert_eq!(codes(&ask(&engine, &plan).await), ["kind"]);
    plan.filters
        .attributes
        .insert("same".to_owned(), vec![Wanted::Value("all".to_owned())]);
    assert_eq!(codes(&ask(&engine, &plan).await), ["kind", "same"]);
}
