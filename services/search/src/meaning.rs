//! The text of a product that is embedded, and its hash: vectors are kept by it.

use search_core::{Entry, document};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// The text that is embedded. A body that cannot be read means nothing.
pub fn text(body: &str) -> String {
    document::read(body).map_or_else(|_| String::new(), |document| Entry::meaning(&document))
}

/// SHA-256 of a text.
pub fn hash(text: &str) -> Vec<u8> {
    Sha256::digest(text.as_bytes()).to_vec()
}

/// SHA-256 of what a stored document means.
pub fn hash_value(body: &Value) -> Vec<u8> {
    hash(&text(&body.to_string()))
}
