//! Values as the document describes them, and what breaks them.

use serde_json::{Map, Value, json};

/// What follows the prefix in ids of nothing: the TypeID specification's example.
pub(super) const NOBODYS: &str = "01h455vb4pex5vsknk084sn02q";
/// Nothing in the documents is nested deeper.
const DEPTH_MAX: u8 = 8;
const LONG_BYTES: usize = 20_000;
const MANY_ITEMS: usize = 2_000;

/// One word for a parameter of the path.
pub(super) fn word(document: &Value, schema: &Value) -> String {
    match sample(document, schema) {
        Value::String(text) if text != TEXT => text,
        _ => NOBODYS.to_owned(),
    }
}

const TEXT: &str = "text";

/// A value that keeps the shape, though not every rule.
pub(super) fn sample(document: &Value, schema: &Value) -> Value {
    at_depth(document, schema, 0)
}

fn at_depth(document: &Value, schema: &Value, depth: u8) -> Value {
    let schema = resolved(document, schema);
    if depth > DEPTH_MAX {
        return Value::Null;
    }
    let given = ["/const", "/enum/0", "/examples/0", "/example"];
    if let Some(value) = given.iter().find_map(|place| schema.pointer(place)) {
        return harmless(value.clone());
    }
    for choice in ["oneOf", "anyOf", "allOf"] {
        let all = schema[choice].as_array().into_iter().flatten();
        if let Some(one) = all.into_iter().find(|one| one["type"] != "null") {
            return at_depth(document, one, depth + 1);
        }
    }
    match kind(schema) {
        "array" => json!([at_depth(document, &schema["items"], depth + 1)]),
        "integer" | "number" => schema.get("minimum").cloned().unwrap_or(json!(1)),
        "boolean" => json!(true),
        "string" if schema["format"] == "date-time" => json!("2030-01-01T00:00:00Z"),
        "string" => json!(TEXT),
        _ => {
            let members = schema["properties"].as_object().into_iter().flatten();
            let members =
                members.map(|(name, of)| (name.clone(), at_depth(document, of, depth + 1)));
            Value::Object(members.collect::<Map<_, _>>())
        }
    }
}

/// Addresses in examples are other people's: nothing may be sent there.
fn harmless(value: Value) -> Value {
    match value.as_str() {
        Some(text) if text.starts_with("http") => json!("https://127.0.0.1/"),
        _ => value,
    }
}

fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let named = schema["$ref"].as_str();
    let named = named.and_then(|name| document.pointer(name.trim_start_matches('#')));
    named.map_or(schema, |found| resolved(document, found))
}

/// The type; of several the one that is not `null`.
fn kind(schema: &Value) -> &str {
    let several = schema["type"].as_array().into_iter().flatten();
    let one = several.filter_map(Value::as_str).find(|one| *one != "null");
    one.or_else(|| schema["type"].as_str()).unwrap_or_default()
}

/// The value with one part at a time replaced by something that does not belong there.
pub(super) fn broken(value: &Value) -> Vec<(String, Value)> {
    let strange = [
        json!("a\u{0}b"),
        json!(""),
        json!("x".repeat(LONG_BYTES)),
        json!(-1),
        json!(u64::MAX),
        json!(1.5),
        Value::Null,
        json!({}),
        json!(vec![json!({}); MANY_ITEMS]),
    ];
    let mut found = Vec::new();
    for place in places(value) {
        for other in &strange {
            let mut changed = value.clone();
            if let Some(part) = changed.pointer_mut(&place) {
                *part = other.clone();
            }
            let shown: String = other.to_string().chars().take(24).collect();
            found.push((format!("{place} = {shown}"), changed));
        }
    }
    found
}

/// JSON pointers of the whole and of all its parts.
fn places(value: &Value) -> Vec<String> {
    let mut found = vec![String::new()];
    let inside: Vec<(String, &Value)> = match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, part)| (name.replace('~', "~0").replace('/', "~1"), part))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, part)| (index.to_string(), part))
            .collect(),
        _ => Vec::new(),
    };
    for (name, part) in inside {
        let below = places(part).into_iter();
        found.extend(below.map(|place| format!("/{name}{place}")));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_has_the_described_shape() {
        let document = json!({"components": {"schemas": {
            "Money": {"type": "object", "properties": {
                "amount": {"type": "integer", "minimum": 0}, "currency": {"type": "string", "examples": ["USD"]}}},
            "State": {"type": "string", "enum": ["active", "disabled"]},
        }}});
        let schema = json!({"type": "object", "properties": {
            "price": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Money"}]},
            "state": {"$ref": "#/components/schemas/State"},
            "tags": {"type": ["array", "null"], "items": {"type": "string"}},
            "until": {"type": ["string", "null"], "format": "date-time"},
            "url": {"type": "string", "example": "https://erp.example.com/"},
        }});
        assert_eq!(
            sample(&document, &schema),
            json!({
                "price": {"amount": 0, "currency": "USD"},
                "state": "active",
                "tags": ["text"],
                "until": "2030-01-01T00:00:00Z",
                "url": "https://127.0.0.1/",
            })
        );
        assert_eq!(word(&document, &json!({"type": "string"})), NOBODYS);
    }

    #[test]
    fn every_part_is_broken() {
        let value = json!({"lines": [{"quantity": 1}], "reason": "text"});
        assert_eq!(
            places(&value),
            ["", "/lines", "/lines/0", "/lines/0/quantity", "/reason"]
        );
        let all = broken(&value);
        assert_eq!(all.len(), 5 * 9);
        assert!(all.iter().any(|(_, body)| body["reason"] == "a\u{0}b"));
        assert!(
            all.iter()
                .any(|(_, body)| body["lines"][0]["quantity"] == -1)
        );
    }
}
