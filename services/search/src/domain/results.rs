//! What a search answers.

use contract_catalog::{CategoryRef, Media, ProductSummary};
use kernel::{Money, ProductId};
use serde::Serialize;
use utoipa::ToSchema;

/// One value of a facet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FacetValue {
    /// Stable name in addresses.
    pub slug: String,
    /// Name as shown.
    pub name: String,
    /// Results that have it, all other filters applied.
    pub count: u64,
}

/// Lowest and highest price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct PriceRange {
    /// Lowest.
    pub min: Money,
    /// Highest.
    pub max: Money,
}

/// Values by which the results can be narrowed.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Facets {
    /// Categories, the most frequent first.
    pub categories: Vec<FacetValue>,
    /// Brands, the most frequent first.
    pub brands: Vec<FacetValue>,
    /// Prices.
    pub price: Option<PriceRange>,
}

/// What was searched for.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SearchedQuery {
    /// What was typed.
    pub text: String,
    /// What was searched for instead, because nothing matches what was typed.
    pub corrected: Option<String>,
}

/// A page of results.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SearchResults {
    /// The results in order.
    pub items: Vec<ProductSummary>,
    /// Results over all pages.
    pub total: u64,
    /// Where the next page begins; null on the last page.
    #[schema(required)]
    pub next_cursor: Option<String>,
    /// Values by which the results can be narrowed.
    pub facets: Facets,
    /// What was searched for.
    pub query: SearchedQuery,
}

/// A product among suggestions.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SuggestedProduct {
    /// The product.
    pub id: ProductId,
    /// Stable name in addresses.
    pub slug: String,
    /// Name as shown.
    pub title: String,
    /// Its picture.
    pub image: Media,
    /// Its price.
    pub price: Money,
}

/// What somebody who typed this far may want.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Suggestions {
    /// Queries that go on from here.
    pub queries: Vec<String>,
    /// Categories by that name.
    pub categories: Vec<CategoryRef>,
    /// A few products.
    pub products: Vec<SuggestedProduct>,
}
