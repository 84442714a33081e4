//! Places that hold stock, and how units are chosen among them.

use garde::Validate;
use jiff::Timestamp;
use kernel::LocationId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::violation::{Violation, check_text};

/// The last turn that a place can have.
pub const PRIORITY_MAX: i32 = 1000;

/// A place that holds stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StockLocation {
    /// The place.
    pub id: LocationId,
    /// Short name that stays.
    #[schema(example = "main")]
    pub code: String,
    /// Name as shown.
    pub name: String,
    /// Its turn when stock is chosen: the lowest comes first.
    pub priority: i32,
    /// Variants that have a level there.
    pub variant_count: i64,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A new place.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct NewStockLocation {
    /// Short name that stays: small letters, digits and hyphens.
    #[garde(length(min = 1, max = 50))]
    #[schema(
        min_length = 1,
        max_length = 50,
        pattern = "^[a-z0-9]+(-[a-z0-9]+)*$",
        example = "berlin-2"
    )]
    pub code: String,
    /// Name as shown.
    #[garde(length(chars, min = 1, max = 120))]
    #[schema(min_length = 1, max_length = 120)]
    pub name: String,
    /// Its turn when stock is chosen: the lowest comes first.
    #[serde(default)]
    #[garde(range(min = 0, max = PRIORITY_MAX))]
    #[schema(minimum = 0, maximum = 1000)]
    pub priority: i32,
}

/// Changes to a place; what is not given stays.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[garde(allow_unvalidated)]
pub struct StockLocationPatch {
    /// Name as shown.
    #[garde(inner(length(chars, min = 1, max = 120)))]
    #[schema(min_length = 1, max_length = 120)]
    pub name: Option<String>,
    /// Its turn when stock is chosen.
    #[garde(inner(range(min = 0, max = PRIORITY_MAX)))]
    #[schema(minimum = 0, maximum = 1000)]
    pub priority: Option<i32>,
}

/// How units are chosen where several places have enough. What is on hand always comes before what is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = StockStrategy)]
pub enum Strategy {
    /// The places' own order.
    Priority,
    /// Where most is free.
    MostStock,
}

impl Strategy {
    /// The value as stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Priority => "priority",
            Self::MostStock => "most_stock",
        }
    }

    /// The value as stored; anything else counts as the places' own order.
    pub fn from_stored(text: &str) -> Self {
        if text == "most_stock" {
            Self::MostStock
        } else {
            Self::Priority
        }
    }
}

/// How stock is chosen, for the whole shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct StockSettings {
    /// How units are chosen where several places have enough.
    pub strategy: Strategy,
}

/// Whether a text can be the code of a place.
pub fn is_code(text: &str) -> bool {
    text.len() <= 50
        && text.split('-').all(|part| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}

impl NewStockLocation {
    /// Every rule that is broken.
    pub fn violations(&self) -> Vec<Violation> {
        let code = (!is_code(&self.code)).then(|| {
            Violation::new(
                "/code",
                "invalid",
                "is small letters, digits and single hyphens",
            )
        });
        code.into_iter()
            .chain(check_text("/name", &self.name))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_plain() {
        for good in ["main", "berlin-2", "a"] {
            assert!(is_code(good), "{good}");
        }
        for bad in ["", "-", "a-", "A", "a b", "ä", "a--b", "a\0"] {
            assert!(!is_code(bad), "{bad}");
        }
    }
}
