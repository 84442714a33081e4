use super::*;
use crate::art::Rgb;
use crate::import::values::is_gtin;
use crate::taxonomy::Taxonomy;
use std::collections::{HashMap, HashSet};

/// Leaves that only imported catalogues fill.
const IMPORT_ONLY: [&str; 9] = [
    "crafts",
    "dolls",
    "games",
    "other",
    "outdoor",
    "puzzles",
    "software",
    "toys",
    "warranties",
];

fn products() -> Vec<SeedProduct> {
    generate().unwrap()
}

#[test]
fn it_is_about_six_hundred_products_and_the_same_every_time() {
    let first = products();
    assert!((550..=750).contains(&first.len()), "{}", first.len());
    assert_eq!(first, products());
}

#[test]
fn names_and_codes_are_unique() {
    let products = products();
    let unique = |values: Vec<&str>| {
        let mut seen = HashSet::new();
        for value in values {
            assert!(
                !value.is_empty() && seen.insert(value.to_owned()),
                "{value}"
            );
        }
    };
    unique(
        products
            .iter()
            .map(|product| product.slug.as_str())
            .collect(),
    );
    unique(
        products
            .iter()
            .map(|product| product.title.as_str())
            .collect(),
    );
    unique(
        products
            .iter()
            .map(|product| product.external_ref.as_str())
            .collect(),
    );
    let variants = || products.iter().flat_map(|product| &product.variants);
    unique(variants().map(|variant| variant.sku.as_str()).collect());
    unique(variants().map(|variant| variant.barcode.as_str()).collect());
    assert!(variants().all(|variant| variant.barcode.len() == 13 && is_gtin(&variant.barcode)));
}

#[test]
fn every_leaf_a_shopper_expects_has_products() {
    let taxonomy = Taxonomy::shop();
    let mut filled: HashMap<String, usize> = HashMap::new();
    for product in products() {
        assert!(
            taxonomy.is_leaf(&product.category_slug),
            "{}",
            product.category_slug
        );
        *filled.entry(product.category_slug).or_default() += 1;
    }
    for leaf in taxonomy.leaves() {
        let expected = !IMPORT_ONLY.contains(&leaf.slug.as_str());
        assert_eq!(
            filled.get(&leaf.slug).is_some_and(|count| *count > 1),
            expected,
            "{}",
            leaf.slug
        );
    }
}

#[test]
fn prices_stock_and_weights_make_sense() {
    let products = products();
    let variants: Vec<_> = products
        .iter()
        .flat_map(|product| &product.variants)
        .collect();
    for variant in &variants {
        assert!(
            variant.price_minor > 0 && variant.weight_g > 0,
            "{}",
            variant.sku
        );
        assert!(
            variant
                .compare_at_minor
                .is_none_or(|former| former > variant.price_minor)
        );
        assert!(variant.on_hand >= 0 && variant.backorder_limit >= 0);
    }
    let share = |count: usize| count * 100 / variants.len();
    assert!(
        (2..=15).contains(&share(
            variants
                .iter()
                .filter(|variant| variant.on_hand == 0 && variant.backorder_limit == 0)
                .count()
        ))
    );
    assert!(
        (5..=25).contains(&share(
            variants
                .iter()
                .filter(|variant| (1..=4).contains(&variant.on_hand))
                .count()
        ))
    );
    assert!(variants.iter().any(|variant| variant.backorder_limit > 0));
    assert!(
        (5..=40).contains(&share(
            variants
                .iter()
                .filter(|variant| variant.compare_at_minor.is_some())
                .count()
        ))
    );
}

#[test]
fn texts_are_filled_and_options_are_distinct() {
    for product in products() {
        assert!(product.title.len() <= 120, "{}", product.title);
        for text in [&product.title, &product.description] {
            assert!(
                !text.contains(['{', '}']) && !text.contains("  ") && !text.contains(" none"),
                "{text}"
            );
        }
        assert!(
            product.description.len() > 30,
            "{}: {}",
            product.slug,
            product.description
        );
        assert!(!product.attributes.is_empty() && product.released_at.is_some());
        let distinct: HashSet<_> = product
            .variants
            .iter()
            .map(|variant| &variant.options)
            .collect();
        assert_eq!(distinct.len(), product.variants.len(), "{}", product.slug);
        let names: HashSet<_> = product
            .attributes
            .iter()
            .map(|attribute| &attribute.code)
            .collect();
        assert_eq!(names.len(), product.attributes.len(), "{}", product.slug);
    }
}

#[test]
fn every_colour_is_known() {
    for product in products() {
        for variant in &product.variants {
            let named = variant
                .options
                .iter()
                .find(|(name, _)| name == product::COLOUR);
            assert_eq!(named.is_some(), variant.colour().is_some(), "{named:?}");
        }
    }
    assert!(Rgb::by_name("Graphite").is_some());
}

#[test]
fn a_code_has_one_type_and_one_unit() {
    let mut meanings = HashMap::new();
    for product in products() {
        for attribute in product.attributes {
            let meaning = (attribute.kind, attribute.unit);
            let first = meanings
                .entry(attribute.code.clone())
                .or_insert_with(|| meaning.clone());
            assert_eq!(*first, meaning, "{}", attribute.code);
        }
    }
}
