//! What is taken off an order's merchandise.

use kernel::{Money, Ppm};
use serde::{Deserialize, Serialize};

/// A reduction of a whole order, spread over its lines in proportion to what they cost.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Discount {
    /// A share of what the discounts before this one left.
    Percent(Ppm),
    /// An amount, or all that is left if that is less.
    Amount(Money),
}

impl Discount {
    /// What it takes off `left` minor units: never less than nothing, never more than `left`.
    pub(crate) fn off(self, left: i64) -> i64 {
        match self {
            Self::Percent(share) => share.of(left),
            Self::Amount(amount) => amount.minor().clamp(0, left.max(0)),
        }
    }
}
