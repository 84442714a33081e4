//! What browsers tell of what shoppers do.

use garde::Validate;
use kernel::ProductId;
use serde::Deserialize;
use utoipa::ToSchema;

/// Events of one request.
pub const EVENTS_MAX: usize = 50;
/// Characters of a query; longer ones are not searched either.
const QUERY_CHARS_MAX: usize = 256;

/// What a shopper did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// Looked at a product's page.
    View,
    /// Opened a product from a list of results.
    Click,
    /// Put a product into the cart.
    Cart,
}

impl EventKind {
    /// The name, in metrics and limits.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Click => "click",
            Self::Cart => "cart",
        }
    }
}

/// Something that a shopper did. It says nothing of who did it.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct SearchEvent {
    /// What.
    pub kind: EventKind,
    /// With which product. Unknown ones are not counted.
    pub product_id: ProductId,
    /// The search that it came from: a text that the page makes up for each search. A search has one click and one cart at most.
    #[serde(default)]
    #[garde(inner(length(bytes, min = 1, max = 64), ascii))]
    #[schema(min_length = 1, max_length = 64)]
    pub search_id: Option<String>,
    /// What was typed for that search.
    #[serde(default)]
    #[garde(inner(length(chars, max = QUERY_CHARS_MAX)))]
    #[schema(max_length = 256)]
    pub query: Option<String>,
    /// The product's place in the list of results, from 1.
    #[serde(default)]
    #[garde(inner(range(min = 1, max = 10_000)))]
    #[schema(minimum = 1, maximum = 10_000)]
    pub position: Option<u32>,
}

/// What a shopper did since the last time.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchEvents {
    /// At most 50.
    #[garde(length(min = 1, max = EVENTS_MAX), dive)]
    #[schema(min_items = 1, max_items = 50)]
    pub events: Vec<SearchEvent>,
}
