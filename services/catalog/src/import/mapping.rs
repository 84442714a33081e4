//! A mapping: how the rows of one source become products.

use super::attributes::{AttributeReader, Prefixes};
use super::clean;
use super::format::{MappingFormat, StockPolicy};
use super::row::{ImportedProduct, RowError};
use super::rules::{Rules, Subject};
use super::values::{self, Row};
use crate::taxonomy::Taxonomy;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// Longest key, in bytes.
pub const KEY_MAX: usize = 200;
/// Longest title, in bytes.
pub const TITLE_MAX: usize = 500;
/// Longest brand name, in bytes.
pub const BRAND_MAX: usize = 120;
/// Longest description, in bytes.
pub const DESCRIPTION_MAX: usize = 20_000;
/// Longest slug, in bytes.
pub const SLUG_MAX: usize = 120;
/// Most units of one product.
pub const STOCK_MAX: i64 = 1_000_000;

/// A mapping that was read and checked.
#[derive(Debug)]
pub struct Mapping {
    format: MappingFormat,
    attributes: AttributeReader,
    rules: Rules,
    currency_digits: usize,
}

/// Why a mapping file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MappingError {
    /// Not the shape of a mapping file; the text names the key and the line.
    #[error("the mapping file is not valid: {0}")]
    Format(String),
    /// Right shape, wrong content.
    #[error("the mapping file is not valid: `{key}` {reason}")]
    Value {
        /// The key.
        key: String,
        /// What is wrong with its value.
        reason: String,
    },
}

impl Mapping {
    /// Reads a mapping file's text and checks it against the category tree.
    ///
    /// # Errors
    /// Names the key that is unknown, missing or wrong.
    pub fn parse(text: &str, taxonomy: &Taxonomy) -> Result<Self, MappingError> {
        let format: MappingFormat = toml::from_str(text)
            .map_err(|error| MappingError::Format(error.to_string().trim_end().to_owned()))?;
        let wrong = |key: &str, reason: String| MappingError::Value {
            key: key.to_owned(),
            reason,
        };
        if format.version != 1 {
            return Err(wrong(
                "version",
                format!("is {}, this release reads version 1", format.version),
            ));
        }
        let currency_digits = format
            .price
            .currency
            .parse::<kernel::Currency>()
            .map(|currency| usize::from(currency.exponent()))
            .map_err(|_| {
                wrong(
                    "price.currency",
                    format!("`{}` is no ISO 4217 code", format.price.currency),
                )
            })?;
        check_stock(&format.stock).map_err(|reason| wrong("stock", reason))?;
        let prefixes = Prefixes::new(&format.attributes);
        let rules = Rules::compile(
            &format.categories.rules,
            &format.categories.default,
            prefixes,
        )
        .map_err(|reason| wrong("categories", format!("is wrong: {reason}")))?;
        let named = rules
            .categories()
            .chain(format.attributes.category_units.keys().map(String::as_str));
        let unknown: BTreeSet<_> = named.filter(|slug| !taxonomy.is_leaf(slug)).collect();
        if !unknown.is_empty() {
            let list = unknown.into_iter().collect::<Vec<_>>().join(", ");
            return Err(wrong(
                "categories",
                format!("names what is no leaf of the category tree: {list}"),
            ));
        }
        let attributes = AttributeReader::new(&format.attributes);
        Ok(Self {
            format,
            attributes,
            rules,
            currency_digits,
        })
    }

    /// Human name of the source.
    pub fn name(&self) -> &str {
        &self.format.name
    }

    /// Credit that the data's licence asks for.
    pub fn attribution(&self) -> Option<&str> {
        self.format.attribution.as_deref()
    }

    /// Turns a row into a product.
    ///
    /// # Errors
    /// The first field that is missing or wrong.
    pub fn map(&self, row: &Row) -> Result<ImportedProduct, RowError> {
        let fields = &self.format.fields;
        let external_ref = values::required_text(row, &fields.key, KEY_MAX)?;
        let title = values::required_text(row, &fields.title, TITLE_MAX)?;
        let brand = text(row, fields.brand.as_deref(), BRAND_MAX, clean::line)?;
        let description = text(
            row,
            fields.description.as_deref(),
            DESCRIPTION_MAX,
            clean::paragraphs,
        )?
        .unwrap_or_default();
        let product_type = text(row, fields.product_type.as_deref(), TITLE_MAX, clean::line)?;
        let category = self.rules.category(Subject {
            title: &title,
            description: &description,
            brand: brand.as_deref().unwrap_or_default(),
            product_type: product_type.as_deref().unwrap_or_default(),
            row,
        });
        Ok(ImportedProduct {
            slug_hint: slug_hint(&title, &external_ref),
            category_slug: category.to_owned(),
            attributes: self.attributes.read(row, category)?,
            barcode: fields
                .barcode
                .as_deref()
                .map_or(Ok(None), |field| values::barcode(row, field))?,
            price_minor: values::price(
                row,
                &fields.price,
                self.format.price.unit,
                self.currency_digits,
            )?,
            currency: self.format.price.currency.clone(),
            stock_on_hand: self.stock(row, &external_ref)?,
            released_at: fields
                .released_at
                .as_deref()
                .map_or(Ok(None), |field| values::released_at(row, field))?,
            source_media: values::media(row, &fields.media)?,
            weight_g: values::weight_g(row, &fields.weight, fields.weight_unit)?,
            external_ref,
            title,
            brand,
            description,
        })
    }

    /// The key of a row, for reports about rows that cannot be mapped.
    pub fn key<'a>(&self, row: &'a Row) -> Option<&'a str> {
        row.get(&self.format.fields.key).and_then(Value::as_str)
    }

    fn stock(&self, row: &Row, key: &str) -> Result<i64, RowError> {
        match &self.format.stock {
            StockPolicy::Fixed { on_hand } => Ok(*on_hand),
            StockPolicy::Spread {
                min,
                max,
                out_permille,
            } => Ok(spread(key, *min, *max, *out_permille)),
            StockPolicy::Field { field } => row
                .get(field)
                .and_then(Value::as_i64)
                .filter(|units| (0..=STOCK_MAX).contains(units))
                .ok_or_else(|| {
                    RowError::new(
                        field,
                        format!("must be a whole number from 0 to {STOCK_MAX}"),
                    )
                }),
        }
    }
}

/// Title words and key: readable, unique within the source, the same in every run.
fn slug_hint(title: &str, key: &str) -> String {
    let key = clean::slug(key, 40);
    let head = clean::slug(title, SLUG_MAX - key.len() - 1);
    match (head.is_empty(), key.is_empty()) {
        (false, false) => format!("{head}-{key}"),
        (false, true) => head,
        (true, false) => key,
        (true, true) => "product".to_owned(),
    }
}

/// Number of units from the key's hash.
fn spread(key: &str, min: i64, max: i64, out_permille: u64) -> i64 {
    let digest = Sha256::digest(format!("stock:{key}"));
    let number = |bytes: &[u8]| {
        bytes
            .iter()
            .fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte))
    };
    if number(&digest[..4]) % 1000 < out_permille {
        return 0;
    }
    let span = u64::try_from(max - min + 1).unwrap_or(1);
    min + i64::try_from(number(&digest[4..8]) % span).unwrap_or(0)
}

fn check_stock(policy: &StockPolicy) -> Result<(), String> {
    let range = 0..=STOCK_MAX;
    let fits = match policy {
        StockPolicy::Fixed { on_hand } => range.contains(on_hand),
        StockPolicy::Spread {
            min,
            max,
            out_permille,
        } => range.contains(min) && range.contains(max) && min <= max && *out_permille <= 1000,
        StockPolicy::Field { field } => !field.is_empty(),
    };
    if fits {
        Ok(())
    } else {
        Err(format!(
            "must hold units from 0 to {STOCK_MAX}, `min` not above `max`, `out_permille` up to 1000"
        ))
    }
}

fn text(
    row: &Row,
    field: Option<&str>,
    max: usize,
    tidy: fn(&str) -> String,
) -> Result<Option<String>, RowError> {
    field.map_or(Ok(None), |field| {
        values::optional_text(row, field, max, tidy)
    })
}

#[cfg(test)]
mod tests;
