//! Typed attributes by field prefix, with human names and units derived from the code.

use super::clean;
use super::format::AttributesFormat;
use super::row::{Attribute, AttributeKind, AttributeValue, RowError};
use serde_json::{Map, Number, Value};
use std::collections::{BTreeMap, HashMap};

/// Longest text value of an attribute, in bytes.
pub const TEXT_MAX: usize = 10_000;

/// The prefixes that mark attributes and their types.
#[derive(Debug, Clone)]
pub struct Prefixes(Vec<(String, AttributeKind)>);

impl Prefixes {
    /// The prefixes of a mapping.
    pub fn new(format: &AttributesFormat) -> Self {
        let kinds = [
            (&format.text_prefix, AttributeKind::Text),
            (&format.number_prefix, AttributeKind::Number),
            (&format.boolean_prefix, AttributeKind::Boolean),
        ];
        Self(
            kinds
                .into_iter()
                .filter_map(|(prefix, kind)| Some((prefix.clone()?, kind)))
                .collect(),
        )
    }

    /// The value of the attribute with this code, whatever its type.
    pub fn get<'a>(&self, row: &'a Map<String, Value>, code: &str) -> Option<&'a Value> {
        self.0
            .iter()
            .find_map(|(prefix, _)| row.get(&format!("{prefix}{code}")))
            .filter(|value| !value.is_null())
    }

    fn split<'a>(&self, field: &'a str) -> Option<(&'a str, AttributeKind)> {
        self.0
            .iter()
            .find_map(|(prefix, kind)| Some((field.strip_prefix(prefix.as_str())?, *kind)))
    }
}

/// Turns the attribute fields of a row into attributes.
#[derive(Debug)]
pub struct AttributeReader {
    prefixes: Prefixes,
    max: usize,
    skip: Vec<Glob>,
    first: HashMap<String, usize>,
    names: BTreeMap<String, String>,
    words: BTreeMap<String, String>,
    units: Vec<(Glob, String)>,
    category_units: BTreeMap<String, BTreeMap<String, String>>,
    values: BTreeMap<String, String>,
}

impl AttributeReader {
    /// Prepares the attribute part of a mapping.
    pub fn new(format: &AttributesFormat) -> Self {
        let mut units: Vec<_> = format
            .units
            .iter()
            .map(|(code, unit)| (Glob::new(code), unit.clone()))
            .collect();
        // Exact codes come before patterns, long patterns before short ones.
        units.sort_by_key(|(glob, _)| {
            (
                glob.0.len() > 1,
                std::cmp::Reverse(glob.0.iter().map(String::len).sum::<usize>()),
            )
        });
        Self {
            prefixes: Prefixes::new(format),
            max: if format.max == 0 {
                usize::MAX
            } else {
                format.max
            },
            skip: format.skip.iter().map(|code| Glob::new(code)).collect(),
            first: format.first.iter().cloned().zip(0..).collect(),
            names: format.names.clone(),
            words: format.words.clone(),
            units,
            category_units: format.category_units.clone(),
            values: format.values.clone(),
        }
    }

    /// The attributes of a row: those named first in the mapping lead, the others follow by code.
    ///
    /// # Errors
    /// A value whose type does not fit its prefix, or a text that is too long.
    pub fn read(
        &self,
        row: &Map<String, Value>,
        category: &str,
    ) -> Result<Vec<Attribute>, RowError> {
        let mut found = Vec::new();
        for (field, value) in row {
            let Some((code, kind)) = self.prefixes.split(field) else {
                continue;
            };
            if code.is_empty() || value.is_null() || self.skip.iter().any(|glob| glob.matches(code))
            {
                continue;
            }
            if let Some(value) = self.value(field, kind, value)? {
                found.push((code, kind, value));
            }
        }
        found.sort_by_key(|(code, ..)| {
            (self.first.get(*code).copied().unwrap_or(usize::MAX), *code)
        });
        found.truncate(self.max);
        Ok(found
            .into_iter()
            .map(|(code, kind, value)| Attribute {
                code: code.trim_matches('_').to_owned(),
                name: self.name(code),
                kind,
                value,
                unit: (kind == AttributeKind::Number)
                    .then(|| self.unit(code, category))
                    .flatten(),
            })
            .collect())
    }

    fn value(
        &self,
        field: &str,
        kind: AttributeKind,
        value: &Value,
    ) -> Result<Option<AttributeValue>, RowError> {
        Ok(Some(match (kind, value) {
            (AttributeKind::Text, Value::String(text)) => {
                let text = clean::paragraphs(text);
                let text = self.values.get(&text).cloned().unwrap_or(text);
                if text.len() > TEXT_MAX {
                    return Err(RowError::new(
                        field,
                        format!("is longer than {TEXT_MAX} bytes"),
                    ));
                }
                if text.is_empty() {
                    return Ok(None);
                }
                AttributeValue::Text(text)
            }
            (AttributeKind::Number, Value::Number(number)) => AttributeValue::Number(whole(number)),
            (AttributeKind::Boolean, Value::Bool(flag)) => AttributeValue::Boolean(*flag),
            (_, other) => {
                let (want, have) = (kind.as_str(), super::values::type_name(other));
                return Err(RowError::new(
                    field,
                    format!("must be a {want}, found {have}"),
                ));
            }
        }))
    }

    fn unit(&self, code: &str, category: &str) -> Option<String> {
        if let Some(unit) = self
            .category_units
            .get(category)
            .and_then(|units| units.get(code))
        {
            return Some(unit.clone());
        }
        self.units
            .iter()
            .find(|(glob, _)| glob.matches(code))
            .map(|(_, unit)| unit.clone())
            .filter(|unit| !unit.is_empty())
    }

    /// "Contrast ratio (typical)" for `contrast_ratio__typical_`.
    pub fn name(&self, code: &str) -> String {
        if let Some(name) = self.names.get(code) {
            return name.clone();
        }
        let mut out = String::new();
        let mut open = false;
        for part in code.split("__") {
            let (inner, closes) = part
                .strip_suffix('_')
                .map_or((part, false), |inner| (inner, true));
            let words = self.words(inner);
            if words.is_empty() {
                continue;
            }
            if out.is_empty() {
                out = words;
            } else if open {
                out = format!("{out}) {words}");
                open = false;
            } else {
                out = format!("{out} ({words}");
                open = true;
            }
            if closes && open {
                out.push(')');
                open = false;
            }
        }
        if open {
            out.push(')');
        }
        let mut chars = out.chars();
        let lower_first = self
            .words
            .values()
            .any(|word| out.starts_with(word.as_str()));
        match chars.next() {
            Some(first) if !lower_first => first.to_uppercase().chain(chars).collect(),
            _ => out,
        }
    }

    fn words(&self, part: &str) -> String {
        let mut out = String::new();
        let mut number = false;
        for word in part.split('_').filter(|word| !word.is_empty()) {
            let digits = word.bytes().all(|byte| byte.is_ascii_digit());
            if !out.is_empty() {
                out.push(if digits && number { '.' } else { ' ' });
            }
            out.push_str(self.words.get(word).map_or(word, String::as_str));
            number = digits;
        }
        out
    }
}

/// A number without a needless fraction: 17.0 becomes 17.
fn whole(number: &Number) -> Number {
    let text = number.to_string();
    let head = text.strip_suffix(".0").unwrap_or(&text);
    head.parse::<i64>()
        .map_or_else(|_| number.clone(), Number::from)
}

/// A code in which `*` stands for any text.
#[derive(Debug)]
struct Glob(Vec<String>);

impl Glob {
    fn new(pattern: &str) -> Self {
        Self(pattern.split('*').map(str::to_owned).collect())
    }

    fn matches(&self, text: &str) -> bool {
        let [first, middle @ .., last] = self.0.as_slice() else {
            return self.0.first().is_some_and(|only| only == text);
        };
        let Some(mut rest) = text.strip_prefix(first.as_str()) else {
            return false;
        };
        for part in middle {
            let Some(at) = rest.find(part.as_str()) else {
                return false;
            };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(last.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn reader() -> AttributeReader {
        let toml = r#"
            text_prefix = "attr_t_"
            number_prefix = "attr_n_"
            boolean_prefix = "attr_b_"
            skip = ["pallet_*"]
            first = ["internal_memory"]
            [words]
            usb = "USB"
            wi = "Wi"
            [units]
            display_diagonal = "in"
            "*_weight" = "g"
            [category_units.laptops]
            internal_memory = "GB"
            [values]
            N = ""
            Y = "Yes"
        "#;
        AttributeReader::new(&toml::from_str(toml).unwrap())
    }

    #[test]
    fn names_are_derived() {
        let reader = reader();
        assert_eq!(reader.name("display_diagonal"), "Display diagonal");
        assert_eq!(
            reader.name("contrast_ratio__typical_"),
            "Contrast ratio (typical)"
        );
        assert_eq!(
            reader.name("master__outer__case_weight"),
            "Master (outer) case weight"
        );
        assert_eq!(
            reader.name("usb_3_2_gen_1__3_1_gen_1__type_a_ports"),
            "USB 3.2 gen 1 (3.1 gen 1) type a ports"
        );
    }

    #[test]
    fn values_are_typed_and_ordered() {
        let row = json!({"attr_n_display_diagonal": 17.0, "attr_n_internal_memory": 4.5, "attr_b_touchscreen": false, "attr_n_pallet_weight": 3,
            "attr_t_camera": "N", "attr_t_modem": "Y", "attr_n_package_weight": 12, "title": "x"});
        let found = reader().read(row.as_object().unwrap(), "laptops").unwrap();
        let codes: Vec<_> = found
            .iter()
            .map(|attribute| attribute.code.as_str())
            .collect();
        assert_eq!(
            codes,
            [
                "internal_memory",
                "display_diagonal",
                "modem",
                "package_weight",
                "touchscreen"
            ]
        );
        assert_eq!(
            serde_json::to_value(&found[1]).unwrap(),
            json!({"code": "display_diagonal", "name": "Display diagonal", "kind": "number", "value": 17, "unit": "in"})
        );
        assert_eq!(found[2].value, AttributeValue::Text("Yes".to_owned()));
        assert_eq!(found[0].unit.as_deref(), Some("GB"));
        assert_eq!(found[3].unit.as_deref(), Some("g"));
    }

    #[test]
    fn a_wrong_type_names_the_field() {
        let row = json!({"attr_n_weight": "heavy"});
        let error = reader()
            .read(row.as_object().unwrap(), "laptops")
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "attr_n_weight: must be a number, found text"
        );
    }
}
