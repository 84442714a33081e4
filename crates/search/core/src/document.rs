//! A product as the catalogue describes it to its read models.

use contract_catalog::{Availability, Brand, CategoryRef, Highlight, Media, ProductSummary};
use jiff::Timestamp;
use kernel::{Currency, Money, MoneyError, ProductId, VariantId};
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;
use uuid::Uuid;

/// Specifications on a card.
const HIGHLIGHTS_MAX: usize = 4;

/// The description of a product: `body` of `catalog.search_documents_v1`.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Body")]
pub struct Document {
    /// The product.
    pub id: ProductId,
    /// Stable name in addresses.
    pub slug: String,
    /// Name as shown.
    pub title: String,
    /// What is said about it.
    pub description: String,
    /// Its brand, where it has one.
    pub brand: Option<Brand>,
    /// Its category.
    pub category: CategoryRef,
    /// The categories above that one, from the root down.
    pub parents: Vec<CategoryRef>,
    /// Kind of its generated art.
    pub art: String,
    /// Colour of its generated art, `rrggbb`.
    pub color: Option<String>,
    /// Its specifications, those for a card first.
    pub specifications: Vec<Specification>,
    /// Stock keeping units and barcodes.
    pub codes: Vec<String>,
    /// What tells its variants apart.
    pub variant_titles: Vec<String>,
    /// Price of the cheapest variant that can be bought.
    pub price: Money,
    /// What that variant cost before, when it is reduced.
    pub compare_at: Option<Money>,
    /// How much is left, over all variants.
    pub availability: Availability,
    /// How many variants are on sale.
    pub variant_count: i32,
    /// The variant that the price belongs to.
    pub default_variant_id: VariantId,
    /// When it came into the catalogue.
    pub created_at: Timestamp,
}

/// One specification.
#[derive(Debug, Clone, Deserialize)]
pub struct Specification {
    /// Its stable name in addresses.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its value, without the unit.
    #[serde(rename = "value", deserialize_with = "value")]
    pub value: SpecificationValue,
    /// The unit of a number.
    pub unit: Option<String>,
    /// Its place on a card, if it is shown there.
    pub highlight: Option<i32>,
}

/// A value of a specification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpecificationValue {
    /// It has the feature or not.
    Flag(bool),
    /// A number, as it is shown.
    Number(String),
    /// Anything else, as it is shown.
    Text(String),
}

/// The document as stored.
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
    attributes: Vec<Specification>,
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

/// Reads a document.
///
/// # Errors
/// When it has another shape than this service knows: it is newer than the service, or broken.
pub fn read(body: &str) -> Result<Document, serde_json::Error> {
    serde_json::from_str(body)
}

impl TryFrom<Body> for Document {
    type Error = MoneyError;

    fn try_from(body: Body) -> Result<Self, MoneyError> {
        let price = |minor| Money::new(minor, body.currency);
        let above = body.category.path.split('/').zip(body.category_names);
        let parents = above.filter(|(slug, _)| *slug != body.category.slug);
        let parents = parents
            .map(|(slug, name)| CategoryRef {
                slug: slug.to_owned(),
                name,
            })
            .collect();
        Ok(Self {
            id: body.product_id.into(),
            slug: body.slug,
            title: body.title,
            description: body.description,
            brand: body.brand,
            category: CategoryRef {
                slug: body.category.slug,
                name: body.category.name,
            },
            parents,
            art: body.art,
            color: body.color,
            specifications: body.attributes,
            codes: body.skus,
            variant_titles: body.variant_titles,
            price: price(body.price_minor)?,
            compare_at: body.compare_at_minor.map(price).transpose()?,
            availability: body.availability,
            variant_count: body.variant_count,
            default_variant_id: body.default_variant_id.into(),
            created_at: body.created_at,
        })
    }
}

impl Document {
    /// The product as lists show it.
    pub fn summary(&self) -> ProductSummary {
        let highlights = self.specifications.iter().filter(|s| s.highlight.is_some());
        ProductSummary {
            id: self.id,
            slug: self.slug.clone(),
            title: self.title.clone(),
            brand: self.brand.clone(),
            category: self.category.clone(),
            price: self.price,
            compare_at: self.compare_at,
            availability: self.availability,
            image: Media::art(&self.art, self.id, self.color.as_deref(), &self.title),
            highlights: highlights
                .take(HIGHLIGHTS_MAX)
                .map(|s| Highlight {
                    name: s.name.clone(),
                    value: s.shown(),
                })
                .collect(),
            variant_count: self.variant_count,
            default_variant_id: self.default_variant_id,
        }
    }
}

impl Specification {
    /// Value and unit as they are shown.
    pub fn shown(&self) -> String {
        let value = self.value.shown();
        match &self.unit {
            Some(unit)
                if !unit.is_empty() && !matches!(self.value, SpecificationValue::Flag(_)) =>
            {
                format!("{value} {unit}")
            }
            _ => value.to_owned(),
        }
    }

    /// The words by which it is found: a feature by its name, anything else by its value.
    pub fn words(&self) -> Option<String> {
        match &self.value {
            SpecificationValue::Flag(has) => has.then(|| self.name.clone()),
            SpecificationValue::Number(_) | SpecificationValue::Text(_) => Some(self.shown()),
        }
    }
}

impl SpecificationValue {
    /// As it is shown, without a unit.
    pub fn shown(&self) -> &str {
        match self {
            Self::Flag(true) => "Yes",
            Self::Flag(false) => "No",
            Self::Number(text) | Self::Text(text) => text,
        }
    }
}

/// A whole number is stored as 16 or as 16.0, depending on who wrote it; it is shown as 16.
fn value<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SpecificationValue, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Bool(flag) => Ok(SpecificationValue::Flag(flag)),
        Value::String(text) => Ok(SpecificationValue::Text(text)),
        Value::Number(number) => {
            let text = number.to_string();
            Ok(SpecificationValue::Number(
                text.strip_suffix(".0").map(str::to_owned).unwrap_or(text),
            ))
        }
        _ => Err(de::Error::custom(
            "a specification is a text, a number or a flag",
        )),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn body() -> Value {
        json!({
            "product_id": Uuid::from_u128(1), "slug": "note-14", "title": "Note 14", "description": "A laptop.",
            "brand": {"slug": "acme", "name": "Acme"},
            "category": {"slug": "laptops", "name": "Laptops", "path": "computers/laptops"},
            "category_names": ["Computers", "Laptops"], "art": "laptop", "color": null,
            "attributes": [
                {"code": "ram", "name": "Memory", "kind": "number", "unit": "GB", "value": 16.0, "highlight": 1},
                {"code": "touch", "name": "Touchscreen", "kind": "boolean", "unit": null, "value": true, "highlight": null},
                {"code": "fan", "name": "Fan", "kind": "boolean", "unit": "", "value": false, "highlight": null}],
            "skus": ["N14"], "variant_titles": [], "price_minor": 99_900, "compare_at_minor": null, "currency": "USD",
            "availability": "in_stock", "variant_count": 1, "default_variant_id": Uuid::from_u128(2),
            "created_at": "2026-01-02T03:04:05.678+00:00", "released_at": null, "added_later": 1
        })
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for (pointer, broken) in [
            ("/price_minor", json!(null)),
            ("/price_minor", json!(Money::MAX_MINOR + 1)),
            ("/currency", json!("XXXX")),
            ("/availability", json!("maybe")),
            ("/attributes/0/value", json!(["a"])),
            ("/created_at", json!("yesterday")),
        ] {
            let mut body = body();
            *body.pointer_mut(pointer).unwrap() = broken.clone();
            assert!(read(&body.to_string()).is_err(), "{pointer}: {broken}");
        }
        assert!(read("[]").is_err());
    }

    #[test]
    fn shows_specifications_and_finds_by_them() {
        let document = read(&body().to_string()).unwrap();
        let shown: Vec<_> = document
            .specifications
            .iter()
            .map(Specification::shown)
            .collect();
        assert_eq!(shown, ["16 GB", "Yes", "No"]);
        let words: Vec<_> = document
            .specifications
            .iter()
            .filter_map(Specification::words)
            .collect();
        assert_eq!(words, ["16 GB", "Touchscreen"]);
    }

    #[test]
    fn knows_its_category_and_those_above() {
        let document = read(&body().to_string()).unwrap();
        assert_eq!(document.category.slug, "laptops");
        assert_eq!(
            document.parents,
            [CategoryRef {
                slug: "computers".to_owned(),
                name: "Computers".to_owned()
            }]
        );
    }
}
