//! A product as shoppers see it.

use contract_catalog::{Availability, Brand, CategoryRef, Media};
use jiff::Timestamp;
use kernel::{Money, ProductId, VariantId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::attribute::AttributeKind;
use super::options::Options;

/// The largest number of units that shoppers are told; it means "10 or more".
pub const SHOWN_UNITS_MAX: i32 = 10;

/// A product with everything its page shows.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Product {
    /// The product.
    pub id: ProductId,
    /// Stable name in addresses.
    pub slug: String,
    /// Name as shown.
    pub title: String,
    /// Its brand, where it has one.
    #[schema(required)]
    pub brand: Option<Brand>,
    /// Where it stands in the category tree.
    pub category: ProductCategory,
    /// Plain text; may hold line breaks.
    pub description: String,
    /// Its specifications, the most telling ones first.
    pub attributes: Vec<ProductAttribute>,
    /// Its pictures, the one to show first at the top.
    pub media: Vec<Media>,
    /// What its variants differ in, with all values on sale.
    pub options: Vec<ProductOption>,
    /// What can be bought.
    pub variants: Vec<Variant>,
    /// Rises with every change.
    pub version: i64,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// The category of a product, with the way to it from the root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProductCategory {
    /// Stable name in addresses.
    pub slug: String,
    /// Name as shown.
    pub name: String,
    /// The categories from the root to this one, both included.
    pub path: Vec<CategoryRef>,
}

/// A specification of a product.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProductAttribute {
    /// Machine name, for filters.
    #[schema(example = "internal_memory")]
    pub code: String,
    /// Name as shown.
    #[schema(example = "Memory")]
    pub name: String,
    /// Type of `value`.
    pub kind: AttributeKind,
    /// Text, number or boolean, as `kind` says.
    #[schema(value_type = Object, example = 16)]
    pub value: serde_json::Value,
    /// Unit of a number.
    #[schema(required, example = "GB")]
    pub unit: Option<String>,
}

/// One of the things that variants differ in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProductOption {
    /// Name as shown.
    #[schema(example = "Colour")]
    pub name: String,
    /// The values on sale, in the order of the variants.
    pub values: Vec<String>,
}

/// Something that can be bought.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Variant {
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
    /// Price of one.
    pub price: Money,
    /// What it cost before, when it is reduced.
    #[schema(required)]
    pub compare_at: Option<Money>,
    /// How much is left.
    pub availability: Availability,
    /// Units that can be sold now, at most 10: "10 or more".
    #[schema(minimum = 0, maximum = 10)]
    pub available_quantity: i32,
    /// The most that one order may hold.
    pub max_per_order: i32,
    /// Its picture.
    pub media: Media,
}

/// What variants differ in, with the values in the order of the variants.
pub fn product_options(variants: &[Variant]) -> Vec<ProductOption> {
    let mut options: Vec<ProductOption> = Vec::new();
    for (name, value) in variants.iter().flat_map(|variant| variant.options.iter()) {
        let at = options
            .iter()
            .position(|option| option.name == name)
            .unwrap_or_else(|| {
                options.push(ProductOption {
                    name: name.to_owned(),
                    values: Vec::new(),
                });
                options.len() - 1
            });
        if !options[at].values.iter().any(|known| known == value) {
            options[at].values.push(value.to_owned());
        }
    }
    options
}

/// Units as shoppers are told them: never more than [`SHOWN_UNITS_MAX`]; `None` means not counted.
pub fn shown_units(free: Option<i64>) -> i32 {
    free.map_or(SHOWN_UNITS_MAX, |free| {
        i32::try_from(free.clamp(0, i64::from(SHOWN_UNITS_MAX))).unwrap_or(SHOWN_UNITS_MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_capped_and_never_negative() {
        for (free, shown) in [
            (None, 10),
            (Some(-3), 0),
            (Some(0), 0),
            (Some(7), 7),
            (Some(5000), 10),
        ] {
            assert_eq!(shown_units(free), shown, "{free:?}");
        }
    }
}
