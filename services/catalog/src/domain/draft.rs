//! What staff may make, and the rules that span several fields of it.
//!
//! Lengths and ranges of single fields are checked when the body is read; here come the rules that need more.

use std::collections::{BTreeMap, BTreeSet};

use garde::Validate;
use kernel::{Currency, Money};
use serde::Deserialize;
use utoipa::ToSchema;

use super::admin::ProductStatus;
use super::options::{Options, OptionsError};
use super::slug;
use super::tax::TaxClass;
use super::violation::{Violation, check_optional_text, check_reduction, check_text};

/// The most units of one variant in one place.
pub const UNITS_MAX: i32 = 100_000_000;
/// The most variants of a product.
pub const VARIANTS_MAX: usize = 100;
/// The most attributes of a product.
pub const ATTRIBUTES_MAX: usize = 400;

/// A product to be made.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct NewProduct {
    /// Name as shown.
    #[garde(length(chars, min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub title: String,
    /// Slug of a category that has none below it.
    #[garde(length(min = 1, max = 200))]
    pub category: String,
    /// Name of the brand, which is made where it is missing.
    #[serde(default)]
    #[garde(inner(length(chars, min = 1, max = 120)))]
    #[schema(min_length = 1, max_length = 120)]
    pub brand: Option<String>,
    /// Plain text; may hold line breaks.
    #[serde(default)]
    #[garde(length(chars, max = 20_000))]
    #[schema(max_length = 20_000)]
    pub description: String,
    /// Values by attribute code.
    #[serde(default)]
    #[garde(length(max = ATTRIBUTES_MAX))]
    #[schema(value_type = BTreeMap<String, Object>)]
    pub attributes: BTreeMap<String, serde_json::Value>,
    /// Whether it is on sale at once; a draft if not given.
    #[serde(default)]
    pub status: Option<ProductStatus>,
    /// Class of goods that the tax rate depends on; `standard` if not given.
    #[serde(default)]
    #[schema(inline)]
    pub tax_class: Option<TaxClass>,
    /// Name in addresses; made from the title if not given.
    #[serde(default)]
    #[garde(inner(length(min = 1, max = 200)))]
    #[schema(pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", max_length = 200)]
    pub slug: Option<String>,
    /// What can be bought, at least one.
    #[garde(length(min = 1, max = VARIANTS_MAX), dive)]
    #[schema(min_items = 1, max_items = 100)]
    pub variants: Vec<NewVariant>,
}

/// A variant to be made.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct NewVariant {
    /// Stock keeping unit, unique in the shop.
    #[serde(default)]
    #[garde(inner(length(chars, min = 1, max = 100)))]
    #[schema(min_length = 1, max_length = 100)]
    pub sku: Option<String>,
    /// GTIN.
    #[serde(default)]
    #[garde(inner(length(chars, min = 1, max = 50)))]
    #[schema(min_length = 1, max_length = 50)]
    pub barcode: Option<String>,
    /// What tells it from its siblings; made from the options if not given.
    #[serde(default)]
    #[garde(inner(length(chars, max = 200)))]
    #[schema(max_length = 200)]
    pub title: Option<String>,
    /// The value of each option; the same options for all variants of a product.
    #[serde(default)]
    pub options: Options,
    /// Price of one, in the shop's currency.
    pub price: Money,
    /// What it cost before.
    #[serde(default)]
    pub compare_at: Option<Money>,
    /// Weight of one in grams.
    #[serde(default)]
    #[garde(range(min = 0, max = 10_000_000))]
    #[schema(minimum = 0, maximum = 10_000_000)]
    pub weight_g: i32,
    /// Units in the main place; none if not given.
    #[serde(default)]
    #[garde(dive)]
    pub stock: Option<NewStock>,
    /// The most that one order may hold.
    #[serde(default = "default_max_per_order")]
    #[garde(range(min = 1, max = 999))]
    #[schema(minimum = 1, maximum = 999)]
    pub max_per_order: i32,
}

const fn default_max_per_order() -> i32 {
    99
}

/// The first units of a variant.
#[derive(Debug, Clone, Copy, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStock {
    /// Units in the place.
    #[garde(range(min = 0, max = UNITS_MAX))]
    #[schema(minimum = 0)]
    pub on_hand: i32,
    /// Units that may be sold beyond that.
    #[serde(default)]
    #[garde(range(min = 0, max = UNITS_MAX))]
    #[schema(minimum = 0)]
    pub backorder_limit: i32,
}

impl NewProduct {
    /// The product with tidied options, if it keeps every rule that needs no database.
    ///
    /// # Errors
    /// Every rule that is broken.
    pub fn checked(mut self, currency: Currency) -> Result<Self, Vec<Violation>> {
        let mut found: Vec<Violation> = [
            check_text("/title", &self.title),
            check_text("/category", &self.category),
            check_optional_text("/brand", self.brand.as_deref()),
            check_optional_text("/description", Some(&self.description)),
        ]
        .into_iter()
        .flatten()
        .collect();
        if self
            .slug
            .as_deref()
            .is_some_and(|text| !slug::is_slug(text))
        {
            found.push(Violation::new(
                "/slug",
                "invalid",
                "is words of small letters and digits, joined by hyphens",
            ));
        }
        let mut keys = BTreeSet::new();
        let mut skus = BTreeSet::new();
        let mut first: Option<Options> = None;
        for (at, variant) in self.variants.iter_mut().enumerate() {
            let at = format!("/variants/{at}");
            found.extend(variant.check(&at, currency, first.as_ref()));
            if !keys.insert(variant.options.key()) {
                found.push(Violation::new(
                    format!("{at}/options"),
                    "invalid",
                    "another variant has the same options",
                ));
            }
            if variant
                .sku
                .as_ref()
                .is_some_and(|sku| !skus.insert(sku.clone()))
            {
                found.push(Violation::new(
                    format!("{at}/sku"),
                    "invalid",
                    "another variant has the same SKU",
                ));
            }
            first.get_or_insert_with(|| variant.options.clone());
        }
        if found.is_empty() {
            Ok(self)
        } else {
            Err(found)
        }
    }
}

impl NewVariant {
    /// The variant with tidied options in its siblings' order, if it keeps every rule that needs no database.
    ///
    /// # Errors
    /// Every rule that is broken.
    pub fn checked(
        mut self,
        currency: Currency,
        sibling: Option<&Options>,
    ) -> Result<Self, Vec<Violation>> {
        let found = self.check("", currency, sibling);
        if found.is_empty() {
            Ok(self)
        } else {
            Err(found)
        }
    }

    /// Its title: as given, or made from its options.
    pub fn shown_title(&self) -> String {
        self.title
            .as_deref()
            .map(str::trim)
            .map_or_else(|| self.options.title(), str::to_owned)
    }

    fn check(&mut self, at: &str, currency: Currency, sibling: Option<&Options>) -> Vec<Violation> {
        let mut found: Vec<Violation> = [
            check_optional_text(&format!("{at}/sku"), self.sku.as_deref()),
            check_optional_text(&format!("{at}/barcode"), self.barcode.as_deref()),
            check_optional_text(&format!("{at}/title"), self.title.as_deref()),
            check_price(at, self.price, self.compare_at, currency),
        ]
        .into_iter()
        .flatten()
        .collect();
        match tidy_options(std::mem::take(&mut self.options), sibling) {
            Ok(options) => self.options = options,
            Err(error) => found.push(Violation::new(
                format!("{at}/options"),
                "invalid",
                error.to_string(),
            )),
        }
        found
    }
}

/// Checked options, in the order of a sibling's where there is one.
///
/// # Errors
/// The first rule that is broken.
pub fn tidy_options(options: Options, sibling: Option<&Options>) -> Result<Options, OptionsError> {
    let options = options.checked()?;
    sibling.map_or(Ok(options.clone()), |sibling| options.ordered_like(sibling))
}

fn check_price(
    at: &str,
    price: Money,
    compare_at: Option<Money>,
    currency: Currency,
) -> Option<Violation> {
    if price.currency() != currency {
        return Some(Violation::new(
            format!("{at}/price/currency"),
            "unknown_value",
            format!("must be {currency}, the shop's currency"),
        ));
    }
    if price.is_negative() {
        return Some(Violation::new(
            format!("{at}/price/amount"),
            "out_of_range",
            "must not be negative",
        ));
    }
    let before = compare_at?;
    if before.currency() != currency {
        return Some(Violation::new(
            format!("{at}/compare_at/currency"),
            "unknown_value",
            format!("must be {currency}, the shop's currency"),
        ));
    }
    check_reduction(
        &format!("{at}/compare_at/amount"),
        price.minor(),
        Some(before.minor()),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn product(variants: &serde_json::Value) -> Result<NewProduct, Vec<Violation>> {
        let body = json!({"title": "Phone", "category": "phones", "variants": variants});
        serde_json::from_value::<NewProduct>(body)
            .unwrap()
            .checked(Currency::USD)
    }

    fn pointers(result: Result<NewProduct, Vec<Violation>>) -> Vec<String> {
        result
            .unwrap_err()
            .into_iter()
            .map(|violation| violation.pointer)
            .collect()
    }

    #[test]
    fn a_combination_of_options_and_a_sku_stand_once() {
        let price = json!({"amount": 100, "currency": "USD"});
        let found = pointers(product(&json!([
            {"price": price, "sku": "a", "options": {"Colour": "Red"}},
            {"price": price, "sku": "a", "options": {"Colour": "red"}},
            {"price": price, "options": {"Size": "L"}},
        ])));
        assert_eq!(
            found,
            [
                "/variants/1/options",
                "/variants/1/sku",
                "/variants/2/options"
            ]
        );
    }

    #[test]
    fn prices_are_in_the_shops_currency_and_reductions_reduce() {
        let found = pointers(product(&json!([
            {"price": {"amount": 100, "currency": "EUR"}},
        ])));
        assert_eq!(found, ["/variants/0/price/currency"]);
        let found = pointers(product(&json!([
            {"price": {"amount": 100, "currency": "USD"}, "compare_at": {"amount": 100, "currency": "USD"}},
        ])));
        assert_eq!(found, ["/variants/0/compare_at/amount"]);
        let good = product(
            &json!([{"price": {"amount": 100, "currency": "USD"}, "options": {"Size": "L"}}]),
        )
        .unwrap();
        assert_eq!(good.variants[0].shown_title(), "L");
    }
}
