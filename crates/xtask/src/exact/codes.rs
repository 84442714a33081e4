//! Codes by which exactly one product is known.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use regex::Regex;

use super::words::compact;
use crate::catalogue::Document;

/// Shorter codes are words to most people.
const MODEL_CHARS_MIN: usize = 4;

/// The codes of a catalogue.
#[derive(Debug)]
pub(super) struct Codes {
    /// How many products hold a compacted code, anywhere in title, codes and attributes.
    holders: BTreeMap<String, BTreeSet<usize>>,
    measure: Regex,
}

impl Codes {
    pub(super) fn of(catalogue: &[Document]) -> Result<Self> {
        let mut holders: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for (place, document) in catalogue.iter().enumerate() {
            let values = document
                .attributes
                .iter()
                .filter_map(|one| one.value.as_str());
            let texts = values.chain([document.title.as_str(), &document.description]);
            let words = texts.flat_map(str::split_whitespace).map(compact);
            for code in words.chain(document.skus.iter().map(|sku| compact(sku))) {
                holders.entry(code).or_default().insert(place);
            }
        }
        let units = "gb|tb|mb|kb|in|inch|cm|mm|m|ft|w|kw|v|kv|a|ah|mah|va|ghz|mhz|khz|hz|l|ml|kg|g|mp|p|k|d|x|fps|rpm|dpi|db|dbi|ppm|u|bay|port|pack|pcs|pc|pin|way|gbps|mbps|gbits|mbits|bit|year|years|yr|min|h|th|nd|rd|st|mbs|gbs|ohm";
        Ok(Self {
            holders,
            measure: Regex::new(&format!(
                r"^(\d+x)*\d+({units})?\d*$|^\d+[a-z]{{4,}}$|^(usb|cat|ddr|pc|rj|a|b|c|i|ps|gt|lto|rs|mp|hdmi|ip|ipx|wifi|sata|pcie?|ac|ax|n)\d+[a-z]?\d*$"
            ))?,
        })
    }

    /// Whether only the product at that place holds the code.
    pub(super) fn is_only(&self, code: &str, place: usize) -> bool {
        let holders = self.holders.get(&compact(code));
        holders.is_none_or(|holders| holders.iter().all(|holder| *holder == place))
    }

    /// The model numbers in a product's title that no other product has: letters and digits, no measure.
    pub(super) fn models<'a>(&self, document: &'a Document, place: usize) -> Vec<&'a str> {
        let words = document.title.split_whitespace();
        words
            .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
            .filter(|word| self.is_model(word) && self.is_only(word, place) && self.is_whole(word))
            .collect()
    }

    /// Whether no other code begins with it: `EW-83` beside `EW-83C` is half a number.
    fn is_whole(&self, code: &str) -> bool {
        let code = compact(code);
        let mut following = self.holders.range(code.clone()..).map(|(other, _)| other);
        following
            .find(|other| **other != code)
            .is_none_or(|other| !other.starts_with(&code))
    }

    fn is_model(&self, word: &str) -> bool {
        let code = compact(word);
        let plain = word.is_ascii()
            && word
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-/.".contains(c));
        let has = |kind: fn(&char) -> bool| code.chars().any(|c| kind(&c));
        plain
            && code.len() >= MODEL_CHARS_MIN
            && has(char::is_ascii_digit)
            && has(char::is_ascii_alphabetic)
            && !self.measure.is_match(&code)
    }
}

/// A barcode: digits alone, as many as a GTIN has.
pub(super) fn is_barcode(code: &str) -> bool {
    matches!(code.len(), 8 | 12 | 13 | 14) && code.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(title: &str) -> Document {
        let body = serde_json::json!({
            "slug": "s", "title": title, "brand": null, "attributes": [], "skus": [],
            "category": {"slug": "c", "name": "C"},
        });
        serde_json::from_value(body).unwrap()
    }

    #[test]
    fn measures_and_what_others_have_too_are_no_model_numbers() {
        let catalogue = [
            document("Acme Toner TN-2110 for HL2140, 8-outlet 32GB USB3.0 1080p DDR4"),
            document("Acme Printer HL-2140"),
        ];
        let codes = Codes::of(&catalogue).unwrap();
        assert_eq!(codes.models(&catalogue[0], 0), ["TN-2110"]);
        assert_eq!(codes.models(&catalogue[1], 1), Vec::<&str>::new());
        let halves = [document("Acme Hood EW-83"), document("Acme Hood EW-83C")];
        let codes = Codes::of(&halves).unwrap();
        assert_eq!(codes.models(&halves[0], 0), Vec::<&str>::new());
        assert_eq!(codes.models(&halves[1], 1), ["EW-83C"]);
        assert!(is_barcode("4006381333931") && !is_barcode("400638133393A") && !is_barcode("123"));
    }
}
