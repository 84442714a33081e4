//! What comparing the counters of stock with ledger and reservations found.

use jiff::Timestamp;
use kernel::{LocationId, VariantId};
use serde::Serialize;
use utoipa::ToSchema;

/// What the last comparison of counters, ledger and reservations found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StockAudit {
    /// Its number.
    pub id: i64,
    /// `schedule` or `command`.
    #[schema(example = "schedule")]
    pub cause: String,
    /// Levels that were compared.
    pub levels: i64,
    /// Differences that were found; none in a shop whose stock is right.
    pub differences: i64,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was done.
    pub finished_at: Timestamp,
    /// The first differences.
    pub found: Vec<StockDifference>,
}

/// A counter that is not what it must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StockDifference {
    /// `on_hand_ledger`, `reserved_ledger`, `allocated_ledger`: against the sum of the movements; `reserved_holds`,
    /// `allocated_orders`: against the reservations.
    #[schema(example = "on_hand_ledger")]
    pub rule: String,
    /// The variant.
    pub variant_id: VariantId,
    /// The place.
    pub location_id: LocationId,
    /// The part of the place's stock.
    pub slot: i16,
    /// What it must be.
    pub expected: i64,
    /// What it is.
    pub found: i64,
}
