//! The tables of the demo catalogue. `data/seed/README.md` explains them.

use crate::import::{Attribute, AttributeKind, AttributeValue};
use serde::Deserialize;
use serde_json::Number;
use std::collections::BTreeMap;
use toml::Value;

const FILES: [&str; 15] = [
    include_str!("../../data/seed/computers.toml"),
    include_str!("../../data/seed/components.toml"),
    include_str!("../../data/seed/storage.toml"),
    include_str!("../../data/seed/screens.toml"),
    include_str!("../../data/seed/peripherals.toml"),
    include_str!("../../data/seed/phones.toml"),
    include_str!("../../data/seed/audio.toml"),
    include_str!("../../data/seed/cameras.toml"),
    include_str!("../../data/seed/gaming.toml"),
    include_str!("../../data/seed/networking.toml"),
    include_str!("../../data/seed/cables.toml"),
    include_str!("../../data/seed/power.toml"),
    include_str!("../../data/seed/printing.toml"),
    include_str!("../../data/seed/office.toml"),
    include_str!("../../data/seed/home.toml"),
];

/// The products of one category.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    pub(super) count: u32,
    pub(super) brands: Vec<String>,
    pub(super) series: Vec<String>,
    pub(super) model: String,
    pub(super) title: String,
    pub(super) price: [i64; 2],
    pub(super) weight: [i64; 2],
    pub(super) specs: Vec<Spec>,
    #[serde(default)]
    pub(super) colours: Vec<String>,
    pub(super) option: Option<Choice>,
    pub(super) about: Vec<String>,
}

/// A second option next to the colour.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Choice {
    pub(super) name: String,
    pub(super) values: Vec<String>,
    /// What each value adds to the price, in cents.
    pub(super) add: Vec<i64>,
}

/// An attribute and the values it may have.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Vec<Value>")]
pub(super) struct Spec {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) unit: Option<String>,
    /// Drawn freely instead of growing with the price.
    pub(super) free: bool,
    pub(super) values: Vec<AttributeValue>,
}

impl TryFrom<Vec<Value>> for Spec {
    type Error = String;

    fn try_from(row: Vec<Value>) -> Result<Self, String> {
        let [
            Value::String(code),
            Value::String(name),
            Value::String(unit),
            values @ ..,
        ] = row.as_slice()
        else {
            return Err("a spec begins with code, name and unit".to_owned());
        };
        let values: Vec<_> = values.iter().map(value).collect::<Result<_, _>>()?;
        let kinds = values
            .windows(2)
            .all(|pair| kind(&pair[0]) == kind(&pair[1]));
        if values.is_empty() || !kinds {
            return Err(format!("`{code}` needs values of one type"));
        }
        let (code, free) = code
            .strip_prefix('~')
            .map_or((code.as_str(), false), |code| (code, true));
        let unit = Some(unit.clone()).filter(|unit| !unit.is_empty());
        Ok(Self {
            code: code.to_owned(),
            name: name.clone(),
            unit,
            free,
            values,
        })
    }
}

impl Spec {
    /// The attribute with one of the values; `None` where the value says that the product lacks the thing.
    pub(super) fn attribute(&self, value: &AttributeValue) -> Option<Attribute> {
        (!is_none(value)).then(|| Attribute {
            code: self.code.clone(),
            name: self.name.clone(),
            kind: kind(value),
            value: value.clone(),
            unit: self.unit.clone(),
        })
    }
}

/// A zero and the word "none" stand for "does not apply".
pub(super) fn is_none(value: &AttributeValue) -> bool {
    match value {
        AttributeValue::Number(number) => number.as_i64() == Some(0),
        AttributeValue::Text(text) => text == "none",
        AttributeValue::Boolean(_) => false,
    }
}

/// All tables by category slug.
pub(super) fn tables() -> Result<BTreeMap<String, Table>, toml::de::Error> {
    let mut tables = BTreeMap::new();
    for file in FILES {
        tables.extend(toml::from_str::<BTreeMap<String, Table>>(file)?);
    }
    Ok(tables)
}

fn value(value: &Value) -> Result<AttributeValue, String> {
    match value {
        Value::String(text) => Ok(AttributeValue::Text(text.clone())),
        Value::Boolean(flag) => Ok(AttributeValue::Boolean(*flag)),
        Value::Integer(number) => Ok(AttributeValue::Number(Number::from(*number))),
        Value::Float(number) => Number::from_f64(*number)
            .map(AttributeValue::Number)
            .ok_or_else(|| "no number".to_owned()),
        _ => Err("a value is text, a number or a boolean".to_owned()),
    }
}

fn kind(value: &AttributeValue) -> AttributeKind {
    match value {
        AttributeValue::Text(_) => AttributeKind::Text,
        AttributeValue::Number(_) => AttributeKind::Number,
        AttributeValue::Boolean(_) => AttributeKind::Boolean,
    }
}
