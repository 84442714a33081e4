//! What an engine answers.

use std::sync::Arc;

use kernel::ProductId;

use crate::facets::FacetCounts;
use crate::plan::SortKey;
use crate::text::Text;
use crate::wording::Wording;

/// What an engine found.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Candidates. [`crate::plan::Order::Ranked`]: every product of the window by words, of the nearest and of the
    /// included ones, each once, in no order. [`crate::plan::Order::Sorted`]: in that order.
    pub candidates: Vec<Candidate>,
    /// Products that match: by words, by nearness or because they were included; all filters applied. Exact.
    pub total: u64,
    /// Counts for narrowing, over all of them; empty when not asked.
    pub facets: Arc<FacetCounts>,
}

/// A product that may be shown.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The product.
    pub id: ProductId,
    /// BM25 over the concepts as [`crate::weights`] says; `None` when its words do not match.
    pub lexical: Option<f32>,
    /// Cosine with the query's vector; `None` without a query vector or before its own is computed.
    pub cosine: Option<f32>,
    /// Among the nearest, or included: a candidate whatever its place by words.
    pub near: bool,
    /// Its place in a sorted order.
    pub key: Option<SortKey>,
    /// What ranking looks at.
    pub features: Features,
}

/// What ranking knows of a candidate. Cloning it copies no text.
#[derive(Debug, Clone, Default)]
pub struct Features {
    /// Where it stands among the categories.
    pub position: Arc<Position>,
    /// Slug of its brand.
    pub brand: Option<Text>,
    /// Stems of its title, and its codes.
    pub wording: Wording,
    /// Its price in minor units.
    pub price_minor: i64,
    /// Whether it can be had now.
    pub in_stock: bool,
    /// When it came into the catalogue, in microseconds since 1970.
    pub created_us: i64,
    /// How much shoppers want it, 0 to 1.
    pub popularity: f32,
}

/// A category, with those above it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Position {
    /// Slug of the category.
    pub category: Text,
    /// Slugs of the categories above, from the root down.
    pub parents: Box<[Text]>,
}
