//! Units of measures.

/// A unit as terms have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unit {
    /// Short name: `in`, `gb`.
    pub(crate) name: &'static str,
    /// Its name is a word that people search for by itself: `8 port`.
    pub(crate) word: bool,
}

/// Short name and spellings.
const SYMBOLS: [(&str, &[&str]); 47] = [
    ("a", &["amp", "amps", "ampere", "amperes"]),
    ("ah", &[]),
    ("awg", &[]),
    ("btu", &[]),
    ("cl", &[]),
    (
        "cm",
        &["centimeter", "centimeters", "centimetre", "centimetres"],
    ),
    ("db", &["decibel", "decibels"]),
    ("dpi", &[]),
    ("fps", &[]),
    ("ft", &["foot", "feet"]),
    ("g", &["gram", "grams", "gramme", "grammes"]),
    (
        "gb",
        &["gbyte", "gbytes", "gigabyte", "gigabytes", "gig", "gigs"],
    ),
    ("gbps", &["gbit", "gbits", "gbit/s", "gb/s", "gigabits"]),
    ("ghz", &["gigahertz"]),
    ("hz", &["hertz"]),
    ("in", &["inch", "inches"]),
    ("kb", &["kbyte", "kilobyte", "kilobytes"]),
    ("kbps", &["kbit", "kbit/s", "kb/s"]),
    ("kg", &["kilo", "kilos", "kilogram", "kilograms"]),
    ("khz", &["kilohertz"]),
    (
        "km",
        &["kilometer", "kilometers", "kilometre", "kilometres"],
    ),
    ("kva", &[]),
    ("kw", &["kilowatt", "kilowatts"]),
    ("kwh", &[]),
    ("l", &["liter", "liters", "litre", "litres"]),
    ("lb", &["lbs"]),
    ("lm", &["lumen", "lumens"]),
    ("m", &["meter", "meters", "metre", "metres", "mtr", "mtrs"]),
    ("ma", &["milliamp", "milliamps"]),
    ("mah", &[]),
    ("mb", &["mbyte", "mbytes", "megabyte", "megabytes"]),
    ("mbps", &["mbit", "mbits", "mbit/s", "mb/s", "megabits"]),
    ("mhz", &["megahertz"]),
    (
        "ml",
        &["milliliter", "milliliters", "millilitre", "millilitres"],
    ),
    (
        "mm",
        &["millimeter", "millimeters", "millimetre", "millimetres"],
    ),
    ("mp", &["megapixel", "megapixels", "mpx", "mpix"]),
    ("ms", &["millisecond", "milliseconds"]),
    ("oz", &["ounce", "ounces"]),
    ("ppm", &[]),
    ("rpm", &[]),
    ("tb", &["tbyte", "tbytes", "terabyte", "terabytes"]),
    ("u", &[]),
    ("v", &["volt", "volts", "vac", "vdc"]),
    ("va", &[]),
    ("w", &["watt", "watts"]),
    ("wh", &["watthour", "watthours"]),
    ("yd", &["yard", "yards"]),
];

/// Units that are words: singular and plural.
const WORDS: [(&str, &str); 10] = [
    ("bay", "bays"),
    ("bit", "bits"),
    ("cell", "cells"),
    ("core", "cores"),
    ("outlet", "outlets"),
    ("pack", "packs"),
    ("page", "pages"),
    ("pin", "pins"),
    ("port", "ports"),
    ("sheet", "sheets"),
];

/// The unit that a folded text names.
pub(crate) fn unit(text: &str) -> Option<Unit> {
    // Nothing that is longer or not of letters is a unit; most words end here.
    if text.len() > 11 || text.is_empty() {
        return None;
    }
    if let Ok(i) = SYMBOLS.binary_search_by_key(&text, |(name, _)| name) {
        return Some(Unit {
            name: SYMBOLS[i].0,
            word: false,
        });
    }
    let spelled = SYMBOLS
        .iter()
        .find(|(_, spellings)| spellings.contains(&text));
    if let Some((name, _)) = spelled {
        return Some(Unit { name, word: false });
    }
    let word = WORDS
        .iter()
        .find(|(one, many)| *one == text || *many == text);
    word.map(|(name, _)| Unit { name, word: true })
}

/// Units that measure the same: each in how many of the smallest.
const SCALES: [&[(&str, u64)]; 8] = [
    &[("mm", 1), ("cm", 10), ("m", 1_000), ("km", 1_000_000)],
    &[("mb", 1), ("gb", 1_000), ("tb", 1_000_000)],
    &[("mb", 1), ("gb", 1_024), ("tb", 1_048_576)],
    &[
        ("hz", 1),
        ("khz", 1_000),
        ("mhz", 1_000_000),
        ("ghz", 1_000_000_000),
    ],
    &[("w", 1), ("kw", 1_000)],
    &[("g", 1), ("kg", 1_000)],
    &[("ml", 1), ("cl", 10), ("l", 1_000)],
    &[("mah", 1), ("ah", 1_000)],
];

/// The same measure in other units, as terms: `1tb` is `1000gb` and `1024gb`. Only where both are short to write.
pub(crate) fn conversions(term: &str) -> Vec<String> {
    let Some((value, name)) = split(term) else {
        return Vec::new();
    };
    let mut out: Vec<String> = Vec::new();
    for scale in SCALES {
        let Some(&(_, from)) = scale.iter().find(|(unit, _)| *unit == name) else {
            continue;
        };
        for &(unit, to) in scale.iter().filter(|(unit, _)| *unit != name) {
            let converted = format_thousandths(value.saturating_mul(from), to);
            out.extend(
                converted
                    .map(|number| format!("{number}{unit}"))
                    .filter(|term| !out.contains(term)),
            );
        }
    }
    out
}

/// Number in thousandths and unit of a measure's term.
pub(crate) fn split(term: &str) -> Option<(u64, &str)> {
    let letters = term.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, name) = term.split_at_checked(letters)?;
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    if whole.len() > 9 || part.len() > 3 || !name.bytes().all(|b| b.is_ascii_alphabetic()) {
        return None;
    }
    let thousandths = format!("{part:0<3}").parse::<u64>().ok()?;
    Some((
        whole
            .parse::<u64>()
            .ok()?
            .checked_mul(1_000)?
            .checked_add(thousandths)?,
        name,
    ))
}

/// Thousandths divided by `by`, when that is at least 0.1, below 100,000 and has at most two decimals.
fn format_thousandths(value: u64, by: u64) -> Option<String> {
    let hundredths = (value / 10).checked_div(by)?;
    if hundredths.checked_mul(by)?.checked_mul(10)? != value
        || !(10..10_000_000).contains(&hundredths)
    {
        return None;
    }
    let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    Some(text.trim_end_matches('0').trim_end_matches('.').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_unit_are_one() {
        assert!(
            SYMBOLS.is_sorted_by_key(|(name, _)| name),
            "it is searched by halves"
        );
        for (text, wanted) in [
            ("inches", "in"),
            ("in", "in"),
            ("gig", "gb"),
            ("ports", "port"),
            ("mbit/s", "mbps"),
        ] {
            assert_eq!(unit(text).map(|u| u.name), Some(wanted), "{text}");
        }
        for text in ["", "x", "usb", "centimetresque", "ghzz"] {
            assert_eq!(unit(text), None, "{text}");
        }
    }

    #[test]
    fn measures_in_other_units() {
        for (term, wanted) in [
            ("1tb", vec!["1000gb", "1024gb"]),
            ("512gb", vec!["0.5tb"]),
            ("0.5m", vec!["500mm", "50cm"]),
            ("1.5ghz", vec!["1500mhz"]),
            ("2400mhz", vec!["2.4ghz"]),
            ("55in", vec![]),
            ("tn2110", vec![]),
            ("", vec![]),
            ("99999999999999999999gb", vec![]),
        ] {
            let found = conversions(term);
            for wanted in &wanted {
                assert!(found.iter().any(|f| f == wanted), "{term} {found:?}");
            }
            assert!(!wanted.is_empty() || found.is_empty(), "{term} {found:?}");
        }
    }
}
