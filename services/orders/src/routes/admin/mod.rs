//! Orders as staff see and change them.

use garde::Validate;
use kernel::OrderLineId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::record::Units;

pub(super) mod claims;
pub(super) mod documents;
pub(super) mod lists;
pub(super) mod notes;
pub(super) mod orders;
pub(super) mod refunds;
pub(super) mod returns;
pub(super) mod shipments;

/// The most lines that a request names.
const LINES_MAX: usize = 500;

/// Units of a line.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LineUnits {
    /// The line.
    #[garde(skip)]
    pub(super) line_id: OrderLineId,
    /// How many.
    #[garde(range(min = 1, max = 999))]
    #[schema(minimum = 1, maximum = 999)]
    pub(super) quantity: i32,
}

/// Why, in the words of who decides.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reason {
    /// 1 to 2,000 characters.
    #[garde(length(chars, min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    pub(super) reason: String,
}

/// Why, where there is something to say.
#[derive(Debug, Default, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MaybeReason {
    /// 1 to 2,000 characters.
    #[garde(inner(length(chars, min = 1, max = 2000)))]
    #[schema(min_length = 1, max_length = 2000)]
    #[serde(default)]
    pub(super) reason: Option<String>,
}

impl From<LineUnits> for Units {
    fn from(units: LineUnits) -> Self {
        Self {
            line_id: units.line_id,
            quantity: units.quantity,
        }
    }
}
