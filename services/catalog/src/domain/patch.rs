//! What staff may change.

use std::collections::BTreeMap;

use garde::Validate;
use kernel::Money;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use super::admin::{ProductStatus, VariantStatus};
use super::draft::ATTRIBUTES_MAX;
use super::options::Options;
use super::tax::TaxClass;

/// Changes to a product; what is not given stays.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[garde(allow_unvalidated)]
pub struct ProductPatch {
    /// Name as shown. The slug stays.
    #[garde(inner(length(chars, min = 1, max = 500)))]
    #[schema(min_length = 1, max_length = 500)]
    pub title: Option<String>,
    /// Plain text; may hold line breaks.
    #[garde(inner(length(chars, max = 20_000)))]
    #[schema(max_length = 20_000)]
    pub description: Option<String>,
    /// Slug of a category that has none below it.
    #[garde(inner(length(min = 1, max = 200)))]
    pub category: Option<String>,
    /// Name of the brand; null for none.
    #[serde(deserialize_with = "given")]
    #[garde(inner(inner(length(chars, min = 1, max = 120))))]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 120)]
    pub brand: Option<Option<String>>,
    /// All attributes: those that are not named go.
    #[garde(inner(length(max = ATTRIBUTES_MAX)))]
    #[schema(value_type = Option<BTreeMap<String, Object>>)]
    pub attributes: Option<BTreeMap<String, serde_json::Value>>,
    /// Class of goods that the tax rate depends on.
    #[schema(inline)]
    pub tax_class: Option<TaxClass>,
    /// Whether it is on sale.
    pub status: Option<ProductStatus>,
}

/// Changes to a variant; what is not given stays.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[garde(allow_unvalidated)]
pub struct VariantPatch {
    /// Stock keeping unit, unique in the shop; null for none.
    #[serde(deserialize_with = "given")]
    #[garde(inner(inner(length(chars, min = 1, max = 100))))]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100)]
    pub sku: Option<Option<String>>,
    /// GTIN; null for none.
    #[serde(deserialize_with = "given")]
    #[garde(inner(inner(length(chars, min = 1, max = 50))))]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 50)]
    pub barcode: Option<Option<String>>,
    /// What tells it from its siblings.
    #[garde(inner(length(chars, max = 200)))]
    #[schema(max_length = 200)]
    pub title: Option<String>,
    /// The value of each option.
    pub options: Option<Options>,
    /// Weight of one in grams.
    #[garde(inner(range(min = 0, max = 10_000_000)))]
    #[schema(minimum = 0, maximum = 10_000_000)]
    pub weight_g: Option<i32>,
    /// The most that one order may hold.
    #[garde(inner(range(min = 1, max = 999)))]
    #[schema(minimum = 1, maximum = 999)]
    pub max_per_order: Option<i32>,
    /// Whether its units are counted. Others can always be sold; what is sold already is not touched.
    pub track_inventory: Option<bool>,
    /// Whether it is on sale.
    pub status: Option<VariantStatus>,
}

/// A price in the currency that the path names.
#[derive(Debug, Clone, Copy, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct PriceChange {
    /// Minor units.
    #[garde(range(min = 0, max = Money::MAX_MINOR))]
    #[schema(minimum = 0)]
    pub amount: i64,
    /// Minor units before, when it is reduced; more than `amount`.
    #[serde(default)]
    #[garde(inner(range(min = 1, max = Money::MAX_MINOR)))]
    #[schema(minimum = 1)]
    pub compare_at: Option<i64>,
}

/// Tells `null` from a field that is not there.
#[expect(
    clippy::option_option,
    reason = "a field of a patch is missing, null or given"
)]
fn given<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn null_is_told_from_nothing() {
        let patch: ProductPatch = serde_json::from_value(json!({"brand": null})).unwrap();
        assert_eq!(patch.brand, Some(None));
        let patch: ProductPatch = serde_json::from_value(json!({})).unwrap();
        assert_eq!(patch.brand, None);
    }
}
