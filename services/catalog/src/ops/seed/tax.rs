//! Tax rates to begin with: `data/tax_rates.toml`, which names its sources.

use std::collections::BTreeMap;

use anyhow::Context as _;
use serde::Deserialize;

use crate::domain::tax::TaxClass;
use crate::store::reference::TaxRateRow;

const DATA: &str = include_str!("../../../data/tax_rates.toml");
/// The country whose states have rates of their own.
const STATES_OF: &str = "US";
/// Decimal places of a percentage that parts per million can hold.
const PLACES: usize = 4;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    /// By state, on top of prices.
    us: BTreeMap<String, String>,
    /// Standard and reduced, by country, within prices.
    eu: BTreeMap<String, [String; 2]>,
    /// The same outside the European Union.
    europe: BTreeMap<String, [String; 2]>,
}

/// All rates.
///
/// # Errors
/// When the file cannot be read: tests see to it that it can.
pub(super) fn rates() -> anyhow::Result<Vec<TaxRateRow>> {
    let data: Data = toml::from_str(DATA).context("the tax rates cannot be read")?;
    let mut rates = Vec::new();
    // Who lives in no state, such as on a military base, is not taxed.
    let states = [(String::new(), "0".to_owned())].into_iter().chain(data.us);
    for (region, percent) in states {
        for class in [TaxClass::Standard, TaxClass::Reduced] {
            rates.push(TaxRateRow {
                country: STATES_OF.to_owned(),
                region: region.clone(),
                class,
                rate_ppm: ppm(&percent)?,
                included: false,
            });
        }
    }
    for (country, percents) in data.eu.into_iter().chain(data.europe) {
        for (class, percent) in [TaxClass::Standard, TaxClass::Reduced]
            .into_iter()
            .zip(percents)
        {
            rates.push(TaxRateRow {
                country: country.clone(),
                region: String::new(),
                class,
                rate_ppm: ppm(&percent)?,
                included: true,
            });
        }
    }
    Ok(rates)
}

/// A percentage in parts per million: `5.5` is 55,000.
fn ppm(percent: &str) -> anyhow::Result<i32> {
    let (whole, part) = percent.split_once('.').unwrap_or((percent, ""));
    anyhow::ensure!(part.len() <= PLACES, "{percent}: too many decimal places");
    format!("{whole}{part:0<PLACES$}")
        .parse()
        .with_context(|| format!("{percent} is no percentage"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(country: &str, region: &str, class: TaxClass) -> (i32, bool) {
        let rates = rates().unwrap();
        let found = rates
            .iter()
            .find(|rate| {
                (rate.country.as_str(), rate.region.as_str(), rate.class)
                    == (country, region, class)
            })
            .unwrap();
        (found.rate_ppm, found.included)
    }

    #[test]
    fn every_place_and_class_stands_once() {
        let mut zones: Vec<_> = rates()
            .unwrap()
            .into_iter()
            .map(|rate| (rate.country, rate.region, rate.class))
            .collect();
        let count = zones.len();
        zones.sort_unstable();
        zones.dedup();
        // 51 states and no state, 28 countries.
        assert_eq!((zones.len(), count), (160, 160));
    }

    #[test]
    fn percentages_are_exact() {
        assert_eq!(rate("US", "CA", TaxClass::Standard), (72_500, false));
        assert_eq!(rate("US", "NM", TaxClass::Reduced), (48_750, false));
        assert_eq!(rate("FI", "", TaxClass::Standard), (255_000, true));
        assert_eq!(rate("FR", "", TaxClass::Reduced), (55_000, true));
        assert_eq!(rate("IE", "", TaxClass::Reduced), (0, true));
        assert!(ppm("1.23456").is_err() && ppm("x").is_err());
    }
}
