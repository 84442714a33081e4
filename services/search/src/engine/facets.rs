//! Counting facets.

use kernel::Money;

use crate::domain::facts::{Facts, Shared};
use crate::domain::names::{NameId, Names};
use crate::domain::query::Passes;
use crate::domain::results::{FacetValue, Facets, PriceRange};

/// Values of a facet at most.
const VALUES_MAX: usize = 50;

/// Facets being counted.
pub(super) struct Tally<'a> {
    categories: Counts<'a>,
    brands: Counts<'a>,
    price: Option<(Money, Money)>,
}

/// Counts by the places of names.
struct Counts<'a> {
    names: &'a Names,
    counts: Vec<u64>,
}

impl<'a> Tally<'a> {
    pub(super) fn new(shared: &'a Shared) -> Self {
        Self {
            categories: Counts::new(&shared.categories),
            brands: Counts::new(&shared.brands),
            price: None,
        }
    }

    /// Counts a product where it passes all filters but the facet's own.
    pub(super) fn count(&mut self, facts: &Facts, passes: Passes) {
        if passes.all_but_category() {
            self.categories.add(facts.category);
        }
        if let Some(brand) = facts.brand.filter(|_| passes.all_but_brand()) {
            self.brands.add(brand);
        }
        if passes.all_but_price() {
            let (min, max) = self.price.get_or_insert((facts.price, facts.price));
            if facts.price.minor() < min.minor() {
                *min = facts.price;
            }
            if facts.price.minor() > max.minor() {
                *max = facts.price;
            }
        }
    }

    pub(super) fn facets(self) -> Facets {
        Facets {
            categories: self.categories.ranked(),
            brands: self.brands.ranked(),
            price: self.price.map(|(min, max)| PriceRange { min, max }),
        }
    }
}

impl<'a> Counts<'a> {
    fn new(names: &'a Names) -> Self {
        Self {
            names,
            counts: vec![0; names.all().len()],
        }
    }

    fn add(&mut self, id: NameId) {
        if let Some(count) = self.counts.get_mut(id.index()) {
            *count = count.saturating_add(1);
        }
    }

    /// The most frequent first.
    fn ranked(self) -> Vec<FacetValue> {
        let mut counted: Vec<_> = self
            .names
            .all()
            .iter()
            .zip(self.counts)
            .filter(|(_, count)| *count > 0)
            .collect();
        counted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.name.cmp(&b.0.name)));
        counted.truncate(VALUES_MAX);
        let values = counted.into_iter();
        values
            .map(|(n, count)| FacetValue {
                slug: n.slug.clone(),
                name: n.name.clone(),
                count,
            })
            .collect()
    }
}
