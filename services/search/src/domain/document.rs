//! A product as the index knows it, made from the document that the catalogue writes.

use contract_catalog::{Availability, Brand, CategoryRef, Highlight, Media, ProductSummary};
use jiff::Timestamp;
use kernel::{Currency, Money, ProductId, VariantId};
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

/// Specifications on a card.
const HIGHLIGHTS_MAX: usize = 4;

/// The facts of a product: what filters, sorts and shows it.
#[derive(Debug, Clone)]
pub struct Facts {
    /// As lists show it.
    pub summary: ProductSummary,
    /// Its categories from the root down.
    pub categories: Vec<CategoryRef>,
    /// When it came into the catalogue.
    pub created_at: Timestamp,
}

/// The words by which a product is found.
#[derive(Debug, Clone)]
pub struct Texts {
    /// Its name and what tells its variants apart.
    pub title: String,
    /// Its brand.
    pub brand: String,
    /// Its categories.
    pub category: String,
    /// Its specifications.
    pub attributes: String,
    /// What is said about it.
    pub description: String,
    /// Stock keeping units and barcodes.
    pub codes: Vec<String>,
}

/// `body` of `catalog.search_documents_v1`.
#[derive(Debug, Deserialize)]
struct Body {
    product_id: Uuid,
    slug: String,
    title: String,
    description: String,
    brand: Option<Brand>,
    category: BodyCategory,
    category_names: Vec<String>,
    art: String,
    color: Option<String>,
    attributes: Vec<BodyAttribute>,
    skus: Vec<String>,
    variant_titles: Vec<String>,
    price_minor: i64,
    compare_at_minor: Option<i64>,
    currency: Currency,
    availability: Availability,
    variant_count: i32,
    default_variant_id: Uuid,
    created_at: Timestamp,
}

#[derive(Debug, Deserialize)]
struct BodyCategory {
    slug: String,
    name: String,
    path: String,
}

#[derive(Debug, Deserialize)]
struct BodyAttribute {
    name: String,
    value: Value,
    unit: Option<String>,
    highlight: Option<i32>,
}

/// The document cannot be read: it is newer than this service, or broken.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// It has another shape.
    #[error(transparent)]
    Shape(#[from] serde_json::Error),
    /// A price is out of range.
    #[error(transparent)]
    Price(#[from] kernel::MoneyError),
}

/// Reads a document.
///
/// # Errors
/// When it has another shape than this service knows.
pub fn read(body: Value) -> Result<(Facts, Texts), DocumentError> {
    let body: Body = serde_json::from_value(body)?;
    let product_id = ProductId::from(body.product_id);
    let slugs = body.category.path.split('/').map(str::to_owned);
    let categories: Vec<CategoryRef> = slugs
        .zip(&body.category_names)
        .map(|(slug, name)| CategoryRef { slug, name: name.clone() })
        .collect();
    let price = |minor| Money::new(minor, body.currency);
    let summary = ProductSummary {
        id: product_id,
        slug: body.slug,
        price: price(body.price_minor)?,
        compare_at: body.compare_at_minor.map(price).transpose()?,
        availability: body.availability,
        image: Media::art(&body.art, product_id, body.color.as_deref(), &body.title),
        highlights: highlights(&body.attributes),
        variant_count: body.variant_count,
        default_variant_id: VariantId::from(body.default_variant_id),
        brand: body.brand.clone(),
        category: CategoryRef { slug: body.category.slug, name: body.category.name },
        title: body.title.clone(),
    };
    let texts = Texts {
        title: format!("{} {}", body.title, body.variant_titles.join(" ")),
        brand: body.brand.map(|b| b.name).unwrap_or_default(),
        category: body.category_names.join(" "),
        attributes: attributes(&body.attributes),
        description: body.description,
        codes: body.skus,
    };
    Ok((Facts { summary, categories, created_at: body.created_at }, texts))
}

fn highlights(attributes: &[BodyAttribute]) -> Vec<Highlight> {
    let chosen = attributes.iter().filter(|a| a.highlight.is_some()).take(HIGHLIGHTS_MAX);
    chosen.map(|a| Highlight { name: a.name.clone(), value: shown(a) }).collect()
}

fn shown(attribute: &BodyAttribute) -> String {
    let value = match &attribute.value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "Yes".to_owned(),
        Value::Bool(false) => "No".to_owned(),
        other => {
            // A whole number is stored as 16 or as 16.0, depending on who wrote it.
            let text = other.to_string();
            text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
        }
    };
    match &attribute.unit {
        Some(unit) if !unit.is_empty() => format!("{value} {unit}"),
        _ => value,
    }
}

/// Specifications as words: a flag counts by its name, anything else by its value.
fn attributes(attributes: &[BodyAttribute]) -> String {
    let words = attributes.iter().filter_map(|a| match a.value {
        Value::Bool(true) => Some(a.name.clone()),
        Value::Bool(false) => None,
        _ => Some(shown(a)),
    });
    words.collect::<Vec<_>>().join(" ")
}
