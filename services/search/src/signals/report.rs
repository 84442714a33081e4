//! What staff see of what shoppers search for.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which texts are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QueryKind {
    /// Those searched most.
    #[default]
    Top,
    /// Those that found nothing most often.
    Zero,
    /// Those that were corrected most often, as they found nothing as typed.
    Corrected,
}

impl QueryKind {
    /// The name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Top => "top",
            Self::Zero => "zero",
            Self::Corrected => "corrected",
        }
    }
}

/// A text that shoppers searched for.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct QueryReport {
    /// The text, in small letters and without accents.
    pub query: String,
    /// How often it was searched.
    pub searches: i64,
    /// How often nothing was found.
    pub zero_results: i64,
    /// How often something else was searched instead, as nothing was found.
    pub corrected: i64,
    /// From how many searches a product was opened.
    pub clicks: i64,
    /// Clicks per search, 0 to 1 in general.
    pub click_rate: f64,
    /// The mean place in the list of the products that were opened, from 1; null where no place is known.
    #[schema(required)]
    pub mean_place: Option<f64>,
    /// From how many searches a product was put into the cart.
    pub carts: i64,
    /// When it was last searched.
    pub last_at: Timestamp,
    /// What the list is ordered by.
    #[serde(skip)]
    pub number: i64,
}
