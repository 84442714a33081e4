//! Typed attributes: what a code means, and whether a value fits it.

use std::collections::BTreeMap;

use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// The longest text value, in characters.
pub const TEXT_MAX: usize = 2000;

/// The type of an attribute's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
    /// The value as stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Boolean => "boolean",
        }
    }

    /// The value as stored; anything else counts as text.
    pub fn from_stored(text: &str) -> Self {
        match text {
            "number" => Self::Number,
            "boolean" => Self::Boolean,
            _ => Self::Text,
        }
    }

    /// Whether a value is of this type and not empty or too long.
    ///
    /// # Errors
    /// What is expected, in one sentence.
    pub fn check(self, value: &Value) -> Result<(), String> {
        match (self, value) {
            (Self::Text, Value::String(text)) if (1..=TEXT_MAX).contains(&text.chars().count()) => {
                Ok(())
            }
            (Self::Text, _) => Err(format!("must be a text of 1 to {TEXT_MAX} characters")),
            (Self::Number, Value::Number(_)) | (Self::Boolean, Value::Bool(_)) => Ok(()),
            (Self::Number, _) => Err("must be a number".to_owned()),
            (Self::Boolean, _) => Err("must be true or false".to_owned()),
        }
    }
}

/// What an attribute code means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct AttributeDefinition {
    /// Machine name: 1 to 80 small letters, digits and underscores.
    #[schema(example = "internal_memory", pattern = "^[a-z0-9_]{1,80}$")]
    pub code: String,
    /// Name as shown.
    #[garde(length(chars, min = 1, max = 120))]
    #[schema(example = "Memory", min_length = 1, max_length = 120)]
    pub name: String,
    /// Type of the values.
    pub kind: AttributeKind,
    /// Unit of a number.
    #[serde(default)]
    #[garde(inner(length(chars, min = 1, max = 20)))]
    #[schema(required, example = "GB", max_length = 20)]
    pub unit: Option<String>,
    /// Whether listings offer it as a filter.
    #[serde(default)]
    pub filterable: bool,
    /// Its place among the few values that a card shows; null = not shown there.
    #[serde(default)]
    #[garde(inner(range(min = 0, max = 1000)))]
    #[schema(required, minimum = 0, maximum = 1000)]
    pub highlight: Option<i32>,
}

impl AttributeDefinition {
    /// Whether a text can be a code.
    pub fn is_code(text: &str) -> bool {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        (1..=80).contains(&text.len()) && text.bytes().all(fits)
    }
}

/// What is wrong with one attribute of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeError {
    /// The code.
    pub code: String,
    /// Whether the code itself is unknown.
    pub unknown: bool,
    /// One sentence for a person.
    pub detail: String,
}

/// Checks values against their definitions. Codes without a definition are errors.
pub fn check_values(
    values: &BTreeMap<String, Value>,
    kinds: &BTreeMap<String, AttributeKind>,
) -> Vec<AttributeError> {
    values
        .iter()
        .filter_map(|(code, value)| {
            let (unknown, result) = kinds.get(code).map_or(
                (true, Err("no attribute has this code".to_owned())),
                |kind| (false, kind.check(value)),
            );
            result.err().map(|detail| AttributeError {
                code: code.clone(),
                unknown,
                detail,
            })
        })
        .collect()
}

/// A value as one of another type, where nothing is lost by it.
pub fn fit(kind: AttributeKind, value: &Value) -> Option<Value> {
    if kind.check(value).is_ok() {
        return Some(value.clone());
    }
    match (kind, value) {
        (AttributeKind::Text, Value::Number(_) | Value::Bool(_)) => {
            Some(display_value(value, None).into())
        }
        (AttributeKind::Number, Value::String(text)) => {
            serde_json::from_str::<serde_json::Number>(text.trim())
                .ok()
                .map(Value::from)
        }
        (AttributeKind::Boolean, Value::String(text)) => {
            match text.trim().to_lowercase().as_str() {
                "yes" | "true" => Some(true.into()),
                "no" | "false" => Some(false.into()),
                _ => None,
            }
        }
        _ => None,
    }
}

/// A value with its unit, as a person reads it.
pub fn display_value(value: &Value, unit: Option<&str>) -> String {
    let text = match value {
        Value::Bool(true) => "Yes".to_owned(),
        Value::Bool(false) => "No".to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(number) => {
            let text = number.to_string();
            text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
        }
        other => other.to_string(),
    };
    match unit {
        Some(unit) if matches!(unit, "%" | "°" | "\"") => format!("{text}{unit}"),
        Some(unit) if !unit.is_empty() => format!("{text} {unit}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_must_have_the_kind_of_their_code() {
        let kinds = BTreeMap::from([
            ("memory".to_owned(), AttributeKind::Number),
            ("touch".to_owned(), AttributeKind::Boolean),
        ]);
        let values = |json: Value| serde_json::from_value::<BTreeMap<String, Value>>(json).unwrap();
        let errors = check_values(
            &values(json!({"memory": "16", "touch": 1, "colour": "red"})),
            &kinds,
        );
        let codes: Vec<_> = errors
            .iter()
            .map(|error| (error.code.as_str(), error.unknown))
            .collect();
        assert_eq!(
            codes,
            [("colour", true), ("memory", false), ("touch", false)]
        );
        assert_eq!(
            check_values(&values(json!({"memory": 16, "touch": false})), &kinds),
            []
        );
        assert!(AttributeKind::Text.check(&json!("")).is_err());
    }

    #[test]
    fn values_are_fitted_only_without_loss() {
        for (kind, value, fitted) in [
            (AttributeKind::Text, json!(17.0), Some(json!("17"))),
            (AttributeKind::Number, json!("4.5"), Some(json!(4.5))),
            (AttributeKind::Number, json!("4 GB"), None),
            (AttributeKind::Number, json!(true), None),
            (AttributeKind::Boolean, json!("Yes"), Some(json!(true))),
            (AttributeKind::Boolean, json!(1), None),
        ] {
            assert_eq!(fit(kind, &value), fitted, "{value}");
        }
    }

    #[test]
    fn values_read_well() {
        assert_eq!(display_value(&json!(17.0), Some("in")), "17 in");
        assert_eq!(display_value(&json!(2.13), Some("GHz")), "2.13 GHz");
        assert_eq!(display_value(&json!(95), Some("%")), "95%");
        assert_eq!(display_value(&json!(true), None), "Yes");
        assert_eq!(display_value(&json!("OLED"), None), "OLED");
    }
}
