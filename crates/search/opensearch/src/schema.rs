//! What an index looks like. A change here raises [`SCHEMA`]; every index says by which it was made.

use search_vectors::DIMENSIONS;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The version of everything in this file and in [`crate::product`].
pub(crate) const SCHEMA: u32 = 1;

/// Attribute values are spread over so many fields by the attribute's code: few enough fields for any number of
/// attributes, and each holds so few attributes that counting one does not read all of them.
pub(crate) const SLOTS: u32 = 64;

/// Between the parts of a composed keyword. Texts of the catalogue hold no control characters.
pub(crate) const SEPARATOR: char = '\u{1f}';

/// How often changes become visible.
pub(crate) const REFRESH: &str = "500ms";

/// Names of fields.
pub(crate) mod field {
    /// The product, for ties.
    pub(crate) const ID: &str = "id";
    /// The document as stored.
    pub(crate) const BODY: &str = "body";
    /// [`search_core::entry::Terms`], one field each.
    pub(crate) const TITLE: &str = "title";
    pub(crate) const TITLE_PLAIN: &str = "title_plain";
    pub(crate) const BRAND_TERMS: &str = "brand_terms";
    pub(crate) const CATEGORY_TERMS: &str = "category_terms";
    pub(crate) const ATTRIBUTE_TERMS: &str = "attribute_terms";
    pub(crate) const DESCRIPTION: &str = "description";
    pub(crate) const CODES: &str = "codes";
    /// Slugs of the category and those above.
    pub(crate) const PATH: &str = "path";
    /// Name and slug of the category.
    pub(crate) const CATEGORY: &str = "category";
    /// Slug of the brand.
    pub(crate) const BRAND: &str = "brand";
    /// Name and slug of the brand.
    pub(crate) const BRAND_NAME: &str = "brand_name";
    /// Minor units.
    pub(crate) const PRICE: &str = "price";
    pub(crate) const IN_STOCK: &str = "in_stock";
    /// Microseconds since 1970.
    pub(crate) const CREATED: &str = "created";
    /// Popularity in millionths.
    pub(crate) const WANTED: &str = "wanted";
    /// Code, name, unit and kind of each attribute.
    pub(crate) const HEAD: &str = "head";
    /// Code and number of each attribute that is a number, in an order that follows the numbers.
    pub(crate) const NUMBER: &str = "number";
    /// What ranking looks at.
    pub(crate) const FEATURES: &str = "features";
    /// The bytes of the vector.
    pub(crate) const VECTOR: &str = "vector";
    /// The same for the k-NN plugin.
    pub(crate) const NEAR: &str = "near";
}

/// What an index says about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Meta {
    /// [`SCHEMA`] when it was made.
    pub(crate) schema: u32,
    /// The analysis that made its terms.
    #[serde(default)]
    pub(crate) terms: u32,
    /// The model of its vectors.
    pub(crate) model: Option<String>,
    /// Whether the k-NN plugin knows its vectors.
    pub(crate) knn: bool,
}

/// The field of an attribute's values.
pub(crate) fn slot(code: &str) -> String {
    // FNV-1a: the same on every machine and in every release.
    let hash = code.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    format!("value_{:02}", hash % SLOTS)
}

/// The body that makes an index.
pub(crate) fn index(
    meta: &Meta,
    shards: u16,
    replicas: u16,
    aliases: &Value,
    refresh: &str,
) -> Value {
    json!({
        "aliases": aliases,
        "settings": {"index": {
            "number_of_shards": shards,
            "number_of_replicas": replicas,
            "refresh_interval": refresh,
            // A product that is gone keeps its version for so long: an older change that comes late does not revive it.
            "gc_deletes": "1h",
            "max_result_window": 10_000,
            "knn": meta.knn,
            "analysis": {
                "tokenizer": {"blanks": {"type": "whitespace", "max_token_length": 4_096}},
                "analyzer": {"terms": {"type": "custom", "tokenizer": "blanks"}},
            },
        }},
        "mappings": {
            "_meta": meta,
            "dynamic": "strict",
            // Everything else is read from columns; the terms would only be kept twice.
            "_source": {"includes": [field::BODY]},
            "properties": properties(meta),
        },
    })
}

fn properties(meta: &Meta) -> Map<String, Value> {
    let words = json!({"type": "text", "analyzer": "terms"});
    let keyword = json!({"type": "keyword", "ignore_above": 8_191});
    let long = json!({"type": "long"});
    let binary = json!({"type": "binary", "doc_values": true});
    let mut fields = Map::new();
    let mut put = |names: &[&str], mapping: &Value| {
        for name in names {
            fields.insert((*name).to_owned(), mapping.clone());
        }
    };
    put(
        &[
            field::TITLE,
            field::TITLE_PLAIN,
            field::BRAND_TERMS,
            field::CATEGORY_TERMS,
            field::ATTRIBUTE_TERMS,
            field::DESCRIPTION,
            field::CODES,
        ],
        &words,
    );
    put(
        &[
            field::ID,
            field::PATH,
            field::CATEGORY,
            field::BRAND,
            field::BRAND_NAME,
            field::HEAD,
            field::NUMBER,
        ],
        &keyword,
    );
    put(&[field::PRICE, field::CREATED, field::WANTED], &long);
    put(&[field::IN_STOCK], &json!({"type": "boolean"}));
    put(&[field::FEATURES, field::VECTOR], &binary);
    put(
        &[field::BODY],
        &json!({"type": "keyword", "index": false, "doc_values": false}),
    );
    for slot in 0..SLOTS {
        put(&[&format!("value_{slot:02}")], &keyword);
    }
    if meta.knn {
        put(
            &[field::NEAR],
            &json!({
                "type": "knn_vector", "dimension": DIMENSIONS, "data_type": "byte",
                "method": {"name": "hnsw", "engine": "lucene", "space_type": "cosinesimil",
                           "parameters": {"m": 16, "ef_construction": 128}},
            }),
        );
    }
    fields
}

/// The body that makes the index of states: which change each index took in last, and which are whole.
pub(crate) fn states(replicas: u16) -> Value {
    json!({
        "settings": {"index": {"number_of_shards": 1, "number_of_replicas": replicas}},
        "mappings": {"dynamic": false, "properties": {}},
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slot_has_a_field() {
        let body = index(&Meta::default(), 1, 0, &json!({}), REFRESH);
        let fields = body["mappings"]["properties"].as_object().unwrap();
        for n in 0..1_000 {
            assert!(fields.contains_key(&slot(&format!("attribute_{n}"))));
        }
        assert!(!fields.contains_key(field::NEAR));
        let meta = Meta {
            knn: true,
            ..Meta::default()
        };
        let body = index(&meta, 1, 0, &json!({}), REFRESH);
        assert_eq!(
            body["mappings"]["properties"][field::NEAR]["dimension"],
            DIMENSIONS
        );
    }
}
