//! What a row of a foreign catalogue becomes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A product as the importer hands it to the store. The field order is part of the content hash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportedProduct {
    /// The key of the row in its source, unique there.
    pub external_ref: String,
    /// Plain text, 1 to 500 characters, no line breaks.
    pub title: String,
    /// Slug from title and key: stable over runs and unique within the source.
    pub slug_hint: String,
    /// Brand name as the source writes it.
    pub brand: Option<String>,
    /// A leaf of the shop's category tree.
    pub category_slug: String,
    /// Plain text, may hold line breaks, may be empty.
    pub description: String,
    /// The most telling attributes first, the others by code.
    pub attributes: Vec<Attribute>,
    /// The first valid GTIN of the row.
    pub barcode: Option<String>,
    /// Price in minor units of `currency`.
    pub price_minor: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// Units in stock when the product is first imported.
    pub stock_on_hand: i64,
    /// When the product was released.
    pub released_at: Option<Timestamp>,
    /// Addresses of pictures at the source. They are kept as a note, never shown to shoppers.
    pub source_media: Vec<String>,
    /// Weight in grams.
    pub weight_g: Option<i64>,
}

impl ImportedProduct {
    /// Hexadecimal SHA-256 over the whole product: equal hashes mean nothing to write.
    ///
    /// # Errors
    /// When the product cannot be written as JSON, which no value of this type causes.
    pub fn content_hash(&self) -> Result<String, serde_json::Error> {
        Ok(hex::encode(Sha256::digest(serde_json::to_vec(self)?)))
    }
}

/// One typed attribute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attribute {
    /// Machine name, `snake_case`.
    pub code: String,
    /// Human name, such as "Display diagonal".
    pub name: String,
    /// The type of `value`.
    pub kind: AttributeKind,
    /// The value, its JSON type following `kind`.
    pub value: AttributeValue,
    /// Unit of a number, such as "GB".
    pub unit: Option<String>,
}

/// The type of an attribute's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttributeKind {
    /// Free text.
    Text,
    /// A number, perhaps with a unit.
    Number,
    /// Yes or no.
    Boolean,
}

impl AttributeKind {
    /// The name used in documents and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Boolean => "boolean",
        }
    }
}

/// The value of an attribute; plain JSON on the wire.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum AttributeValue {
    /// Of [`AttributeKind::Boolean`].
    Boolean(bool),
    /// Of [`AttributeKind::Number`]; whole numbers carry no fraction.
    Number(serde_json::Number),
    /// Of [`AttributeKind::Text`].
    Text(String),
}

/// Why a row cannot become a product.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct RowError {
    /// The field of the row, or `row` when the row as a whole is unreadable.
    pub field: String,
    /// What is wrong, in one sentence without the value of long fields.
    pub reason: String,
}

impl RowError {
    /// An error about one field.
    pub fn new(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            reason: reason.into(),
        }
    }
}
