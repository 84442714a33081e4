//! Stock as staff see it.

use jiff::Timestamp;
use kernel::{LocationId, VariantId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The units of a variant, over all slots of one place or of all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StockLevel {
    /// Units in the place.
    pub on_hand: i64,
    /// Of these, held by checkouts that are not paid yet.
    pub reserved: i64,
    /// Of these, sold and not shipped yet.
    pub allocated: i64,
    /// Units that may be sold beyond what is there.
    pub backorder_limit: i64,
    /// Units that can be sold now, backorders included.
    pub available: i64,
}

/// A place, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LocationRef {
    /// The place.
    pub id: LocationId,
    /// Its code.
    #[schema(example = "main")]
    pub code: String,
    /// Its name.
    pub name: String,
}

/// The units of a variant in one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LocationStock {
    /// The place.
    pub location: LocationRef,
    /// Its units.
    #[serde(flatten)]
    pub level: StockLevel,
}

/// The units of a variant in all places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct VariantStock {
    /// The variant.
    pub variant_id: VariantId,
    /// Stock keeping unit, where it has one.
    #[schema(required)]
    pub sku: Option<String>,
    /// Whether its units are counted. Others can always be sold.
    pub tracked: bool,
    /// In how many parts its stock lies in each place, so that buyers of a hot variant do not wait for each other.
    pub slots: i16,
    /// Over all places.
    pub total: StockLevel,
    /// By place, in the places' order.
    pub locations: Vec<LocationStock>,
}

/// One entry of the ledger. The entries of a variant add up to its units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StockMovement {
    /// Its number; it rises with time.
    pub id: i64,
    /// What happened: `receive`, `adjust`, `reserve`, `release`, `expire`, `allocate`, `ship`, `cancel`, `restock`,
    /// `transfer`, or `move` between parts of one place.
    #[schema(example = "ship")]
    pub kind: String,
    /// Where.
    pub location: LocationRef,
    /// The part of the place's stock.
    pub slot: i16,
    /// Units that came, or went with a minus sign.
    pub on_hand_delta: i32,
    /// Units held more or less.
    pub reserved_delta: i32,
    /// Units sold more or less.
    pub allocated_delta: i32,
    /// What it happened for: a checkout, claim or return that holds, a shipment, a cancellation, a transfer.
    #[schema(required, value_type = Option<String>, format = Uuid)]
    pub cause_id: Option<uuid::Uuid>,
    /// Why, where somebody said so.
    #[schema(required)]
    pub reason: Option<String>,
    /// Who.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

/// A variant of which little is left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LowStock {
    /// The variant.
    pub variant_id: VariantId,
    /// Its product.
    pub product_id: kernel::ProductId,
    /// Name of the product.
    pub title: String,
    /// What tells the variant from its siblings; empty for the only one.
    pub variant_title: String,
    /// Stock keeping unit, where it has one.
    #[schema(required)]
    pub sku: Option<String>,
    /// Its units over all places.
    pub stock: StockLevel,
}

impl StockLevel {
    /// Units on hand that nobody holds; below zero where more is sold than is there.
    pub const fn free(&self) -> i64 {
        self.on_hand - self.reserved - self.allocated
    }
}

impl std::ops::Add for StockLevel {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            on_hand: self.on_hand + other.on_hand,
            reserved: self.reserved + other.reserved,
            allocated: self.allocated + other.allocated,
            backorder_limit: self.backorder_limit + other.backorder_limit,
            available: self.available + other.available,
        }
    }
}
