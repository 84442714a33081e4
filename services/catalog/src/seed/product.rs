//! What a product of the demo catalogue is.

use crate::art::Rgb;
use crate::import::Attribute;
use jiff::Timestamp;
use serde::Serialize;

/// Currency of the demo catalogue.
pub const CURRENCY: &str = "USD";
/// Name of the option that gives a variant its colour.
pub const COLOUR: &str = "Colour";

/// A product with its variants.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SeedProduct {
    /// Stable key: seeding is idempotent by it.
    pub external_ref: String,
    /// What shoppers read.
    pub title: String,
    /// Unique in the demo catalogue.
    pub slug: String,
    /// An invented brand.
    pub brand: String,
    /// A leaf of the category tree.
    pub category_slug: String,
    /// Two to four sentences.
    pub description: String,
    /// The most telling ones first.
    pub attributes: Vec<Attribute>,
    /// A day in the two years before the catalogue was made.
    pub released_at: Option<Timestamp>,
    /// ISO 4217 code of all prices.
    pub currency: String,
    /// At least one; the first is the default.
    pub variants: Vec<SeedVariant>,
}

/// What a shopper puts into the cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeedVariant {
    /// Unique.
    pub sku: String,
    /// EAN-13 of the range for use inside a shop, unique.
    pub barcode: String,
    /// Option values, or "Standard".
    pub title: String,
    /// Option names and values, in the product's order.
    pub options: Vec<(String, String)>,
    /// Price in cents.
    pub price_minor: i64,
    /// Former price in cents, above the price.
    pub compare_at_minor: Option<i64>,
    /// Units in stock.
    pub on_hand: i64,
    /// Units that may be sold beyond the stock.
    pub backorder_limit: i64,
    /// Weight in grams.
    pub weight_g: i64,
}

impl SeedVariant {
    /// The colour its product art has.
    pub fn colour(&self) -> Option<Rgb> {
        self.options
            .iter()
            .find(|(name, _)| name == COLOUR)
            .and_then(|(_, value)| Rgb::by_name(value))
    }
}
