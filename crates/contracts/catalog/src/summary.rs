//! A product as lists show it.

use kernel::{Money, ProductId, VariantId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Media;

/// How much is left, coarsely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    /// More than five, or not counted.
    InStock,
    /// One to five.
    Low,
    /// None here, but orders are taken.
    Backorder,
    /// None.
    Out,
}

impl Availability {
    /// The value as stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InStock => "in_stock",
            Self::Low => "low",
            Self::Backorder => "backorder",
            Self::Out => "out",
        }
    }

    /// The value stored by `catalog.availability_v1`; anything else counts as [`Availability::Out`].
    pub fn from_stored(text: &str) -> Self {
        match text {
            "in_stock" => Self::InStock,
            "low" => Self::Low,
            "backorder" => Self::Backorder,
            _ => Self::Out,
        }
    }
}

/// A brand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Brand {
    /// Stable name in addresses.
    pub slug: String,
    /// Name as shown.
    pub name: String,
}

/// A category, where only its name is needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CategoryRef {
    /// Stable name in addresses.
    pub slug: String,
    /// Name as shown.
    pub name: String,
}

/// One of the few specifications that a card shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Highlight {
    /// Attribute name.
    pub name: String,
    /// Value with its unit, as text.
    pub value: String,
}

/// A product as lists and search results show it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ProductSummary {
    /// The product.
    pub id: ProductId,
    /// Stable name in addresses.
    pub slug: String,
    /// Name as shown.
    pub title: String,
    /// Its brand, where it has one.
    pub brand: Option<Brand>,
    /// Its category.
    pub category: CategoryRef,
    /// Price of the cheapest variant that can be bought.
    pub price: Money,
    /// What that variant cost before, when it is reduced.
    pub compare_at: Option<Money>,
    /// How much is left, over all variants.
    pub availability: Availability,
    /// Its picture.
    pub image: Media,
    /// The few specifications that matter in its category.
    pub highlights: Vec<Highlight>,
    /// How many variants are on sale.
    pub variant_count: i32,
    /// The variant that the price belongs to.
    pub default_variant_id: VariantId,
}
