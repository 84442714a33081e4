//! Filling the blanks of titles and sentences.

use super::data::is_none;
use crate::import::AttributeValue;
use std::collections::BTreeMap;

/// What the blanks stand for.
#[derive(Debug, Default)]
pub(super) struct Blanks(BTreeMap<String, AttributeValue>);

/// Codes whose words are common nouns, written small inside a sentence.
const SMALL: [&str; 3] = ["kind", "material", "microphone"];
/// Names that keep their capital.
const NAMES: [&str; 5] = ["Wi-Fi", "Bluetooth", "Full-Frame", "Blu-ray", "Zigbee"];

impl Blanks {
    pub(super) fn text(&mut self, name: &str, value: &str) {
        self.value(name, AttributeValue::Text(value.to_owned()));
    }

    pub(super) fn value(&mut self, name: &str, value: AttributeValue) {
        self.0.insert(name.to_owned(), value);
    }

    /// A title: every blank as it is.
    pub(super) fn title(&self, template: &str) -> String {
        self.fill(template, false).unwrap_or_default()
    }

    /// A sentence with small nouns and the right article; `None` when it speaks of what the product lacks.
    pub(super) fn sentence(&self, template: &str) -> Option<String> {
        self.fill(template, true)
            .map(|text| articles(&text))
            .map(|text| capital(&text))
    }

    fn fill(&self, template: &str, sentence: bool) -> Option<String> {
        let mut out = String::new();
        let mut rest = template;
        while let Some((head, tail)) = rest.split_once('{') {
            let (name, tail) = tail.split_once('}')?;
            out.push_str(head);
            let value = self.0.get(name)?;
            if sentence && is_none(value) {
                return None;
            }
            let text = display(value);
            out.push_str(&if sentence && SMALL.contains(&name) {
                small(&text)
            } else {
                text
            });
            rest = tail;
        }
        out.push_str(rest);
        Some(out)
    }
}

fn display(value: &AttributeValue) -> String {
    match value {
        AttributeValue::Text(text) => text.clone(),
        AttributeValue::Number(number) => number.to_string().trim_end_matches(".0").to_owned(),
        AttributeValue::Boolean(flag) => if *flag { "yes" } else { "no" }.to_owned(),
    }
}

/// "Wireless In-Ear" becomes "wireless in-ear"; names, units and abbreviations stay.
fn small(text: &str) -> String {
    let word = |word: &str| {
        let plain = word
            .chars()
            .skip(1)
            .all(|sign| sign.is_lowercase() || sign == '-' || sign == ',')
            || word
                .split('-')
                .all(|part| part.len() > 1 && part.chars().skip(1).all(char::is_lowercase));
        if plain && word.len() > 1 && !NAMES.contains(&word) {
            word.to_lowercase()
        } else {
            word.to_owned()
        }
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// "A 8-inch" becomes "An 8-inch".
fn articles(text: &str) -> String {
    let words: Vec<_> = text.split(' ').collect();
    let vowel = |next: &str| {
        let eight = next.starts_with('8')
            || next == "11"
            || next.starts_with("11-")
            || next.starts_with("18-");
        eight
            || next.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O'])
                && !next.starts_with("one")
            || next.starts_with("LED")
            || next.starts_with("XLR")
    };
    let pairs = words
        .iter()
        .enumerate()
        .map(|(at, word)| match (*word, words.get(at + 1)) {
            ("A", Some(next)) if vowel(next) => "An",
            ("a", Some(next)) if vowel(next) => "an",
            (word, _) => word,
        });
    pairs.collect::<Vec<_>>().join(" ")
}

fn capital(text: &str) -> String {
    let mut signs = text.chars();
    signs.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(signs).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_read_well() {
        let mut blanks = Blanks::default();
        blanks.text("kind", "In-Ear Wi-Fi Speaker USB");
        blanks.value("size", AttributeValue::Number(8.into()));
        blanks.value("lacks", AttributeValue::Number(0.into()));
        assert_eq!(
            blanks.sentence("A {kind}.").as_deref(),
            Some("An in-ear Wi-Fi speaker USB.")
        );
        assert_eq!(
            blanks.sentence("{kind} here.").as_deref(),
            Some("In-ear Wi-Fi speaker USB here.")
        );
        assert_eq!(
            blanks.sentence("A {size}-inch.").as_deref(),
            Some("An 8-inch.")
        );
        assert_eq!(blanks.sentence("Has {lacks}."), None);
        assert_eq!(blanks.title("{kind} {lacks}"), "In-Ear Wi-Fi Speaker USB 0");
    }
}
