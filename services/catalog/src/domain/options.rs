//! What tells the variants of a product apart: names and values in a chosen order.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Schema, Type};

use crate::art::colour::Rgb;

/// Separates the parts of an option key: occurs in no name or value.
const SEPARATOR: char = '\u{1f}';
/// The longest name or value, in characters.
pub const TEXT_MAX: usize = 60;
/// The most options of a variant.
pub const OPTIONS_MAX: usize = 5;

/// Option names with their values, in the product's order. On the wire a JSON object, whose order is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options(Vec<(String, String)>);

/// One option as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredOption {
    /// Name as shown.
    pub name: String,
    /// Value as shown.
    pub value: String,
}

/// Why options cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OptionsError {
    /// Too many of them.
    #[error("at most {OPTIONS_MAX} options are possible")]
    TooMany,
    /// An empty or too long name or value.
    #[error("the names and values of options have 1 to {TEXT_MAX} characters")]
    Length,
    /// A name stands twice.
    #[error("option `{0}` stands twice")]
    Twice(String),
    /// Not the options that the product's other variants have.
    #[error("the variants of a product have the same options: {0}")]
    Names(String),
}

impl Options {
    /// Options of these names and values, whatever they are.
    pub fn new(options: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(options.into_iter().collect())
    }

    /// The options as stored.
    pub fn from_stored(stored: Vec<StoredOption>) -> Self {
        Self(
            stored
                .into_iter()
                .map(|option| (option.name, option.value))
                .collect(),
        )
    }

    /// The options for storing.
    pub fn to_stored(&self) -> Vec<StoredOption> {
        let option = |(name, value): (&str, &str)| StoredOption {
            name: name.to_owned(),
            value: value.to_owned(),
        };
        self.iter().map(option).collect()
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Names and values without surrounding space, each name once.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn checked(self) -> Result<Self, OptionsError> {
        if self.0.len() > OPTIONS_MAX {
            return Err(OptionsError::TooMany);
        }
        let mut checked: Vec<(String, String)> = Vec::with_capacity(self.0.len());
        for (name, value) in self.0 {
            let (name, value) = (name.trim().to_owned(), value.trim().to_owned());
            if [&name, &value].iter().any(|text| {
                !(1..=TEXT_MAX).contains(&text.chars().count())
                    || text.chars().any(char::is_control)
            }) {
                return Err(OptionsError::Length);
            }
            if checked
                .iter()
                .any(|(known, _)| known.to_lowercase() == name.to_lowercase())
            {
                return Err(OptionsError::Twice(name));
            }
            checked.push((name, value));
        }
        Ok(Self(checked))
    }

    /// The options in the order of a sibling's, if both have the same names.
    ///
    /// # Errors
    /// [`OptionsError::Names`] with the names that are expected.
    pub fn ordered_like(self, sibling: &Self) -> Result<Self, OptionsError> {
        let expected = || {
            sibling
                .iter()
                .map(|(name, _)| name)
                .collect::<Vec<_>>()
                .join(", ")
        };
        if self.0.len() != sibling.0.len() {
            return Err(OptionsError::Names(expected()));
        }
        let value = |wanted: &str| {
            self.iter()
                .find(|(name, _)| *name == wanted)
                .map(|(_, value)| value.to_owned())
        };
        sibling
            .iter()
            .map(|(name, _)| value(name).map(|value| (name.to_owned(), value)))
            .collect::<Option<Vec<_>>>()
            .map(Self)
            .ok_or_else(|| OptionsError::Names(expected()))
    }

    /// The same text for the same combination, whatever its order and case.
    pub fn key(&self) -> String {
        let mut parts: Vec<String> = self
            .iter()
            .map(|(name, value)| format!("{}={}", name.to_lowercase(), value.to_lowercase()))
            .collect();
        parts.sort_unstable();
        parts.join(&SEPARATOR.to_string())
    }

    /// The colour (`rrggbb`) that the options name, for the product art.
    pub fn color(&self) -> Option<String> {
        let is_color =
            |name: &str| matches!(name.to_lowercase().as_str(), "colour" | "color" | "finish");
        self.iter()
            .find(|(name, _)| is_color(name))
            .and_then(|(_, value)| Rgb::by_name(value))
            .map(|color| color.to_string())
    }

    /// The title of a variant that was given none: its values, joined.
    pub fn title(&self) -> String {
        self.iter()
            .map(|(_, value)| value)
            .collect::<Vec<_>>()
            .join(" / ")
    }
}

impl Serialize for Options {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Options {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(OptionsVisitor)
    }
}

struct OptionsVisitor;

impl<'de> Visitor<'de> for OptionsVisitor {
    type Value = Options;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of option names and values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Options, A::Error> {
        let mut options = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, String>()? {
            if options.len() > OPTIONS_MAX {
                return Err(A::Error::custom(OptionsError::TooMany));
            }
            options.push((name, value));
        }
        Ok(Options(options))
    }
}

impl utoipa::PartialSchema for Options {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some("Option names and values, in the product's order"))
            .additional_properties(Some(AdditionalProperties::RefOr(RefOr::<Schema>::T(
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .build()
                    .into(),
            ))))
            .examples([serde_json::json!({"Storage": "256 GB", "Colour": "Graphite"})])
            .build()
            .into()
    }
}

impl utoipa::ToSchema for Options {
    fn name() -> Cow<'static, str> {
        "VariantOptions".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(json: &str) -> Options {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn the_order_of_the_object_is_kept() {
        let text = r#"{"Storage":"256 GB","Colour":"Graphite"}"#;
        assert_eq!(serde_json::to_string(&options(text)).unwrap(), text);
        assert_eq!(options(text).title(), "256 GB / Graphite");
        assert_eq!(
            Options::from_stored(options(text).to_stored()),
            options(text)
        );
    }

    #[test]
    fn bad_options_are_refused() {
        let checked = |json: &str| options(json).checked().map(|options| options.title());
        assert_eq!(checked(r#"{"Colour":" "}"#), Err(OptionsError::Length));
        assert_eq!(
            checked(r#"{"Colour":"a\u001fb"}"#),
            Err(OptionsError::Length)
        );
        assert_eq!(
            checked(r#"{"Colour":"a","colour ":"b"}"#),
            Err(OptionsError::Twice("colour".into()))
        );
        assert_eq!(
            checked(r#"{"a":"1","b":"1","c":"1","d":"1","e":"1","f":"1"}"#),
            Err(OptionsError::TooMany)
        );
        assert_eq!(checked(r#"{"Colour":" Red "}"#), Ok("Red".into()));
    }

    #[test]
    fn a_combination_has_one_key() {
        let (a, b) = (
            options(r#"{"Colour":"Red","Size":"L"}"#),
            options(r#"{"size":"l","colour":"RED"}"#),
        );
        assert_eq!(a.key(), b.key());
        assert_ne!(a.key(), options(r#"{"Colour":"Red"}"#).key());
        assert!(
            b.clone().ordered_like(&a).is_err(),
            "names are compared as written"
        );
        let c = options(r#"{"Size":"M","Colour":"Red"}"#);
        assert_eq!(c.ordered_like(&a).unwrap().title(), "Red / M");
    }
}
