//! What an engine is asked.

use std::collections::BTreeMap;

use contract_catalog::Availability;
use kernel::ProductId;
use search_lexis::Concept;
use search_vectors::Embedding;
use serde::{Deserialize, Serialize};

/// A search, understood. The same plan goes to every engine.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What results should hold. Empty: every product matches (with score 0).
    pub concepts: Vec<Concept>,
    /// How many of the concepts that are not optional a result must hold.
    pub required: usize,
    /// What every result must have.
    pub filters: Filters,
    /// The vector of the query: its nearest products are results too. `None`: words only.
    pub vector: Option<Nearest>,
    /// Products that are results whatever they hold, if they pass the filters: pinned ones.
    pub include: Vec<ProductId>,
    /// The order, and which part of it is wanted.
    pub order: Order,
    /// Whether facets are counted.
    pub facets: bool,
}

/// The products nearest in meaning.
#[derive(Debug, Clone)]
pub struct Nearest {
    /// The vector they are near to.
    pub vector: Embedding,
    /// How many, at most.
    pub count: usize,
    /// Least cosine.
    pub similarity_min: f32,
}

/// The order in which candidates are wanted.
#[derive(Debug, Clone, Copy)]
pub enum Order {
    /// The `window` best by words, and the nearest: ranking puts them in order. Equal scores by product id.
    Ranked {
        /// Candidates by words at most, 1 to 10,000.
        window: usize,
    },
    /// A page by a value, ties by product id; the vector is not asked.
    Sorted {
        /// By what; not [`Sort::Relevance`].
        sort: Sort,
        /// Only what comes after this place.
        after: Option<SortKey>,
        /// Candidates at most.
        size: usize,
    },
}

/// The order of results.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
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
    /// What shoppers want most first, then the newest.
    Popular,
}

/// A place in a sorted order; less is further ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SortKey {
    /// What is sorted by, so that less is further ahead: price in minor units (negated for the dearest first), negated
    /// microseconds since 1970, negated popularity in millionths.
    pub number: i64,
    /// The product.
    pub id: ProductId,
}

/// What a result must have. Within a facet any value is enough; every facet must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Filters {
    /// Slugs of categories, any of them; their subcategories count too.
    pub categories: Vec<String>,
    /// Slugs of brands, any of them.
    pub brands: Vec<String>,
    /// Lowest price in minor units.
    pub price_min: Option<i64>,
    /// Highest price in minor units.
    pub price_max: Option<i64>,
    /// Can be had now ([`Availability::InStock`] or [`Availability::Low`]).
    pub in_stock: bool,
    /// By the attribute's code: any of these.
    pub attributes: BTreeMap<String, Vec<Wanted>>,
}

/// A wanted value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Wanted {
    /// Exactly this, as [`crate::facets::shown`] writes it.
    Value(String),
    /// A number from `min` to `max`, both included, in thousandths.
    Range {
        /// Lowest.
        min: Option<i64>,
        /// Highest.
        max: Option<i64>,
    },
}

impl Plan {
    /// Candidates that ranking puts in order; further ones follow by words alone.
    pub const HEAD: usize = 500;
    /// How deep a list by relevance goes.
    pub const WINDOW_MAX: usize = 10_000;
}

impl Filters {
    /// Whether something can be had now.
    pub fn can_be_had(availability: Availability) -> bool {
        matches!(availability, Availability::InStock | Availability::Low)
    }

    /// Whether nothing is filtered.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
