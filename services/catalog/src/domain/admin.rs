//! Products as staff see them: whatever their state, with every price and all of the stock.

use std::collections::BTreeMap;

use contract_catalog::{Availability, Brand, CategoryRef};
use jiff::Timestamp;
use kernel::{Money, ProductId, VariantId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::options::Options;
use super::stock::StockLevel;
use super::tax::TaxClass;

/// Whether a product is on sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProductStatus {
    /// Not yet.
    Draft,
    /// Yes, once it has a priced variant.
    Active,
    /// Not any more.
    Archived,
}

impl ProductStatus {
    /// The value as stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Active => "active",
            Self::Archived => "archived",
        }
    }

    /// The value as stored; anything else counts as a draft.
    pub fn from_stored(text: &str) -> Self {
        match text {
            "active" => Self::Active,
            "archived" => Self::Archived,
            _ => Self::Draft,
        }
    }
}

/// Whether a variant is on sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VariantStatus {
    /// Yes, while its product is.
    Active,
    /// Not any more.
    Archived,
}

impl VariantStatus {
    /// The value as stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Archived => "archived",
        }
    }

    /// The value as stored; anything else counts as archived.
    pub fn from_stored(text: &str) -> Self {
        if text == "active" {
            Self::Active
        } else {
            Self::Archived
        }
    }
}

/// A product as staff see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AdminProduct {
    /// The product.
    pub id: ProductId,
    /// Stable name in addresses.
    pub slug: String,
    /// Name as shown.
    pub title: String,
    /// Whether it is on sale.
    pub status: ProductStatus,
    /// Its brand, where it has one.
    #[schema(required)]
    pub brand: Option<Brand>,
    /// Its category.
    pub category: CategoryRef,
    /// Plain text; may hold line breaks.
    pub description: String,
    /// Class of goods that the tax rate depends on.
    pub tax_class: TaxClass,
    /// Values by attribute code.
    #[schema(value_type = BTreeMap<String, Object>)]
    pub attributes: BTreeMap<String, serde_json::Value>,
    /// Where it was imported from.
    #[schema(required)]
    pub external: Option<ExternalRef>,
    /// Price of the variant that lists show; null while none can be sold.
    #[schema(required)]
    pub price: Option<Money>,
    /// How much is left, over all variants.
    pub availability: Availability,
    /// All variants, archived ones too.
    pub variants: Vec<AdminVariant>,
    /// Rises with every change.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Where a product came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExternalRef {
    /// Name of the source.
    pub source: String,
    /// Its key there.
    pub key: String,
}

/// A variant as staff see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AdminVariant {
    /// The variant.
    pub id: VariantId,
    /// Stock keeping unit, where it has one.
    #[schema(required)]
    pub sku: Option<String>,
    /// GTIN, where it has one.
    #[schema(required)]
    pub barcode: Option<String>,
    /// What tells it from its siblings; empty for the only one.
    pub title: String,
    /// The value of each option.
    pub options: Options,
    /// Whether it is on sale.
    pub status: VariantStatus,
    /// Its price in each currency.
    pub prices: Vec<AdminPrice>,
    /// Weight of one in grams.
    pub weight_g: i32,
    /// The most that one order may hold.
    pub max_per_order: i32,
    /// Whether its units are counted. Others can always be sold.
    pub track_inventory: bool,
    /// Its units over all places.
    pub stock: StockLevel,
}

/// A price in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct AdminPrice {
    /// Price of one.
    pub price: Money,
    /// What it cost before, when it is reduced.
    #[schema(required)]
    pub compare_at: Option<Money>,
}

/// A product in a list for staff.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AdminProductSummary {
    /// The product.
    pub id: ProductId,
    /// Stable name in addresses.
    pub slug: String,
    /// Name as shown.
    pub title: String,
    /// Whether it is on sale.
    pub status: ProductStatus,
    /// Its brand, where it has one.
    #[schema(required)]
    pub brand: Option<Brand>,
    /// Its category.
    pub category: CategoryRef,
    /// Price of the variant that lists show; null while none can be sold.
    #[schema(required)]
    pub price: Option<Money>,
    /// How much is left, over all variants.
    pub availability: Availability,
    /// How many variants are on sale.
    pub variant_count: i32,
    /// Rises with every change.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}
