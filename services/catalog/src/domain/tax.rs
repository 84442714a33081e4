//! Tax rates by place and class of goods.

use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::violation::Violation;

/// Stands for a whole country where a path names a region.
pub const WHOLE_COUNTRY: &str = "-";
/// The highest rate, in parts per million: 100 %.
const RATE_PPM_MAX: i32 = 1_000_000;

/// A class of goods that the law taxes alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TaxRateClass)]
pub enum TaxClass {
    /// What the law does not treat otherwise.
    Standard,
    /// What the law favours.
    Reduced,
    /// What bears no tax.
    Zero,
}

impl TaxClass {
    /// The value as stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Reduced => "reduced",
            Self::Zero => "zero",
        }
    }

    /// The class of a stored value.
    pub fn from_stored(text: &str) -> Self {
        match text {
            "reduced" => Self::Reduced,
            "zero" => Self::Zero,
            _ => Self::Standard,
        }
    }
}

/// The place and class that a rate is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxZone {
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// State or province; empty for the whole country.
    pub region: String,
    /// Class of goods.
    pub class: TaxClass,
}

impl TaxZone {
    /// The zone that a path names. `None` where it names none.
    pub fn parse(country: &str, region: &str, class: TaxClass) -> Option<Self> {
        let region = if region == WHOLE_COUNTRY { "" } else { region };
        (is_country(country) && is_region(region)).then(|| Self {
            country: country.to_owned(),
            region: region.to_owned(),
            class,
        })
    }

    /// As in the path: `US/CA/standard`, `DE/-/reduced`.
    pub fn path(&self) -> String {
        let region = if self.region.is_empty() {
            WHOLE_COUNTRY
        } else {
            &self.region
        };
        format!("{}/{region}/{}", self.country, self.class.as_str())
    }
}

/// Whether a text is the form of a country's code.
pub fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Whether a text is the form of a region's code, or empty.
fn is_region(text: &str) -> bool {
    text.len() <= 3
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// The tax on one class of goods in a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = AdminTaxRate)]
pub struct TaxRate {
    /// ISO 3166-1 alpha-2.
    #[schema(example = "US")]
    pub country: String,
    /// State or province; null for the whole country. A region's own rate wins over its country's.
    #[schema(required, example = "CA")]
    pub region: Option<String>,
    /// Class of goods.
    pub tax_class: TaxClass,
    /// Rate in parts per million: 72500 is 7.25 %.
    pub rate_ppm: i32,
    /// Whether prices already hold it.
    pub included: bool,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A rate for the place and class that the path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct TaxRateChange {
    /// Rate in parts per million: 72500 is 7.25 %.
    #[garde(range(min = 0, max = RATE_PPM_MAX))]
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub rate_ppm: i32,
    /// Whether prices already hold it, as in Europe, or it comes on top, as in the USA.
    pub included: bool,
}

impl TaxRateChange {
    /// The rule of the class, where it is broken.
    pub fn violation(self, class: TaxClass) -> Option<Violation> {
        (class == TaxClass::Zero && self.rate_ppm != 0)
            .then(|| Violation::new("/rate_ppm", "out_of_range", "the class zero bears no tax"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_codes() {
        let zone = TaxZone::parse("US", "CA", TaxClass::Standard).unwrap();
        assert_eq!(zone.path(), "US/CA/standard");
        let zone = TaxZone::parse("DE", "-", TaxClass::Reduced).unwrap();
        assert_eq!(
            (zone.region.as_str(), zone.path().as_str()),
            ("", "DE/-/reduced")
        );
        for (country, region) in [
            ("us", "CA"),
            ("USA", "-"),
            ("", "-"),
            ("US", "ca"),
            ("US", "CALI"),
            ("US", "ä"),
        ] {
            assert_eq!(
                TaxZone::parse(country, region, TaxClass::Zero),
                None,
                "{country} {region}"
            );
        }
    }

    #[test]
    fn nothing_is_taxed_in_class_zero() {
        let change = TaxRateChange {
            rate_ppm: 1,
            included: false,
        };
        assert!(change.violation(TaxClass::Zero).is_some());
        assert!(change.violation(TaxClass::Reduced).is_none());
    }
}
