//! Counting facets.

use std::collections::HashMap;

use kernel::Money;

use crate::domain::document::Facts;
use crate::domain::query::Passes;
use crate::domain::results::{FacetValue, Facets, PriceRange};

/// Values of a facet at most.
const VALUES_MAX: usize = 50;

/// Facets being counted.
#[derive(Default)]
pub(super) struct Tally<'a> {
    categories: HashMap<&'a str, (&'a str, u64)>,
    brands: HashMap<&'a str, (&'a str, u64)>,
    price: Option<(Money, Money)>,
}

impl<'a> Tally<'a> {
    /// Counts a product where it passes all filters but the facet's own.
    pub(super) fn count(&mut self, facts: &'a Facts, passes: Passes) {
        let summary = &facts.summary;
        if passes.all_but_category() {
            add(&mut self.categories, &summary.category.slug, &summary.category.name);
        }
        if let Some(brand) = summary.brand.as_ref().filter(|_| passes.all_but_brand()) {
            add(&mut self.brands, &brand.slug, &brand.name);
        }
        if passes.all_but_price() {
            let price = summary.price;
            let (min, max) = self.price.get_or_insert((price, price));
            if price.minor() < min.minor() {
                *min = price;
            }
            if price.minor() > max.minor() {
                *max = price;
            }
        }
    }

    pub(super) fn facets(self) -> Facets {
        Facets {
            categories: ranked(self.categories),
            brands: ranked(self.brands),
            price: self.price.map(|(min, max)| PriceRange { min, max }),
        }
    }
}

fn add<'a>(counts: &mut HashMap<&'a str, (&'a str, u64)>, slug: &'a str, name: &'a str) {
    let entry = counts.entry(slug).or_insert((name, 0));
    entry.1 = entry.1.saturating_add(1);
}

fn ranked(counts: HashMap<&str, (&str, u64)>) -> Vec<FacetValue> {
    let mut values: Vec<_> = counts
        .into_iter()
        .map(|(slug, (name, count))| FacetValue { slug: slug.to_owned(), name: name.to_owned(), count })
        .collect();
    values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
    values.truncate(VALUES_MAX);
    values
}
