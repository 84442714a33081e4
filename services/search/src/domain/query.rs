//! What a search asks for.

use contract_catalog::Availability;
use kernel::PageSize;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::facts::{Facts, Shared};
use super::names::NameId;

/// The order of results.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Best match first; without words the newest first.
    #[default]
    Relevance,
    /// Cheapest first.
    PriceAsc,
    /// Dearest first.
    PriceDesc,
    /// Newest first.
    Newest,
}

/// What a result must have.
#[derive(Debug, Clone, Default)]
pub struct Filters {
    /// Slug of a category; its subcategories count too.
    pub category: Option<String>,
    /// Slugs of brands, any of them.
    pub brands: Vec<String>,
    /// Lowest price in minor units.
    pub price_min: Option<i64>,
    /// Highest price in minor units.
    pub price_max: Option<i64>,
    /// Can be had now.
    pub in_stock: bool,
}

/// A search.
#[derive(Debug, Clone)]
pub struct SearchRequest {
    /// What was typed.
    pub text: String,
    /// What a result must have.
    pub filters: Filters,
    /// The order of results.
    pub sort: Sort,
    /// Results per page.
    pub size: PageSize,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

/// Filters with their slugs looked up.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    filters: &'a Filters,
    category: Option<NameId>,
    brands: Vec<NameId>,
}

/// Which of the filters a product passes. A facet counts what passes all filters but its own.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "one answer per filter")]
pub struct Passes {
    category: bool,
    brand: bool,
    price: bool,
    stock: bool,
}

impl Filters {
    /// Looks the slugs up.
    pub fn among(&self, shared: &Shared) -> Asked<'_> {
        Asked {
            filters: self,
            category: self
                .category
                .as_deref()
                .and_then(|slug| shared.categories.find(slug)),
            brands: self
                .brands
                .iter()
                .filter_map(|slug| shared.brands.find(slug))
                .collect(),
        }
    }
}

impl Asked<'_> {
    /// Asks every filter.
    pub fn ask(&self, facts: &Facts) -> Passes {
        let Filters {
            category,
            brands,
            price_min,
            price_max,
            in_stock,
        } = self.filters;
        let within = |id: NameId| facts.category == id || facts.parents.contains(&id);
        let price = facts.price.minor();
        Passes {
            // A slug that nobody knows lets nothing pass.
            category: category.is_none() || self.category.is_some_and(within),
            brand: brands.is_empty() || facts.brand.is_some_and(|id| self.brands.contains(&id)),
            price: price_min.is_none_or(|min| price >= min)
                && price_max.is_none_or(|max| price <= max),
            stock: !in_stock
                || matches!(
                    facts.availability,
                    Availability::InStock | Availability::Low
                ),
        }
    }
}

impl Passes {
    /// It is a result.
    pub fn all(self) -> bool {
        self.category && self.brand && self.price && self.stock
    }

    /// It counts in the facet of categories.
    pub fn all_but_category(self) -> bool {
        self.brand && self.price && self.stock
    }

    /// It counts in the facet of brands.
    pub fn all_but_brand(self) -> bool {
        self.category && self.price && self.stock
    }

    /// It counts in the range of prices.
    pub fn all_but_price(self) -> bool {
        self.category && self.brand && self.stock
    }
}
