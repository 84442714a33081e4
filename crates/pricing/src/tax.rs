//! Tax classes and the rates of a country or region.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::str::FromStr;

use kernel::{CountryCode, Ppm};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which of a country's rates applies to a thing.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Debug,
    Default,
    Serialize,
    Deserialize,
    ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum TaxClass {
    /// What the law does not treat otherwise: nearly all electronics, and delivery.
    #[default]
    Standard,
    /// What the law favours, such as printed and electronic books.
    Reduced,
    /// What bears no tax, such as gift cards.
    Zero,
}

/// The text names no tax class.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("expected a tax class: standard, reduced or zero")]
pub struct TaxClassError;

impl TaxClass {
    /// The name, as stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Reduced => "reduced",
            Self::Zero => "zero",
        }
    }
}

impl fmt::Display for TaxClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for TaxClass {
    type Err = TaxClassError;

    fn from_str(text: &str) -> Result<Self, TaxClassError> {
        [Self::Standard, Self::Reduced, Self::Zero]
            .into_iter()
            .find(|class| class.as_str() == text)
            .ok_or(TaxClassError)
    }
}

/// The rates of one place. The class `zero` has none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TaxRates {
    /// Whether prices contain the tax (as in Europe) or it is added to them (as in the USA).
    pub included: bool,
    /// The rate of [`TaxClass::Standard`].
    pub standard: Ppm,
    /// The rate of [`TaxClass::Reduced`].
    pub reduced: Ppm,
}

impl TaxRates {
    /// The rate of a class.
    pub const fn rate(&self, class: TaxClass) -> Ppm {
        match class {
            TaxClass::Standard => self.standard,
            TaxClass::Reduced => self.reduced,
            TaxClass::Zero => Ppm::ZERO,
        }
    }
}

/// A country, or one region of it, with its rates: a row of a [`TaxTable`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaxZone {
    /// The country.
    pub country: CountryCode,
    /// The region as in addresses (`CA`), or the whole country but for regions of their own.
    #[serde(default)]
    pub region: Option<String>,
    /// See [`TaxRates::included`].
    pub included: bool,
    /// See [`TaxRates::standard`].
    pub standard_ppm: Ppm,
    /// See [`TaxRates::reduced`]; the standard rate where the law favours nothing.
    #[serde(default)]
    pub reduced_ppm: Option<Ppm>,
}

/// The rates of all places where the shop knows them.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(try_from = "Vec<TaxZone>")]
pub struct TaxTable {
    rates: BTreeMap<(CountryCode, Option<String>), TaxRates>,
}

/// Two rows of a table are for one place.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the tax table has two rows for {country} {}", region.as_deref().unwrap_or("as a whole"))]
pub struct TaxTableError {
    /// The country of both rows.
    pub country: CountryCode,
    /// The region of both rows.
    pub region: Option<String>,
}

impl TaxTable {
    /// The table of these rows.
    pub fn new(zones: impl IntoIterator<Item = TaxZone>) -> Result<Self, TaxTableError> {
        let mut rates = BTreeMap::new();
        for zone in zones {
            let region = zone.region.as_deref().and_then(canonical_region);
            match rates.entry((zone.country, region)) {
                Entry::Occupied(row) => {
                    let (country, region) = row.key().clone();
                    return Err(TaxTableError { country, region });
                }
                Entry::Vacant(row) => row.insert(TaxRates {
                    included: zone.included,
                    standard: zone.standard_ppm,
                    reduced: zone.reduced_ppm.unwrap_or(zone.standard_ppm),
                }),
            };
        }
        Ok(Self { rates })
    }

    /// The rates for an address: of its region if that has its own, else of its country. `None`
    /// where the shop knows of no tax; letter case and spaces around the region do not matter.
    pub fn rates(&self, country: CountryCode, region: Option<&str>) -> Option<&TaxRates> {
        region
            .and_then(canonical_region)
            .and_then(|region| self.rates.get(&(country, Some(region))))
            .or_else(|| self.rates.get(&(country, None)))
    }
}

impl TryFrom<Vec<TaxZone>> for TaxTable {
    type Error = TaxTableError;

    fn try_from(zones: Vec<TaxZone>) -> Result<Self, TaxTableError> {
        Self::new(zones)
    }
}

fn canonical_region(region: &str) -> Option<String> {
    let region = region.trim();
    (!region.is_empty()).then(|| region.to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> TaxTable {
        serde_json::from_str(
            r#"[
                {"country": "DE", "included": true, "standard_ppm": 190000, "reduced_ppm": 70000},
                {"country": "US", "region": "ca", "included": false, "standard_ppm": 72500},
                {"country": "US", "included": false, "standard_ppm": 0}
            ]"#,
        )
        .unwrap()
    }

    #[test]
    fn a_region_goes_before_its_country() {
        let table = table();
        let standard = |country: &str, region| {
            let rates = table.rates(country.parse().unwrap(), region)?;
            Some(rates.rate(TaxClass::Standard).get())
        };
        assert_eq!(standard("US", Some(" Ca ")), Some(72_500));
        assert_eq!(standard("US", Some("OR")), Some(0));
        assert_eq!(standard("US", Some("")), Some(0));
        assert_eq!(standard("DE", Some("BY")), Some(190_000));
        assert_eq!(standard("FR", None), None);
    }

    #[test]
    fn each_class_has_its_rate() {
        let table = table();
        let rates = table.rates("DE".parse().unwrap(), None).unwrap();
        let rate = |class: &str| rates.rate(class.parse().unwrap()).get();
        assert_eq!(
            [rate("standard"), rate("reduced"), rate("zero")],
            [190_000, 70_000, 0]
        );
        let california = table.rates("US".parse().unwrap(), Some("CA")).unwrap();
        assert_eq!(california.rate(TaxClass::Reduced).get(), 72_500);
        assert_eq!("Standard".parse::<TaxClass>(), Err(TaxClassError));
        assert_eq!(serde_json::to_string(&TaxClass::Zero).unwrap(), r#""zero""#);
    }

    #[test]
    fn bad_tables_are_refused() {
        let error = |json: &str| {
            serde_json::from_str::<TaxTable>(json)
                .unwrap_err()
                .to_string()
        };
        let row = r#"{"country": "US", "region": "CA", "included": false, "standard_ppm": 1}"#;
        let twice = error(&format!("[{row}, {row}]"));
        assert!(twice.contains("two rows for US CA"), "{twice}");
        let high = error(r#"[{"country": "US", "included": false, "standard_ppm": 1000001}]"#);
        assert!(high.contains("parts per million"), "{high}");
        let unknown = error(r#"[{"country": "US", "included": true, "standard_ppm": 0, "x": 1}]"#);
        assert!(unknown.contains("unknown field `x`"), "{unknown}");
    }
}
