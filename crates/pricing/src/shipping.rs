//! Shipping: where methods go, what they cost there by weight, and which of them take an order.

use kernel::{CountryCode, Money};
use serde::{Deserialize, Serialize};

use crate::TaxClass;

#[cfg(test)]
mod tests;

/// Places with the same rates.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShippingZone {
    /// What rates name it by, for example `us` or `us-remote`.
    pub code: String,
    /// Its countries; everywhere if empty.
    #[serde(default)]
    pub countries: Vec<CountryCode>,
    /// Only these regions of its countries, as in addresses (`HI`); the whole countries if empty. Letter case and
    /// spaces around them do not matter.
    #[serde(default)]
    pub regions: Vec<String>,
}

/// What a method costs in a zone up to a weight.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShippingRate {
    /// [`ShippingZone::code`].
    pub zone: String,
    /// The heaviest order at this price, in grams; any weight if not given.
    #[serde(default)]
    pub weight_g_max: Option<u64>,
    /// What it costs.
    pub price: Money,
    /// From which value of the merchandise on it costs nothing.
    #[serde(default)]
    pub free_over: Option<Money>,
}

/// A way to send an order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShippingMethod {
    /// What names it in requests, for example `standard`.
    pub code: String,
    /// What shoppers read.
    pub name: String,
    /// What it costs; it goes where it has a rate.
    pub rates: Vec<ShippingRate>,
    /// After how many days it arrives at the earliest.
    pub min_days: u16,
    /// After how many days it arrives at the latest.
    pub max_days: u16,
    /// The class that its price is taxed by.
    #[serde(default)]
    pub tax_class: TaxClass,
}

/// A method that takes a certain order, at the price for that order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ShippingQuote {
    /// [`ShippingMethod::code`].
    pub code: String,
    /// [`ShippingMethod::name`].
    pub name: String,
    /// What the order's shipping costs.
    pub price: Money,
    /// [`ShippingMethod::min_days`].
    pub min_days: u16,
    /// [`ShippingMethod::max_days`].
    pub max_days: u16,
    /// [`ShippingMethod::tax_class`].
    pub tax_class: TaxClass,
}

/// How closely a zone describes a place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Fit {
    Everywhere,
    Country,
    Region,
}

impl ShippingZone {
    fn fit(&self, country: CountryCode, region: Option<&str>) -> Option<Fit> {
        if !self.countries.is_empty() && !self.countries.contains(&country) {
            return None;
        }
        if !self.regions.is_empty() {
            let region = canonical(region?);
            let named = self.regions.iter().any(|own| canonical(own) == region);
            return named.then_some(Fit::Region);
        }
        if self.countries.is_empty() {
            Some(Fit::Everywhere)
        } else {
            Some(Fit::Country)
        }
    }
}

impl ShippingMethod {
    /// The quote for an order of `weight_g` grams to a place in `zones`, whose merchandise is worth `subtotal` after
    /// discounts. `None` if the method has no rate there, for that weight, in that currency.
    fn quote(
        &self,
        zones: &[&ShippingZone],
        weight_g: u64,
        subtotal: Money,
    ) -> Option<ShippingQuote> {
        let price = zones
            .iter()
            .filter_map(|zone| self.rate(zone, weight_g, subtotal))
            .map(|rate| rate.price_for(subtotal))
            .min_by_key(|price| price.minor())?;
        Some(ShippingQuote {
            code: self.code.clone(),
            name: self.name.clone(),
            price,
            min_days: self.min_days,
            max_days: self.max_days,
            tax_class: self.tax_class,
        })
    }

    /// The lightest band of a zone that takes the weight.
    fn rate(&self, zone: &ShippingZone, weight_g: u64, subtotal: Money) -> Option<&ShippingRate> {
        let most = |rate: &ShippingRate| rate.weight_g_max.unwrap_or(u64::MAX);
        self.rates
            .iter()
            .filter(|rate| rate.zone == zone.code)
            .filter(|rate| rate.price.currency() == subtotal.currency())
            .filter(|rate| weight_g <= most(rate))
            .min_by_key(|rate| (most(rate), rate.price.minor()))
    }
}

impl ShippingRate {
    fn price_for(&self, subtotal: Money) -> Money {
        let free = self.free_over.is_some_and(|from| {
            from.currency() == subtotal.currency() && subtotal.minor() >= from.minor()
        });
        if free {
            Money::zero(self.price.currency())
        } else {
            self.price
        }
    }
}

/// The quotes of all methods that take an order, in the order of `methods`. `subtotal` is what the merchandise is worth
/// after discounts.
///
/// A place belongs to the zones that describe it most closely: those that name its region; else those that name its
/// country; else those for everywhere. Rates of wider zones do not count there, so that a zone without rates keeps a
/// method out of it. Where several zones are equally close, the lowest price counts.
pub fn available(
    methods: &[ShippingMethod],
    zones: &[ShippingZone],
    country: CountryCode,
    region: Option<&str>,
    weight_g: u64,
    subtotal: Money,
) -> Vec<ShippingQuote> {
    let fits = || {
        zones
            .iter()
            .filter_map(|zone| Some((zone.fit(country, region)?, zone)))
    };
    let Some(closest) = fits().map(|(fit, _)| fit).max() else {
        return Vec::new();
    };
    let zones: Vec<&ShippingZone> = fits()
        .filter(|(fit, _)| *fit == closest)
        .map(|(_, zone)| zone)
        .collect();
    methods
        .iter()
        .filter_map(|method| method.quote(&zones, weight_g, subtotal))
        .collect()
}

fn canonical(region: &str) -> String {
    region.trim().to_uppercase()
}
