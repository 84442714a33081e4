//! Helpers for Stripe's JSON.

use serde_json::{Value, json};

/// Adds fields that are always null here, because clients expect them to be present.
pub(super) fn with_nulls(mut object: Value, names: &[&str]) -> Value {
    if let Value::Object(map) = &mut object {
        for name in names {
            map.insert((*name).to_owned(), Value::Null);
        }
    }
    object
}

/// A list object.
pub(crate) fn list(url: &str, data: &[Value], has_more: bool) -> Value {
    json!({ "object": "list", "url": url, "has_more": has_more, "data": data })
}
