//! From OpenAPI 3.0 to JSON Schema, and stricter: a field that the document does not name is an
//! error, and ids can only be expanded into objects that the simulator has.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// What an id may stand for.
const OBJECTS: &[&str] = &[
    "balance_transaction",
    "charge",
    "customer",
    "deleted_customer",
    "dispute",
    "event",
    "payment_intent",
    "payment_method",
    "refund",
];

const PREFIX: &str = "#/components/schemas/";

/// A schema of the document as a JSON Schema.
pub(super) fn schema(source: &Value) -> Value {
    let Value::Object(fields) = source else {
        return source.clone();
    };
    let expandable = fields.contains_key("x-expansionResources");
    let mut target = Map::new();
    for (name, value) in fields {
        let converted = match name.as_str() {
            "properties" => {
                let properties = value.as_object().into_iter().flatten();
                properties
                    .map(|(name, value)| (name.clone(), schema(value)))
                    .collect::<Map<_, _>>()
                    .into()
            }
            "items" => schema(value),
            "additionalProperties" if value.is_object() => schema(value),
            "anyOf" => {
                let choices = value.as_array().into_iter().flatten();
                choices
                    .filter(|choice| !expandable || is_known(choice))
                    .map(schema)
                    .collect()
            }
            "$ref"
            | "additionalProperties"
            | "enum"
            | "maxLength"
            | "pattern"
            | "required"
            | "type" => value.clone(),
            "description" | "format" | "nullable" | "title" => continue,
            name if name.starts_with("x-") => continue,
            name => panic!("the document uses {name}, which is not converted"),
        };
        target.insert(name.clone(), converted);
    }
    if target.contains_key("properties") && !target.contains_key("additionalProperties") {
        target.insert("additionalProperties".to_owned(), false.into());
    }
    let converted = Value::Object(target);
    if fields.get("nullable") == Some(&Value::Bool(true)) {
        json!({ "anyOf": [converted, { "type": "null" }] })
    } else {
        converted
    }
}

fn is_known(choice: &Value) -> bool {
    let name = choice["$ref"].as_str();
    let name = name.and_then(|name| name.strip_prefix(PREFIX));
    name.is_none_or(|name| OBJECTS.contains(&name))
}

/// The names of the schemas that one refers to.
pub(super) fn references(schema: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect(schema, &mut found);
    found
}

fn collect(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(name) = fields.get("$ref").and_then(Value::as_str) {
                found.extend(name.strip_prefix(PREFIX).map(str::to_owned));
            }
            fields.values().for_each(|value| collect(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}

#[test]
fn what_stripe_says_becomes_a_json_schema() {
    let source = json!({
        "type": "object",
        "required": ["id"],
        "properties": {
            "id": { "type": "string", "maxLength": 5, "description": "x" },
            "nullable": { "type": "integer", "nullable": true, "format": "unix-time" },
            "customer": {
                "anyOf": [
                    { "type": "string" },
                    { "$ref": "#/components/schemas/customer" },
                    { "$ref": "#/components/schemas/account" },
                ],
                "x-expansionResources": { "oneOf": [] },
            },
        },
    });
    let converted = json!({
        "type": "object",
        "required": ["id"],
        "additionalProperties": false,
        "properties": {
            "id": { "type": "string", "maxLength": 5 },
            "nullable": { "anyOf": [{ "type": "integer" }, { "type": "null" }] },
            "customer": {
                "anyOf": [{ "type": "string" }, { "$ref": "#/components/schemas/customer" }],
            },
        },
    });
    assert_eq!(schema(&source), converted);
    assert_eq!(
        references(&converted).into_iter().collect::<Vec<_>>(),
        ["customer"]
    );
}
