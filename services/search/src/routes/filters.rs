//! Filters as they stand in an address.

use std::collections::BTreeMap;

use common::Problem;
use search_core::{Filters, Wanted};

use super::refuse;

/// What an address says of filters.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) categories: Vec<String>,
    pub(super) brands: Vec<String>,
    pub(super) attributes: Vec<String>,
    pub(super) price_min: Option<i64>,
    pub(super) price_max: Option<i64>,
    pub(super) in_stock: bool,
}

impl Asked {
    /// The filters, if each is well formed and there are at most `max` values of each kind.
    pub(super) fn read(self, max: usize) -> Result<Filters, Problem> {
        for (name, price) in [("price_min", self.price_min), ("price_max", self.price_max)] {
            if price.is_some_and(|minor| minor < 0) {
                return Err(refuse(name, "must not be negative"));
            }
        }
        for (name, values) in [
            ("category", &self.categories),
            ("brand", &self.brands),
            ("attr", &self.attributes),
        ] {
            if values.len() > max {
                return Err(refuse(name, &format!("given more than {max} times")));
            }
        }
        let mut attributes: BTreeMap<String, Vec<Wanted>> = BTreeMap::new();
        for text in &self.attributes {
            let (code, wanted) = attribute(text)?;
            let of_code = attributes.entry(code).or_default();
            if !of_code.contains(&wanted) {
                of_code.push(wanted);
            }
        }
        Ok(Filters {
            categories: names(self.categories),
            brands: names(self.brands),
            price_min: self.price_min,
            price_max: self.price_max,
            in_stock: self.in_stock,
            attributes,
        })
    }
}

/// Without empty ones and repetitions, in one order: the same filters are the same search.
fn names(mut values: Vec<String>) -> Vec<String> {
    values.retain(|value| !value.is_empty());
    values.sort();
    values.dedup();
    values
}

/// `code:value`, or `code:min..max` for numbers.
fn attribute(text: &str) -> Result<(String, Wanted), Problem> {
    let wrong = || refuse("attr", "must be code:value, or code:min..max for numbers");
    let (code, value) = text.split_once(':').ok_or_else(wrong)?;
    if code.is_empty() || value.is_empty() || text.len() > 200 {
        return Err(wrong());
    }
    let wanted = value
        .split_once("..")
        .and_then(|(min, max)| range(min, max))
        .unwrap_or_else(|| Wanted::Value(value.to_owned()));
    Ok((code.to_owned(), wanted))
}

/// A range, if both ends are numbers or missing; `1..2` may be a value, too, of an attribute that is no number.
fn range(min: &str, max: &str) -> Option<Wanted> {
    let end = |text: &str| match text {
        "" => Some(None),
        text => search_core::facets::thousandths(text).map(Some),
    };
    let (min, max) = (end(min)?, end(max)?);
    (min.is_some() || max.is_some()).then_some(Wanted::Range { min, max })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_cannot_be_meant() {
        for text in [
            "",
            "ram",
            ":16",
            "ram:",
            &format!("ram:{}", "1".repeat(300)),
        ] {
            assert!(attribute(text).is_err(), "{text}");
        }
        let negative = Asked {
            price_min: Some(-1),
            ..Asked::default()
        };
        assert!(negative.read(5).is_err());
        let many = Asked {
            brands: vec!["acme".to_owned(); 6],
            ..Asked::default()
        };
        assert!(many.read(5).is_err());
    }

    #[test]
    fn reads_values_and_ranges() {
        let value = |text: &str| Wanted::Value(text.to_owned());
        for (text, wanted) in [
            ("colour:Black", value("Black")),
            ("ratio:16:9", value("16:9")),
            (
                "ram:8..16",
                Wanted::Range {
                    min: Some(8_000),
                    max: Some(16_000),
                },
            ),
            (
                "size:15.6..",
                Wanted::Range {
                    min: Some(15_600),
                    max: None,
                },
            ),
            ("ram:a..b", value("a..b")),
            ("ram:..", value("..")),
        ] {
            assert_eq!(attribute(text).unwrap().1, wanted, "{text}");
        }
    }
}
