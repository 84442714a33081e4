//! Counts by which results can be narrowed: how they are counted, and which of them are worth showing. Every engine
//! counts alike.
//!
//! - Results are: what the words match, the nearest in meaning and the included; of these what passes the filters. The
//!   nearest are chosen among all products and filtered then, so that choosing a value yields as many as its count says.
//! - A facet counts what passes all filters but its own; every attribute is a facet of its own.
//! - Attributes: [`attributes`] says what a product has. An engine counts how many results have each ([`to_count`] names
//!   those that may matter), then their values, and [`choose`]s.

use std::cmp::Reverse;
use std::collections::HashSet;

use crate::document::{Document, Specification, SpecificationValue};
use crate::text::Text;

#[cfg(test)]
mod tests;

/// Values of categories and brands at most.
pub const VALUES_MAX: usize = 50;
/// Attributes that are answered at most.
pub const ATTRIBUTES_MAX: usize = 12;
/// Attributes whose values are counted at most, to choose from.
pub const ATTRIBUTES_COUNTED_MAX: usize = 40;
/// Values of an attribute at most.
pub const ATTRIBUTE_VALUES_MAX: usize = 30;
/// Longer texts, in characters, are descriptions: nobody narrows by them.
pub const VALUE_CHARS_MAX: usize = 80;
/// An attribute that fewer of the results have, in percent, is not worth showing.
pub const COVERAGE_PERCENT_MIN: u64 = 10;
/// A text attribute is not worth showing when more of its products, in percent, have none of its answered values.
pub const OTHER_PERCENT_MAX: u64 = 40;
/// Upper ends of the price ranges that are counted, in major units of the currency; the last range is open.
pub const PRICE_ENDS: [i64; 12] = [
    10, 25, 50, 100, 200, 300, 500, 750, 1_000, 1_500, 2_000, 5_000,
];

/// More ways than this many bits do not make an attribute more useful: nobody reads so long a list.
const ENTROPY_MAX: f32 = 3.0;
/// Numbers are chosen as ranges, which says less than a named value does.
const NUMERIC_FACTOR: f32 = 0.6;

/// Counts over all results. Each facet counts what passes all filters but its own.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FacetCounts {
    /// Categories (leaves, as products have them), in [`most_frequent`] order; at most [`VALUES_MAX`].
    pub categories: Vec<ValueCount>,
    /// Brands, likewise.
    pub brands: Vec<ValueCount>,
    /// Lowest and highest price in minor units.
    pub price: Option<(i64, i64)>,
    /// How many cost up to each of [`PRICE_ENDS`] (exclusive) and not less than the one before; one more for the rest.
    pub price_counts: Vec<u64>,
    /// How many can be had now.
    pub in_stock: u64,
    /// Attributes that are worth showing, the most useful first; at most [`ATTRIBUTES_MAX`], and those filtered by.
    pub attributes: Vec<AttributeCounts>,
}

/// How many results have a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueCount {
    /// Slug (categories, brands) or value as [`shown`] (attributes).
    pub value: Text,
    /// Name as shown, of numbers with the unit.
    pub name: Text,
    /// Results that have it.
    pub count: u64,
}

/// The values of one attribute.
#[derive(Debug, Clone, PartialEq)]
pub struct AttributeCounts {
    /// Its code.
    pub code: Text,
    /// Its name as shown.
    pub name: Text,
    /// The unit of its numbers.
    pub unit: Option<Text>,
    /// Whether its values are numbers: they are ordered by size then, and may be shown as a range.
    pub numeric: bool,
    /// Results that have the attribute at all.
    pub coverage: u64,
    /// Values in [`most_frequent`] order (numbers too: the service orders them); at most [`ATTRIBUTE_VALUES_MAX`].
    pub values: Vec<ValueCount>,
}

/// An attribute whose values are counted, for [`choose`].
#[derive(Debug, Clone, PartialEq)]
pub struct Counted {
    /// The attribute and its most frequent values.
    pub attribute: AttributeCounts,
    /// Results over which it was counted: of one that is filtered by, what passes all filters but its own.
    pub results: u64,
    /// Whether it is filtered by: it stays then, so that the choice can be changed.
    pub filtered: bool,
}

/// An attribute of a product, as facets count it and filters ask for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute<'a> {
    /// Its code.
    pub code: &'a str,
    /// Its name as shown.
    pub name: &'a str,
    /// The unit of a number.
    pub unit: Option<&'a str>,
    /// Its value as [`shown`].
    pub value: String,
    /// A number in thousandths, for ranges.
    pub number: Option<i64>,
}

/// The attributes that facets and filters know of a product: each code once (the first counts), no long texts.
pub fn attributes(document: &Document) -> Vec<Attribute<'_>> {
    let mut known: Vec<Attribute<'_>> = Vec::with_capacity(document.specifications.len());
    let mut seen = HashSet::with_capacity(document.specifications.len());
    for specification in &document.specifications {
        let Some(value) = shown(specification) else {
            continue;
        };
        if !seen.insert(specification.code.as_str()) {
            continue;
        }
        let number = number(specification);
        let unit = specification.unit.as_deref().filter(|u| !u.is_empty());
        known.push(Attribute {
            code: &specification.code,
            name: &specification.name,
            unit: unit.filter(|_| number.is_some()),
            value,
            number,
        });
    }
    known
}

/// The value by which a specification is counted and filtered: as it is shown, blanks made single, a number without its
/// unit. `None` where nobody would choose it.
pub fn shown(specification: &Specification) -> Option<String> {
    let unit = specification.unit.as_deref().filter(|u| !u.is_empty());
    let text = match (&specification.value, unit) {
        (SpecificationValue::Text(text), Some(unit)) => format!("{text} {unit}"),
        (value, _) => value.shown().to_owned(),
    };
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let fits = !text.is_empty() && text.chars().count() <= VALUE_CHARS_MAX;
    fits.then_some(text)
}

/// A number in thousandths, rounded; `None` for anything else, and beyond what fits.
pub fn number(specification: &Specification) -> Option<i64> {
    match &specification.value {
        SpecificationValue::Number(text) => thousandths(text),
        SpecificationValue::Flag(_) | SpecificationValue::Text(_) => None,
    }
}

/// How a value of an attribute is named, from its value as [`shown`] and the attribute's unit.
pub fn value_name(value: &str, unit: Option<&str>) -> String {
    match unit {
        Some(unit) => format!("{value} {unit}"),
        None => value.to_owned(),
    }
}

/// [`PRICE_ENDS`] in minor units, for a currency with so many digits after the point.
pub fn price_ends(exponent: u16) -> [i64; PRICE_ENDS.len()] {
    let minor = 10_i64.saturating_pow(exponent.into());
    PRICE_ENDS.map(|end| end.saturating_mul(minor))
}

/// Puts values in order: the most frequent first, then by name, then by value; at most `limit`.
pub fn most_frequent(values: &mut Vec<ValueCount>, limit: usize) {
    values.retain(|v| v.count > 0);
    values.sort_by(|a, b| {
        (Reverse(a.count), &a.name, &a.value).cmp(&(Reverse(b.count), &b.name, &b.value))
    });
    values.truncate(limit);
}

/// Which attributes may be worth showing, by code with the number of results that have each: those that enough have, the
/// most frequent first, then by code; at most [`ATTRIBUTES_COUNTED_MAX`]. Those that are filtered by belong in addition.
pub fn to_count<C: Ord>(results: u64, coverage: impl IntoIterator<Item = (C, u64)>) -> Vec<C> {
    let enough = |count: u64| {
        count > 1 && count.saturating_mul(100) >= results.saturating_mul(COVERAGE_PERCENT_MIN)
    };
    let mut codes: Vec<_> = coverage
        .into_iter()
        .filter(|(_, count)| enough(*count))
        .collect();
    codes.sort_by(|a, b| (Reverse(a.1), &a.0).cmp(&(Reverse(b.1), &b.0)));
    codes.truncate(ATTRIBUTES_COUNTED_MAX);
    codes.into_iter().map(|(code, _)| code).collect()
}

/// The attributes worth showing, the most useful first: those that say how the results differ. What is the same for all,
/// what few have, and texts that hardly repeat are left out. Those that are filtered by stay whatever they are.
pub fn choose(counted: Vec<Counted>) -> Vec<AttributeCounts> {
    let mut useful: Vec<(f32, Counted)> = counted
        .into_iter()
        .map(|c| (usefulness(&c).unwrap_or(0.0), c))
        .filter(|(useful, c)| *useful > 0.0 || c.filtered)
        .collect();
    useful.sort_by(|a, b| {
        b.0.total_cmp(&a.0)
            .then_with(|| a.1.attribute.code.cmp(&b.1.attribute.code))
    });
    let mut places = ATTRIBUTES_MAX;
    useful.retain(|(_, c)| {
        let place = places > 0;
        places = places.saturating_sub(usize::from(!c.filtered));
        place || c.filtered
    });
    useful.into_iter().map(|(_, c)| c.attribute).collect()
}

/// How much an attribute helps to narrow results: the share that has it, times the bits by which its values tell them
/// apart. `None` when it does not help at all.
pub fn usefulness(counted: &Counted) -> Option<f32> {
    let AttributeCounts {
        numeric,
        coverage,
        values,
        ..
    } = &counted.attribute;
    let listed = values
        .iter()
        .map(|v| v.count)
        .fold(0_u64, u64::saturating_add);
    let other = coverage.saturating_sub(listed);
    if values.len() < 2
        || coverage.saturating_mul(100) < counted.results.saturating_mul(COVERAGE_PERCENT_MIN)
        || (!numeric && other.saturating_mul(100) > coverage.saturating_mul(OTHER_PERCENT_MAX))
        // Every value for itself tells products apart, but is no way to narrow them.
        || (!numeric && values.first().is_none_or(|v| v.count < 2))
    {
        return None;
    }
    let all = share(listed.saturating_add(other), 1);
    let bits = values
        .iter()
        .map(|v| v.count)
        .chain((other > 0).then_some(other))
        .map(|count| share(count, 1) / all)
        .map(|p| -p * p.log2())
        .sum::<f32>()
        .min(ENTROPY_MAX);
    let factor = if *numeric {
        NUMERIC_FACTOR
    } else {
        share(listed, *coverage)
    };
    Some(share(*coverage, counted.results) * bits * factor)
}

/// `part` of `whole`.
#[expect(
    clippy::cast_precision_loss,
    reason = "an order of usefulness, no count"
)]
fn share(part: u64, whole: u64) -> f32 {
    part as f32 / whole.max(1) as f32
}

/// A decimal text in thousandths, rounded half away from zero.
pub fn thousandths(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (digits, 0),
    };
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut value = 0_i128;
    for digit in whole.bytes().chain(part.bytes()) {
        let digit = char::from(digit).to_digit(10)?;
        value = value.checked_mul(10)?.checked_add(digit.into())?;
    }
    if whole.is_empty() && part.is_empty() {
        return None;
    }
    // The value stands in units of 10^scale; thousandths are units of 10^-3.
    let scale = exponent
        .checked_sub(i32::try_from(part.len()).ok()?)?
        .checked_add(3)?;
    let power = 10_i128.checked_pow(scale.unsigned_abs());
    let value = match power {
        Some(power) if scale >= 0 => value.checked_mul(power)?,
        Some(power) => value.checked_add(power / 2)?.checked_div(power)?,
        None if scale >= 0 && value != 0 => return None,
        None => 0,
    };
    let value = i64::try_from(value).ok()?;
    Some(if negative {
        value.saturating_neg()
    } else {
        value
    })
}
