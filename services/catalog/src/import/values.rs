//! Reading single fields of a row: texts, prices, dates, barcodes, weights, addresses.

use super::clean;
use super::format::{PriceUnit, WeightUnit};
use super::row::RowError;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};
use url::Url;

/// A row of the source.
pub type Row = Map<String, Value>;

/// Highest price in minor units: one hundred million dollars.
pub const PRICE_MAX: i64 = 10_000_000_000;
/// Longest address of a picture, in bytes.
pub const URL_MAX: usize = 2_000;

/// What a JSON value is, in words for error texts.
pub const fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// A text field, cleaned with `tidy`; `None` when missing, null or empty.
pub fn optional_text(
    row: &Row,
    field: &str,
    max: usize,
    tidy: fn(&str) -> String,
) -> Result<Option<String>, RowError> {
    let text = match row.get(field) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => tidy(text),
        Some(Value::Number(number)) => number.to_string(),
        Some(other) => {
            return Err(RowError::new(
                field,
                format!("must be text, found {}", type_name(other)),
            ));
        }
    };
    if text.len() > max {
        return Err(RowError::new(field, format!("is longer than {max} bytes")));
    }
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// A text field that must be there.
pub fn required_text(row: &Row, field: &str, max: usize) -> Result<String, RowError> {
    optional_text(row, field, max, clean::line)?
        .ok_or_else(|| RowError::new(field, "is missing or empty"))
}

/// A price in minor units, above zero.
pub fn price(row: &Row, field: &str, unit: PriceUnit, digits: usize) -> Result<i64, RowError> {
    let error = |reason: &str| RowError::new(field, reason);
    let text = match row.get(field) {
        None | Some(Value::Null) => return Err(error("is missing")),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(other) => {
            return Err(error(&format!(
                "must be a number, found {}",
                type_name(other)
            )));
        }
    };
    let digits = if unit == PriceUnit::Major { digits } else { 0 };
    let amount = scaled(&text, digits).ok_or_else(|| {
        error(&match unit {
            PriceUnit::Minor => "must be a whole number of minor units".to_owned(),
            PriceUnit::Major => format!("must be a number with at most {digits} decimals"),
        })
    })?;
    match amount {
        ..=0 => Err(error("must be above zero")),
        1..=PRICE_MAX => Ok(amount),
        _ => Err(error("is above the highest price")),
    }
}

/// `12.5` as 1250 with two digits; `None` for anything that is no such decimal number.
fn scaled(text: &str, digits: usize) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = fraction.trim_end_matches('0');
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let sign = whole.strip_prefix('-').is_some();
    let whole = whole.strip_prefix('-').unwrap_or(whole);
    if whole.is_empty() || fraction.len() > digits || !plain(whole) || !plain(fraction) {
        return None;
    }
    let amount: i64 = format!("{whole}{fraction:0<digits$}").parse().ok()?;
    Some(if sign { -amount } else { amount })
}

/// A time of release: RFC 3339, or a date alone, which counts as midnight UTC.
pub fn released_at(row: &Row, field: &str) -> Result<Option<Timestamp>, RowError> {
    let Some(text) = optional_text(row, field, 64, clean::line)? else {
        return Ok(None);
    };
    let parsed = text.parse::<Timestamp>().or_else(|_| {
        text.parse::<Date>()
            .and_then(|date| Ok(date.to_zoned(TimeZone::UTC)?.timestamp()))
    });
    parsed.map(Some).map_err(|_| {
        RowError::new(
            field,
            "must be a date (2024-05-31) or a time (2024-05-31T12:00:00Z)",
        )
    })
}

/// The first valid GTIN (8, 12, 13 or 14 digits) of a text or a list of texts.
pub fn barcode(row: &Row, field: &str) -> Result<Option<String>, RowError> {
    let list = match row.get(field) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(list)) => list.as_slice(),
        Some(single) => std::slice::from_ref(single),
    };
    let mut given = false;
    for value in list {
        let text = match value {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            other => {
                return Err(RowError::new(
                    field,
                    format!(
                        "must be text or a list of texts, found {}",
                        type_name(other)
                    ),
                ));
            }
        };
        // Spreadsheets drop leading zeros: 0 12345 67890 5 becomes eleven digits.
        let text = if text.len() == 11 {
            format!("0{text}")
        } else {
            text
        };
        if is_gtin(&text) {
            return Ok(Some(text));
        }
        given |= !text.is_empty();
    }
    if given {
        Err(RowError::new(field, "holds no valid GTIN (EAN or UPC)"))
    } else {
        Ok(None)
    }
}

/// Right length and right check digit.
pub fn is_gtin(text: &str) -> bool {
    if !matches!(text.len(), 8 | 12 | 13 | 14) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let sum: u32 = text
        .bytes()
        .rev()
        .zip([1, 3].into_iter().cycle())
        .map(|(byte, weight)| u32::from(byte - b'0') * weight)
        .sum();
    sum.is_multiple_of(10)
}

/// A weight in whole grams from the first of the fields that is there.
pub fn weight_g(row: &Row, fields: &[String], unit: WeightUnit) -> Result<Option<i64>, RowError> {
    let Some((field, value)) = fields
        .iter()
        .find_map(|field| Some((field, row.get(field)?)))
        .filter(|(_, value)| !value.is_null())
    else {
        return Ok(None);
    };
    let Value::Number(number) = value else {
        return Err(RowError::new(
            field,
            format!("must be a number, found {}", type_name(value)),
        ));
    };
    let text = number.to_string();
    // Grams are cut, not rounded: a scale is never that exact.
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let kept = match unit {
        WeightUnit::G => 0,
        WeightUnit::Kg => 3,
    };
    let fraction = fraction.get(..kept.min(fraction.len())).unwrap_or_default();
    let grams = format!("{whole}{fraction:0<kept$}")
        .parse::<i64>()
        .map_err(|_| RowError::new(field, "is no usable weight"))?;
    if grams < 0 {
        return Err(RowError::new(field, "must not be negative"));
    }
    Ok(Some(grams).filter(|grams| *grams > 0))
}

/// The picture addresses of the given fields, each once, in order.
pub fn media(row: &Row, fields: &[String]) -> Result<Vec<String>, RowError> {
    let mut found: Vec<String> = Vec::new();
    for field in fields {
        let values = match row.get(field) {
            None | Some(Value::Null) => continue,
            Some(Value::Array(list)) => list.as_slice(),
            Some(single) => std::slice::from_ref(single),
        };
        for value in values {
            let Value::String(text) = value else {
                return Err(RowError::new(
                    field,
                    format!("must be an address, found {}", type_name(value)),
                ));
            };
            if text.trim().is_empty() {
                continue;
            }
            let url = Url::parse(text.trim()).ok().filter(|url| {
                matches!(url.scheme(), "http" | "https") && url.as_str().len() <= URL_MAX
            });
            let Some(url) = url else {
                return Err(RowError::new(field, "is no http or https address"));
            };
            if !found.iter().any(|known| known == url.as_str()) {
                found.push(url.into());
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn row(value: Value) -> Row {
        Row::from_iter([("f".to_owned(), value)])
    }

    #[test]
    fn prices_are_exact() {
        let minor =
            |value| price(&row(value), "f", PriceUnit::Minor, 2).map_err(|error| error.reason);
        let major =
            |value| price(&row(value), "f", PriceUnit::Major, 2).map_err(|error| error.reason);
        assert_eq!(minor(json!(1999)), Ok(1999));
        assert_eq!(minor(json!(1999.0)), Ok(1999));
        assert!(minor(json!(19.99)).is_err());
        assert_eq!(major(json!("19.9")), Ok(1990));
        assert_eq!(major(json!(19)), Ok(1900));
        assert!(major(json!("19.999")).is_err());
        assert!(major(json!("1e3")).is_err());
        for bad in [
            json!(0),
            json!(-5),
            json!(null),
            json!([1]),
            json!(99_999_999_999_i64),
        ] {
            assert!(minor(bad.clone()).is_err(), "{bad}");
        }
        assert!(price(&Row::new(), "f", PriceUnit::Minor, 2).is_err());
    }

    #[test]
    fn barcodes_are_checked() {
        assert_eq!(
            barcode(&row(json!(["x", "0095205603217"])), "f"),
            Ok(Some("0095205603217".to_owned()))
        );
        assert_eq!(barcode(&row(json!([""])), "f"), Ok(None));
        assert_eq!(
            barcode(&row(json!("95205603217")), "f"),
            Ok(Some("095205603217".to_owned()))
        );
        assert!(barcode(&row(json!("0095205603218")), "f").is_err());
        assert!(barcode(&row(json!({})), "f").is_err());
    }

    #[test]
    fn dates_and_weights() {
        assert_eq!(
            released_at(&row(json!("2009-12-10")), "f")
                .unwrap()
                .unwrap()
                .to_string(),
            "2009-12-10T00:00:00Z"
        );
        assert_eq!(
            released_at(&row(json!("2009-12-10T01:00:00+01:00")), "f")
                .unwrap()
                .unwrap()
                .to_string(),
            "2009-12-10T00:00:00Z"
        );
        assert!(released_at(&row(json!("soon")), "f").is_err());
        let grams = |value, unit| weight_g(&row(value), &["x".to_owned(), "f".to_owned()], unit);
        assert_eq!(grams(json!(230.7), WeightUnit::G), Ok(Some(230)));
        assert_eq!(grams(json!(1.25), WeightUnit::Kg), Ok(Some(1250)));
        assert_eq!(grams(json!(0.0), WeightUnit::G), Ok(None));
        assert!(grams(json!(-1), WeightUnit::G).is_err());
    }

    #[test]
    fn media_are_addresses() {
        let fields = ["f".to_owned(), "f".to_owned()];
        assert_eq!(
            media(&row(json!("http://img.example/a.jpg")), &fields).unwrap(),
            ["http://img.example/a.jpg"]
        );
        assert!(media(&row(json!("javascript:alert(1)")), &fields).is_err());
        assert!(media(&row(json!(3)), &fields).is_err());
    }
}
