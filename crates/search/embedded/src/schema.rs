//! Fields of the index, and products as documents of it.

use kernel::ProductId;
use search_core::{Entry, weights};
use search_vectors::Embedding;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions, Value,
};
use tantivy::{Score, TantivyDocument, Term};
use uuid::Uuid;

use crate::columns::Slot;

/// Rises whenever an index written before cannot be read any more, or would answer otherwise than one written now.
pub(crate) const VERSION: u32 = 1;
/// Which product a document is: its slot.
pub(crate) const SLOT: &str = "slot";
/// Terms come ready made, separated by blanks.
const TOKENIZER: &str = "whitespace";

/// The fields of the index.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    slot: Field,
    /// Stems of the title, with positions: phrases.
    pub(crate) title: Field,
    /// Words of the title as written: prefixes.
    pub(crate) title_plain: Field,
    /// Stems of the brand.
    pub(crate) brand: Field,
    /// Stems of the categories.
    pub(crate) category: Field,
    /// Stems of the specifications.
    pub(crate) attributes: Field,
    /// Stems of the description.
    pub(crate) description: Field,
    /// Compacted codes.
    pub(crate) codes: Field,
    id: Field,
    revision: Field,
    popularity: Field,
    vector: Field,
    body: Field,
}

/// A product as the index keeps it.
#[derive(Debug)]
pub(crate) struct Stored {
    /// Its slot.
    pub(crate) slot: Slot,
    /// The product.
    pub(crate) id: ProductId,
    /// The change that wrote it.
    pub(crate) revision: i64,
    /// What it is; `None` when it is gone.
    pub(crate) product: Option<StoredProduct>,
}

/// A product that can be found, as the index keeps it.
#[derive(Debug)]
pub(crate) struct StoredProduct {
    /// The document as the catalogue wrote it.
    pub(crate) body: String,
    /// Stems of the title.
    pub(crate) title: String,
    /// Compacted codes.
    pub(crate) codes: String,
    /// The vector of its text.
    pub(crate) vector: Option<Embedding>,
    /// How much shoppers want it.
    pub(crate) popularity: f32,
}

impl Fields {
    /// Fields of stems, in the order in which a stem is looked for.
    pub(crate) fn stemmed(&self) -> [Field; 5] {
        [
            self.title,
            self.brand,
            self.category,
            self.attributes,
            self.description,
        ]
    }

    /// What a stem counts in one of them.
    pub(crate) fn weight(&self, field: Field) -> Score {
        let weights = [
            weights::TITLE,
            weights::BRAND,
            weights::CATEGORY,
            weights::ATTRIBUTES,
            weights::DESCRIPTION,
        ];
        let mut known = self.stemmed().into_iter().zip(weights);
        known
            .find(|(known, _)| *known == field)
            .map_or(0.0, |(_, weight)| weight)
    }

    /// The schema and its fields.
    pub(crate) fn build() -> (Schema, Self) {
        let mut schema = Schema::builder();
        let words = |option| {
            let indexing = TextFieldIndexing::default()
                .set_tokenizer(TOKENIZER)
                .set_index_option(option);
            TextOptions::default().set_indexing_options(indexing)
        };
        let counted = || words(IndexRecordOption::WithFreqs);
        let positions = words(IndexRecordOption::WithFreqsAndPositions);
        let fields = Self {
            slot: schema.add_u64_field(SLOT, FAST | INDEXED | STORED),
            title: schema.add_text_field("title", positions.set_stored()),
            title_plain: schema.add_text_field("title_plain", words(IndexRecordOption::Basic)),
            brand: schema.add_text_field("brand", counted()),
            category: schema.add_text_field("category", counted()),
            attributes: schema.add_text_field("attributes", counted()),
            description: schema.add_text_field("description", counted()),
            codes: schema.add_text_field("codes", counted().set_stored()),
            id: schema.add_bytes_field("id", STORED),
            revision: schema.add_i64_field("revision", STORED),
            popularity: schema.add_f64_field("popularity", STORED),
            vector: schema.add_bytes_field("vector", STORED),
            body: schema.add_text_field("body", TextOptions::default().set_stored()),
        };
        (schema.build(), fields)
    }

    /// What a slot's document is found by.
    pub(crate) fn slot(&self, slot: Slot) -> Term {
        Term::from_field_u64(self.slot, slot.into())
    }

    /// A product as a document. One that is gone keeps its revision, so that what is older stays out.
    pub(crate) fn document(
        &self,
        slot: Slot,
        id: ProductId,
        revision: i64,
        entry: Option<&Entry>,
    ) -> TantivyDocument {
        let mut document = TantivyDocument::default();
        document.add_u64(self.slot, slot.into());
        document.add_bytes(self.id, id.uuid().as_bytes());
        document.add_i64(self.revision, revision);
        let Some(entry) = entry else {
            return document;
        };
        let terms = &entry.terms;
        for (field, words) in [
            (self.title, &terms.title),
            (self.title_plain, &terms.title_plain),
            (self.brand, &terms.brand),
            (self.category, &terms.category),
            (self.attributes, &terms.attributes),
            (self.description, &terms.description),
            (self.codes, &terms.codes),
        ] {
            document.add_text(field, words.join(" "));
        }
        document.add_f64(self.popularity, entry.popularity.into());
        if let Some(vector) = &entry.vector {
            document.add_bytes(self.vector, &vector.to_bytes());
        }
        document.add_text(self.body, &entry.body);
        document
    }

    /// Reads a document back; `None` if it is not one of ours.
    pub(crate) fn read(&self, document: &TantivyDocument) -> Option<Stored> {
        let first = |field| document.get_first(field);
        let text = |field| first(field).and_then(|value| Some(value.as_str()?.to_owned()));
        let product = match text(self.body) {
            Some(body) => Some(StoredProduct {
                body,
                title: text(self.title)?,
                codes: text(self.codes)?,
                vector: match first(self.vector) {
                    Some(bytes) => Some(Embedding::from_bytes(bytes.as_bytes()?)?),
                    None => None,
                },
                popularity: narrow(first(self.popularity)?.as_f64()?),
            }),
            None => None,
        };
        Some(Stored {
            slot: first(self.slot)?.as_u64()?.try_into().ok()?,
            id: Uuid::from_slice(first(self.id)?.as_bytes()?).ok()?.into(),
            revision: first(self.revision)?.as_i64()?,
            product,
        })
    }

    /// The body of a document, without the rest.
    pub(crate) fn body<'a>(&self, document: &'a TantivyDocument) -> Option<&'a str> {
        document.get_first(self.body)?.as_str()
    }
}

/// Back to the width in which it was given.
#[expect(
    clippy::cast_possible_truncation,
    reason = "it was widened from an f32"
)]
fn narrow(value: f64) -> f32 {
    value as f32
}
