//! What codes mean over many sources: the same code with another type or unit gets a code of its own.

use std::collections::BTreeMap;

use serde_json::Value;

use super::attribute::{AttributeDefinition, AttributeKind, display_value, fit};
use super::highlights;

/// Type and unit of a code.
pub type Meaning = (AttributeKind, Option<String>);

/// The codes that are known, and those that came to be.
#[derive(Debug, Default)]
pub struct Meanings {
    known: BTreeMap<String, Meaning>,
    new: Vec<AttributeDefinition>,
}

/// The codes that an attribute may be found under, the best first: its own, one with its unit, one with its type.
pub fn candidates(wanted: &AttributeDefinition) -> Vec<String> {
    let unit = wanted
        .unit
        .as_deref()
        .filter(|_| wanted.kind == AttributeKind::Number)
        .map(words);
    let endings = [
        unit.filter(|unit| !unit.is_empty()),
        Some(wanted.kind.as_str().to_owned()),
    ];
    std::iter::once(wanted.code.clone())
        .chain(
            endings
                .into_iter()
                .flatten()
                .map(|ending| format!("{}_{ending}", wanted.code)),
        )
        .filter(|code| AttributeDefinition::is_code(code))
        .collect()
}

impl Meanings {
    /// The meanings of codes that are defined already.
    pub fn new(known: BTreeMap<String, Meaning>) -> Self {
        Self {
            known,
            new: Vec::new(),
        }
    }

    /// The code that a value belongs under and the value as it is stored there. A code that is not known yet is
    /// defined. `None` if all its codes mean something else.
    pub fn place(
        &mut self,
        wanted: &AttributeDefinition,
        value: &Value,
    ) -> Option<(String, Value)> {
        wanted.kind.check(value).ok()?;
        for code in candidates(wanted) {
            let Some((kind, unit)) = self.known.get(&code) else {
                self.define(&code, wanted);
                return Some((code, value.clone()));
            };
            let same_unit = *unit == wanted.unit || *kind != AttributeKind::Number;
            match (*kind == wanted.kind, *kind == AttributeKind::Text) {
                (true, _) if same_unit => return Some((code, value.clone())),
                (false, true) => {
                    return Some((code, display_value(value, wanted.unit.as_deref()).into()));
                }
                (false, false) if same_unit && wanted.kind == AttributeKind::Text => {
                    if let Some(value) = fit(*kind, value) {
                        return Some((code, value));
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// The definitions that came to be.
    pub fn into_new(self) -> Vec<AttributeDefinition> {
        self.new
    }

    fn define(&mut self, code: &str, wanted: &AttributeDefinition) {
        let place = highlights::place(code);
        self.known
            .insert(code.to_owned(), (wanted.kind, wanted.unit.clone()));
        self.new.push(AttributeDefinition {
            code: code.to_owned(),
            highlight: place,
            filterable: place.is_some(),
            ..wanted.clone()
        });
    }
}

/// A unit as a part of a code: `Gbit/s` becomes `gbit_s`.
fn words(unit: &str) -> String {
    let text: String = unit
        .to_lowercase()
        .chars()
        .map(|ch| match ch {
            '%' => 'p',
            '²' => '2',
            ch if ch.is_ascii_alphanumeric() => ch,
            _ => '_',
        })
        .collect();
    text.trim_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn wanted(code: &str, kind: AttributeKind, unit: Option<&str>) -> AttributeDefinition {
        AttributeDefinition {
            code: code.to_owned(),
            name: code.to_owned(),
            kind,
            unit: unit.map(str::to_owned),
            filterable: false,
            highlight: None,
        }
    }

    #[test]
    fn another_unit_or_type_gets_a_code_of_its_own() {
        let (number, text) = (AttributeKind::Number, AttributeKind::Text);
        let mut meanings = Meanings::new(BTreeMap::from([
            ("rate".to_owned(), (number, Some("Mbit/s".to_owned()))),
            ("size".to_owned(), (text, None)),
        ]));
        let mut place = |code: &str, kind, unit, value: Value| {
            meanings
                .place(&wanted(code, kind, unit), &value)
                .map(|(code, value)| format!("{code}={value}"))
        };
        assert_eq!(
            place("rate", number, Some("Mbit/s"), json!(5)).as_deref(),
            Some("rate=5")
        );
        assert_eq!(
            place("rate", number, Some("Gbit/s"), json!(5)).as_deref(),
            Some("rate_gbit_s=5")
        );
        assert_eq!(
            place("rate", number, Some("Gbit/s"), json!(6)).as_deref(),
            Some("rate_gbit_s=6")
        );
        assert_eq!(
            place("rate", text, None, json!("fast")).as_deref(),
            Some("rate_text=\"fast\"")
        );
        assert_eq!(
            place("size", number, Some("cm"), json!(3)).as_deref(),
            Some("size=\"3 cm\"")
        );
        assert_eq!(
            place("depth", number, None, json!(3)).as_deref(),
            Some("depth=3")
        );
        assert_eq!(
            place("depth", text, None, json!("4.5")).as_deref(),
            Some("depth=4.5")
        );
        assert_eq!(place("depth", number, None, json!("no number")), None);
        let new: Vec<_> = meanings
            .into_new()
            .into_iter()
            .map(|definition| definition.code)
            .collect();
        assert_eq!(new, ["rate_gbit_s", "rate_text", "depth"]);
    }

    #[test]
    fn telling_codes_are_shown_on_cards() {
        let mut meanings = Meanings::default();
        meanings.place(&wanted("panel", AttributeKind::Text, None), &json!("OLED"));
        meanings.place(
            &wanted("weight", AttributeKind::Number, Some("g")),
            &json!(5),
        );
        let shown: Vec<_> = meanings
            .into_new()
            .into_iter()
            .map(|d| (d.highlight.is_some(), d.filterable))
            .collect();
        assert_eq!(shown, [(true, true), (false, false)]);
    }
}
