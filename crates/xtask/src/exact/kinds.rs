//! Cases about kinds of products: a brand's, those of a size, and the same mistyped.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::Value;

use super::case::{Case, First};
use super::typo::mistyped;
use super::words::{one_of, words};
use crate::catalogue::{Attribute, Document};

/// A size is asked for where at least so many products of the category have it said.
const SIZED_MIN: usize = 3;
/// How shoppers write a unit.
const UNITS: [(&str, &[&str]); 6] = [
    ("in", &[" inch", "\"", "in"]),
    ("GB", &["gb", " GB"]),
    ("TB", &["tb", " TB"]),
    ("MP", &["mp", " megapixel"]),
    ("VA", &[" va"]),
    ("mAh", &["mah", " mAh"]),
];

/// Sizes by category, attribute, unit.
type Sizes<'a> = BTreeMap<(&'a str, &'a str, &'static str), BTreeMap<String, usize>>;

/// A category that is one kind of product: its slug, and what one of it is called.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    category: String,
    noun: String,
}

/// The kinds and brands of a catalogue.
#[derive(Debug)]
pub(super) struct Kinds<'a> {
    catalogue: &'a [Document],
    by_category: BTreeMap<&'a str, Kind>,
    known: HashSet<String>,
}

impl<'a> Kinds<'a> {
    pub(super) fn of(catalogue: &'a [Document]) -> Self {
        let mut kinds = BTreeMap::new();
        let mut known = HashSet::new();
        for document in catalogue {
            let category = &document.category;
            if let Some(noun) = one_of(&category.name) {
                let category_slug = category.slug.clone();
                let kind = Kind {
                    category: category_slug,
                    noun,
                };
                kinds.insert(category.slug.as_str(), kind);
            }
            let brand = document.brand.as_ref().map_or("", |brand| &brand.name);
            let values = document
                .attributes
                .iter()
                .filter_map(|one| one.value.as_str());
            let texts = [
                &document.title,
                &document.description,
                &category.name,
                brand,
            ];
            known.extend(texts.into_iter().chain(values).flat_map(words));
        }
        Self {
            catalogue,
            by_category: kinds,
            known,
        }
    }

    /// A brand with a kind that it makes: `lumbrel monitor`.
    pub(super) fn brand_and_kind(&self) -> Vec<Case> {
        let pairs = self.brands();
        let queries = pairs.into_iter().map(|(brand, kind)| {
            let first = First::Kind {
                category: kind.category.clone(),
                brand: Some(brand.0.to_owned()),
            };
            let query = format!("{} {}", brand.1.to_lowercase(), kind.noun);
            ("brand_kind", query, first)
        });
        queries.map(case).collect()
    }

    /// Kinds, and brands with kinds, with one slip.
    pub(super) fn typos(&self) -> Vec<Case> {
        let kinds = self.by_category.values().filter_map(|kind| {
            let query = mistyped(&kind.noun, "kind", &self.known)?;
            let first = First::Kind {
                category: kind.category.clone(),
                brand: None,
            };
            Some(("typo_kind", query, first))
        });
        let brands = self.brands().into_iter().filter_map(|(brand, kind)| {
            let right = format!("{} {}", brand.1.to_lowercase(), kind.noun);
            let query = mistyped(&right, "brand", &self.known)?;
            let first = First::Kind {
                category: kind.category.clone(),
                brand: Some(brand.0.to_owned()),
            };
            Some(("typo_brand_kind", query, first))
        });
        kinds.chain(brands).map(case).collect()
    }

    /// A size with the kind that has it: `27 inch monitor`, `monitor 27in`.
    pub(super) fn sizes(&self) -> Vec<Case> {
        let mut cases = Vec::new();
        let sizes = self.measured();
        for ((category, code, unit), values) in &sizes {
            let rivals = sizes
                .keys()
                .filter(|(of, _, other)| of == category && other == unit);
            let (Some(kind), 1) = (self.by_category.get(category), rivals.count()) else {
                continue; // which of two is meant cannot be said
            };
            if values.values().sum::<usize>() < SIZED_MIN {
                continue;
            }
            let written = UNITS.iter().find(|(name, _)| name == unit);
            for (place, value) in values.keys().enumerate() {
                let spellings = written.map_or(&[][..], |(_, spellings)| spellings);
                let Some(spelling) = spellings.get(place % spellings.len().max(1)) else {
                    continue;
                };
                let query = if place % 3 == 2 {
                    format!("{} {value}{spelling}", kind.noun)
                } else {
                    format!("{value}{spelling} {}", kind.noun)
                };
                let first = First::Value {
                    category: kind.category.clone(),
                    code: (*code).to_owned(),
                    value: value.clone(),
                };
                cases.push(case(("size", query, first)));
            }
        }
        cases
    }

    /// Brands (slug and name) with the kinds that they make.
    fn brands(&self) -> BTreeSet<((&'a str, &'a str), &Kind)> {
        let pairs = self.catalogue.iter().filter_map(|document| {
            let brand = document.brand.as_ref()?;
            let kind = self.by_category.get(document.category.slug.as_str())?;
            Some(((brand.slug.as_str(), brand.name.as_str()), kind))
        });
        pairs.collect()
    }

    fn measured(&self) -> Sizes<'a> {
        let mut sizes: Sizes<'a> = BTreeMap::new();
        for document in self.catalogue {
            for attribute in &document.attributes {
                if let (Some(unit), Value::Number(number)) = (unit(attribute), &attribute.value) {
                    let key = (
                        document.category.slug.as_str(),
                        attribute.code.as_str(),
                        unit,
                    );
                    let text = number.to_string();
                    let text = text.strip_suffix(".0").unwrap_or(&text).to_owned();
                    *sizes.entry(key).or_default().entry(text).or_default() += 1;
                }
            }
        }
        sizes
    }
}

/// The unit of an attribute, if shoppers search by it. A diagonal is in inches unless something else is said.
fn unit(attribute: &Attribute) -> Option<&'static str> {
    let said = attribute.unit.as_deref().filter(|unit| !unit.is_empty());
    let unit = match said {
        None if attribute.code == "display_diagonal" => "in",
        None => return None,
        Some("\"" | "inch" | "inches") => "in",
        Some(unit) => unit,
    };
    UNITS
        .iter()
        .map(|(name, _)| *name)
        .find(|name| *name == unit)
}

fn case((kind, query, first): (&str, String, First)) -> Case {
    Case {
        kind: kind.to_owned(),
        query,
        first,
    }
}
