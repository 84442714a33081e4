//! Shipping methods: which reach an address, and what they cost.

use kernel::{CountryCode, Money};
use serde::{Deserialize, Serialize};

use crate::TaxClass;

/// A way to send an order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShippingMethod {
    /// What names it in requests, for example `standard`.
    pub code: String,
    /// What shoppers read.
    pub name: String,
    /// What it costs.
    pub price: Money,
    /// From which value of the merchandise on it costs nothing.
    #[serde(default)]
    pub free_over: Option<Money>,
    /// Where it goes; everywhere if empty.
    #[serde(default)]
    pub countries: Vec<CountryCode>,
    /// The heaviest order that it takes, in grams.
    #[serde(default)]
    pub max_weight_g: Option<u64>,
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

impl ShippingMethod {
    /// The quote for an order of `weight_g` grams to `country`, whose merchandise is worth
    /// `subtotal` after discounts. `None` if the method does not go there, does not take the weight
    /// or is priced in another currency.
    pub fn quote(
        &self,
        country: CountryCode,
        weight_g: u64,
        subtotal: Money,
    ) -> Option<ShippingQuote> {
        let goes_there = self.countries.is_empty() || self.countries.contains(&country);
        let too_heavy = self.max_weight_g.is_some_and(|most| weight_g > most);
        if !goes_there || too_heavy || self.price.currency() != subtotal.currency() {
            return None;
        }
        let free = self.free_over.is_some_and(|from| {
            from.currency() == subtotal.currency() && subtotal.minor() >= from.minor()
        });
        Some(ShippingQuote {
            code: self.code.clone(),
            name: self.name.clone(),
            price: if free {
                Money::zero(self.price.currency())
            } else {
                self.price
            },
            min_days: self.min_days,
            max_days: self.max_days,
            tax_class: self.tax_class,
        })
    }
}

/// The quotes of all methods that take an order, in the order of `methods`.
pub fn available(
    methods: &[ShippingMethod],
    country: CountryCode,
    weight_g: u64,
    subtotal: Money,
) -> Vec<ShippingQuote> {
    methods
        .iter()
        .filter_map(|method| method.quote(country, weight_g, subtotal))
        .collect()
}

#[cfg(test)]
mod tests {
    use kernel::Currency;

    use super::*;

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::USD).unwrap()
    }

    fn methods() -> Vec<ShippingMethod> {
        serde_json::from_str(
            r#"[
                {"code": "standard", "name": "Standard", "price": {"amount": 499, "currency": "USD"},
                 "free_over": {"amount": 5000, "currency": "USD"}, "min_days": 3, "max_days": 5},
                {"code": "express", "name": "Express", "price": {"amount": 1499, "currency": "USD"},
                 "countries": ["US"], "max_weight_g": 20000, "min_days": 1, "max_days": 2}
            ]"#,
        )
        .unwrap()
    }

    fn offers(country: &str, weight_g: u64, subtotal: Money) -> Vec<(String, i64)> {
        available(&methods(), country.parse().unwrap(), weight_g, subtotal)
            .into_iter()
            .map(|quote| (quote.code, quote.price.minor()))
            .collect()
    }

    #[test]
    fn country_and_weight_decide() {
        let both = [("standard".to_owned(), 499), ("express".to_owned(), 1499)];
        assert_eq!(offers("US", 20_000, usd(4_999)), both);
        assert_eq!(offers("US", 20_001, usd(4_999)), both[..1]);
        assert_eq!(offers("DE", 100, usd(4_999)), both[..1]);
    }

    #[test]
    fn free_from_the_threshold_on() {
        assert_eq!(offers("DE", 1, usd(4_999)), [("standard".to_owned(), 499)]);
        assert_eq!(offers("DE", 1, usd(5_000)), [("standard".to_owned(), 0)]);
    }

    #[test]
    fn other_currencies_have_no_offer() {
        assert_eq!(
            offers("US", 1, Money::new(9_000, Currency::EUR).unwrap()),
            []
        );
    }
}
