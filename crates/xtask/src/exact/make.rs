//! The rules by which cases are made from a catalogue.

use std::collections::HashMap;

use anyhow::{Result, ensure};

use super::case::{Case, First};
use super::codes::{Codes, is_barcode};
use super::kinds::Kinds;
use super::words::{compact, shuffled, spaced};
use crate::catalogue::{self, Document};
use crate::race::Shop;

/// The most cases of one kind unless told.
pub(super) const PER_KIND: usize = 28;
/// Another seed chooses other products.
const SEED: &str = "exact-1";
/// Longer queries are refused.
const QUERY_CHARS_MAX: usize = 256;

/// The cases of a shop's catalogue, kind by kind.
pub(super) async fn cases(shop: &Shop, per_kind: usize) -> Result<Vec<Case>> {
    let catalogue = catalogue::documents(shop).await?;
    let mut all = by_code(&catalogue)?;
    let kinds = Kinds::of(&catalogue);
    all.extend(kinds.sizes());
    all.extend(kinds.brand_and_kind());
    all.extend(kinds.typos());
    ensure!(!all.is_empty(), "nothing can be asked of this catalogue");
    all.retain(|case| {
        case.query.chars().count() <= QUERY_CHARS_MAX && !case.query.contains(['\t', '\n'])
    });
    let mut chosen = Vec::new();
    let mut kinds: Vec<String> = Vec::new();
    for case in &all {
        if !kinds.contains(&case.kind) {
            kinds.push(case.kind.clone());
        }
    }
    for kind in kinds {
        let of_kind: Vec<Case> = all
            .iter()
            .filter(|case| case.kind == kind)
            .cloned()
            .collect();
        let mut some = shuffled(of_kind, SEED, |case| {
            format!("{kind} {} {}", case.query, case.first)
        });
        some.truncate(per_kind);
        some.sort_by(|one, other| one.query.cmp(&other.query));
        chosen.extend(some);
    }
    Ok(chosen)
}

/// Codes, model numbers and titles that only one product has.
fn by_code(catalogue: &[Document]) -> Result<Vec<Case>> {
    let codes = Codes::of(catalogue)?;
    let mut titles: HashMap<String, usize> = HashMap::new();
    for document in catalogue {
        *titles.entry(compact(&document.title)).or_default() += 1;
    }
    let mut all = Vec::new();
    for (place, document) in catalogue.iter().enumerate() {
        let mut add = |kind: &str, query: String| {
            all.push(Case {
                kind: kind.to_owned(),
                query,
                first: First::Product(document.slug.clone()),
            });
        };
        let own = document
            .skus
            .iter()
            .filter(|code| codes.is_only(code, place));
        let (barcodes, skus): (Vec<&String>, Vec<&String>) = own.partition(|code| is_barcode(code));
        if let Some(sku) = skus.first() {
            add("sku", (*sku).clone());
            add("sku_plain", compact(sku));
        }
        if let Some(barcode) = barcodes.first() {
            add("ean", (*barcode).clone());
        }
        for model in codes.models(document, place) {
            add("model", model.to_owned());
            add("model_lower", model.to_ascii_lowercase());
            if compact(model) != model.to_ascii_lowercase() {
                add("model_plain", compact(model));
            }
            if let Some(spaced) = spaced(model) {
                add("model_spaced", spaced);
            }
            if let Some(brand) = &document.brand {
                add(
                    "brand_model",
                    format!("{} {}", brand.name, model).to_lowercase(),
                );
            }
        }
        if titles.get(&compact(&document.title)) == Some(&1) {
            add("title", document.title.clone());
        }
    }
    Ok(all)
}
