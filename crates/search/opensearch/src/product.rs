//! A product as it is written into an index, and what is read back of it.

use std::sync::Arc;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use search_core::facets::{self, Attribute};
use search_core::{Entry, Features, Filters, Position, Text, Wording};
use search_vectors::Embedding;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::schema::{self, SEPARATOR, field};

/// The server answers without padding what it was given with it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The source of a product. `vectors`: what the index takes of them.
pub(crate) fn source(entry: &Entry, vectors: Vectors) -> Value {
    let (document, terms) = (&entry.document, &entry.terms);
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| {
        fields.insert(name.to_owned(), value);
    };
    put(field::ID, json!(document.id.uuid()));
    put(field::BODY, json!(entry.body));
    for (name, terms) in [
        (field::TITLE, &terms.title),
        (field::TITLE_PLAIN, &terms.title_plain),
        (field::BRAND_TERMS, &terms.brand),
        (field::CATEGORY_TERMS, &terms.category),
        (field::ATTRIBUTE_TERMS, &terms.attributes),
        (field::DESCRIPTION, &terms.description),
        (field::CODES, &terms.codes),
    ] {
        put(name, json!(terms.join(" ")));
    }
    let category = &document.category;
    let mut path: Vec<&str> = document.parents.iter().map(|c| c.slug.as_str()).collect();
    path.push(&category.slug);
    put(field::PATH, json!(path));
    put(
        field::CATEGORY,
        json!(named(&category.name, &category.slug)),
    );
    if let Some(brand) = &document.brand {
        put(field::BRAND, json!(brand.slug));
        put(field::BRAND_NAME, json!(named(&brand.name, &brand.slug)));
    }
    let features = features(entry);
    put(field::PRICE, json!(features.price_minor));
    put(field::IN_STOCK, json!(features.in_stock));
    put(field::CREATED, json!(features.created_us));
    put(field::WANTED, json!(millionths(entry.popularity)));
    let features = serde_json::to_vec(&FeaturesRow::from(features)).unwrap_or_default();
    put(field::FEATURES, json!(BASE64.encode(features)));
    if let Some(vector) = entry.vector.as_ref().filter(|_| vectors != Vectors::None) {
        put(field::VECTOR, json!(BASE64.encode(vector.to_bytes())));
        if vectors == Vectors::Knn {
            put(field::NEAR, json!(vector.codes().as_slice()));
        }
    }
    put_attributes(&mut fields, &facets::attributes(document));
    Value::Object(fields)
}

/// What an index takes of vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Vectors {
    /// Nothing: it has none, or those of another model.
    None,
    /// Their bytes.
    Bytes,
    /// For the k-NN plugin too.
    Knn,
}

fn put_attributes(fields: &mut Map<String, Value>, attributes: &[Attribute<'_>]) {
    let mut push = |name: String, value: String| {
        let values = fields.entry(name).or_insert_with(|| json!([]));
        if let Value::Array(values) = values {
            values.push(json!(value));
        }
    };
    for attribute in attributes {
        push(field::HEAD.to_owned(), head(attribute));
        push(
            schema::slot(attribute.code),
            value_key(attribute.code, &attribute.value),
        );
        if let Some(number) = attribute.number {
            push(field::NUMBER.to_owned(), number_key(attribute.code, number));
        }
    }
}

fn head(attribute: &Attribute<'_>) -> String {
    let kind = if attribute.number.is_some() { "n" } else { "t" };
    [
        attribute.code,
        attribute.name,
        attribute.unit.unwrap_or_default(),
        kind,
    ]
    .join(&SEPARATOR.to_string())
}

/// An attribute as [`head`] wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) unit: Option<String>,
    pub(crate) numeric: bool,
}

impl Head {
    pub(crate) fn read(key: &str) -> Option<Self> {
        let mut parts = key.split(SEPARATOR).map(str::to_owned);
        let (code, name, unit, kind) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        Some(Self {
            code,
            name,
            unit: Some(unit).filter(|unit| !unit.is_empty()),
            numeric: kind == "n",
        })
    }
}

/// A name and a slug, ordered by the name first.
fn named(name: &str, slug: &str) -> String {
    format!("{name}{SEPARATOR}{slug}")
}

/// The keyword of an attribute's value.
pub(crate) fn value_key(code: &str, value: &str) -> String {
    format!("{code}{SEPARATOR}{value}")
}

/// The keyword of an attribute's number: hexadecimal with the sign turned round orders as the numbers do.
pub(crate) fn number_key(code: &str, number: i64) -> String {
    format!(
        "{code}{SEPARATOR}{:016x}",
        number.cast_unsigned() ^ (1 << 63)
    )
}

/// Popularity in millionths, as sorting takes it.
#[expect(clippy::cast_possible_truncation, reason = "saturates, and NaN is 0")]
pub(crate) fn millionths(popularity: f32) -> i64 {
    (f64::from(popularity) * 1e6) as i64
}

fn features(entry: &Entry) -> Features {
    let document = &entry.document;
    Features {
        position: Arc::new(Position {
            category: document.category.slug.as_str().into(),
            parents: document
                .parents
                .iter()
                .map(|c| c.slug.as_str().into())
                .collect(),
        }),
        brand: document.brand.as_ref().map(|b| b.slug.as_str().into()),
        wording: Wording::new(
            entry.terms.title.iter().map(String::as_str),
            entry.terms.codes.iter().map(String::as_str),
        ),
        price_minor: document.price.minor(),
        in_stock: Filters::can_be_had(document.availability),
        created_us: document.created_at.as_microsecond(),
        popularity: entry.popularity,
    }
}

/// [`Features`] as a column keeps them: without names, since every candidate brings them along.
#[derive(Debug, Serialize, Deserialize)]
struct FeaturesRow(
    String,
    Vec<String>,
    Option<String>,
    Vec<String>,
    Vec<String>,
    i64,
    bool,
    i64,
    f32,
);

impl From<Features> for FeaturesRow {
    fn from(f: Features) -> Self {
        Self(
            f.position.category.to_string(),
            f.position
                .parents
                .iter()
                .map(|slug| slug.to_string())
                .collect(),
            f.brand.map(|slug| slug.to_string()),
            f.wording.title().map(str::to_owned).collect(),
            f.wording.codes().map(str::to_owned).collect(),
            f.price_minor,
            f.in_stock,
            f.created_us,
            f.popularity,
        )
    }
}

impl From<FeaturesRow> for Features {
    fn from(row: FeaturesRow) -> Self {
        Self {
            position: Arc::new(Position {
                category: row.0.into(),
                parents: row.1.into_iter().map(Text::from).collect(),
            }),
            brand: row.2.map(Text::from),
            wording: Wording::new(
                row.3.iter().map(String::as_str),
                row.4.iter().map(String::as_str),
            ),
            price_minor: row.5,
            in_stock: row.6,
            created_us: row.7,
            popularity: row.8,
        }
    }
}

/// Reads a column of features; `None` when it is damaged.
pub(crate) fn read_features(base64: &str) -> Option<Features> {
    let bytes = BASE64.decode(base64).ok()?;
    serde_json::from_slice::<FeaturesRow>(&bytes)
        .ok()
        .map(Features::from)
}

/// Reads a column of vectors; `None` when it is damaged.
pub(crate) fn read_vector(base64: &str) -> Option<Embedding> {
    Embedding::from_bytes(&BASE64.decode(base64).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_order() {
        let numbers = [i64::MIN, -1_000, -1, 0, 1, 999, 1_000, i64::MAX];
        let keys: Vec<_> = numbers.iter().map(|n| number_key("ram", *n)).collect();
        assert!(keys.is_sorted(), "{keys:?}");
        assert!(keys.iter().all(|key| key.len() == keys[0].len()));
    }

    #[test]
    fn heads_are_read_as_written() {
        let attribute = Attribute {
            code: "ram",
            name: "Memory",
            unit: Some("GB"),
            value: "16".to_owned(),
            number: Some(16_000),
        };
        let read = Head::read(&head(&attribute)).unwrap();
        assert_eq!(
            (read.code.as_str(), read.unit.as_deref(), read.numeric),
            ("ram", Some("GB"), true)
        );
        assert_eq!(Head::read("x"), None);
    }
}
