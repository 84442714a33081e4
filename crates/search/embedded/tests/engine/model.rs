//! What an answer must be, by looking at every product.

use std::collections::BTreeMap;

use search_core::Filters;
use search_core::facets::PRICE_ENDS;
use search_core::plan::{Plan, Wanted};
use search_lexis::Pattern;
use serde_json::Value;

use crate::support::Product;

/// Counts of a facet's values.
pub(crate) type Counts = BTreeMap<String, u64>;

/// The filter that a facet leaves out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Own<'a> {
    Nothing,
    Category,
    Brand,
    Price,
    Stock,
    Attribute(&'a str),
}

/// Products that match by words and pass all filters but one.
pub(crate) fn results<'a>(
    products: &'a [Product],
    plan: &'a Plan,
    own: Own<'a>,
) -> impl Iterator<Item = &'a Product> {
    products
        .iter()
        .filter(|p| matches(p, plan))
        .filter(move |p| passes(p, &plan.filters, own))
}

fn matches(product: &Product, plan: &Plan) -> bool {
    plan.concepts.iter().all(|concept| {
        concept
            .alternatives
            .iter()
            .any(|wording| match &wording.pattern {
                Pattern::Term(word) => product.title.split(' ').any(|w| w == word),
                other => panic!("{other:?}"),
            })
    })
}

fn passes(product: &Product, filters: &Filters, own: Own<'_>) -> bool {
    let any = |wanted: &[String], has: &[String]| {
        wanted.is_empty() || wanted.iter().any(|w| has.contains(w))
    };
    let brand: Vec<_> = product.brand.iter().cloned().collect();
    (own == Own::Category || any(&filters.categories, &product.category))
        && (own == Own::Brand || any(&filters.brands, &brand))
        && (own == Own::Price
            || (filters.price_min.is_none_or(|min| product.price >= min)
                && filters.price_max.is_none_or(|max| product.price <= max)))
        && (own == Own::Stock || !filters.in_stock || available(product))
        && filters.attributes.iter().all(|(code, wanted)| {
            own == Own::Attribute(code) || wanted.is_empty() || {
                let value = product
                    .attributes
                    .iter()
                    .find(|(c, _)| c == code)
                    .map(|(_, value)| value);
                value.is_some_and(|value| wanted.iter().any(|wanted| is(value, wanted)))
            }
        })
}

fn is(value: &Value, wanted: &Wanted) -> bool {
    match wanted {
        Wanted::Value(text) => shown(value) == *text,
        Wanted::Range { min, max } => value.as_i64().is_some_and(|number| {
            min.is_none_or(|min| number * 1_000 >= min)
                && max.is_none_or(|max| number * 1_000 <= max)
        }),
    }
}

pub(crate) fn available(product: &Product) -> bool {
    ["in_stock", "low"].contains(&product.availability)
}

pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::Bool(true) => "Yes".to_owned(),
        Value::Bool(false) => "No".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

pub(crate) fn count(values: impl Iterator<Item = String>) -> Counts {
    let mut counts = Counts::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    counts
}

pub(crate) fn prices(products: &[&Product]) -> (Option<(i64, i64)>, Vec<u64>) {
    let mut counts = vec![0; PRICE_ENDS.len() + 1];
    for product in products {
        let range = PRICE_ENDS.iter().position(|end| product.price < end * 100);
        counts[range.unwrap_or(PRICE_ENDS.len())] += 1;
    }
    let all = || products.iter().map(|p| p.price);
    (all().min().zip(all().max()), counts)
}
