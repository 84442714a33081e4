//! What a search answers.

use contract_catalog::{Brand, CategoryRef, Media, ProductSummary};
use kernel::{Money, ProductId};
use search_core::Text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One value of a facet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FacetValue {
    /// Stable name in addresses.
    #[schema(value_type = String)]
    pub slug: Text,
    /// Name as shown.
    #[schema(value_type = String)]
    pub name: Text,
    /// Results that have it, all other filters applied.
    pub count: u64,
    /// Whether it is one of the filters.
    pub selected: bool,
}

/// One range of prices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PriceRange {
    /// Lowest, included; null: none.
    #[schema(required)]
    pub min: Option<Money>,
    /// Highest, excluded; null: none.
    #[schema(required)]
    pub max: Option<Money>,
    /// Results in it, all other filters applied.
    pub count: u64,
}

/// Prices of the results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PriceFacet {
    /// Lowest.
    pub min: Money,
    /// Highest.
    pub max: Money,
    /// Ranges that hold something, the cheapest first.
    pub ranges: Vec<PriceRange>,
}

/// How the values of an attribute are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FacetKind {
    /// Any of its values.
    Choice,
    /// Any of its values, which are numbers, or a range of them.
    Number,
}

/// One value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AttributeValue {
    /// The value, without the unit: what `attr=code:value` takes.
    #[schema(value_type = String)]
    pub value: Text,
    /// The value as shown, with the unit.
    #[schema(value_type = String)]
    pub name: Text,
    /// Results that have it, all other filters applied.
    pub count: u64,
    /// Whether it is one of the filters.
    pub selected: bool,
}

/// An attribute by which the results can be narrowed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AttributeFacet {
    /// Its code: what `attr=code:value` takes.
    #[schema(value_type = String)]
    pub code: Text,
    /// Its name as shown.
    #[schema(value_type = String)]
    pub name: Text,
    /// The unit of its numbers.
    #[schema(required, value_type = Option<String>)]
    pub unit: Option<Text>,
    /// How its values are chosen.
    pub kind: FacetKind,
    /// Values: numbers by size, others the most frequent first.
    pub values: Vec<AttributeValue>,
}

/// Values by which the results can be narrowed.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Facets {
    /// `category`, `brand`, `price`, `in_stock` and codes of attributes, the most useful for this result first.
    #[schema(value_type = Vec<String>)]
    pub order: Vec<Text>,
    /// Categories, the most frequent first.
    pub categories: Vec<FacetValue>,
    /// Brands, the most frequent first.
    pub brands: Vec<FacetValue>,
    /// Prices; null without results.
    #[schema(required)]
    pub price: Option<PriceFacet>,
    /// Results that can be had now, all other filters applied.
    pub in_stock: u64,
    /// Attributes.
    pub attributes: Vec<AttributeFacet>,
}

/// What was done so that something was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Note {
    /// These words need not match, because nothing holds all.
    DroppedWords {
        /// The words as typed.
        words: Vec<String>,
    },
    /// Any of the words was enough.
    AnyWord,
    /// Nothing holds the words; these products are near in meaning.
    SimilarInMeaning,
    /// Nothing passes these filters together with the words; they were left out.
    DroppedFilters {
        /// `price`: read from the words.
        filters: Vec<String>,
    },
}

/// How the words were understood.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct Understood {
    /// Kinds of products that they name, the surest first.
    pub kinds: Vec<CategoryRef>,
    /// The brand that they name.
    #[schema(required)]
    pub brand: Option<Brand>,
    /// The lowest price that they name.
    #[schema(required)]
    pub price_min: Option<Money>,
    /// The highest price that they name.
    #[schema(required)]
    pub price_max: Option<Money>,
}

/// What was searched for.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SearchedQuery {
    /// What was typed.
    pub text: String,
    /// What was searched for instead, because nothing matches what was typed.
    #[schema(required)]
    pub corrected: Option<String>,
    /// What may have been meant, where what was typed is found, too.
    #[schema(required)]
    pub did_you_mean: Option<String>,
    /// What was done so that something was found.
    pub notes: Vec<Note>,
    /// How the words were understood.
    pub understood: Understood,
}

/// A stretch of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Stretch {
    /// Where it begins, in UTF-16 code units.
    pub start: usize,
    /// How long it is, in UTF-16 code units.
    pub length: usize,
}

/// A result.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SearchHit {
    /// The product.
    #[serde(flatten)]
    pub product: ProductSummary,
    /// Where its title holds words of the query.
    pub matches: Vec<Stretch>,
    /// Whether staff put it here for this query.
    pub pinned: bool,
}

/// How results were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// By words.
    Lexical,
    /// By words and by meaning.
    Hybrid,
}

/// A page of results.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SearchResults {
    /// The results in order.
    pub items: Vec<SearchHit>,
    /// Results over all pages.
    pub total: u64,
    /// Where the next page begins; null on the last page.
    #[schema(required)]
    pub next_cursor: Option<String>,
    /// Values by which the results can be narrowed.
    pub facets: Facets,
    /// What was searched for.
    pub query: SearchedQuery,
    /// A path in the shop to which staff lead this query.
    #[schema(required)]
    pub redirect: Option<String>,
    /// How the results were found.
    pub mode: Mode,
    /// The search engine is away; another one answered, which may know a little less.
    pub degraded: bool,
}

/// A few products, best first.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct ProductList {
    /// The products.
    pub items: Vec<ProductSummary>,
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
