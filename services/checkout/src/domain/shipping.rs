//! Shipping as staff define it: zones, and methods with their rates.

use garde::Validate;
use kernel::{CountryCode, Money};
use pricing::TaxClass;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Places with the same rates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ShippingZone)]
pub struct Zone {
    /// What rates name it by.
    #[garde(custom(short_name))]
    #[schema(pattern = "^[a-z0-9_-]{1,40}$", example = "europe")]
    pub code: String,
    /// What staff read.
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// Its countries.
    #[garde(length(min = 1, max = 250))]
    pub countries: Vec<CountryCode>,
    /// Only these regions of its single country; all of it, if there are none.
    #[garde(length(max = 100), inner(length(chars, min = 1, max = 100)))]
    #[serde(default)]
    pub regions: Vec<String>,
}

/// A way to send an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AdminShippingMethod)]
pub struct Method {
    /// What names it in requests.
    #[garde(custom(short_name))]
    #[schema(pattern = "^[a-z0-9_-]{1,40}$", example = "express")]
    pub code: String,
    /// What shoppers read.
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// Days to arrive, at the least.
    #[garde(range(max = 365))]
    pub min_days: u16,
    /// Days to arrive, at the most.
    #[garde(range(max = 365))]
    pub max_days: u16,
    /// Its place in the list.
    #[garde(range(min = 0, max = 10_000))]
    #[serde(default)]
    pub position: i32,
    /// Whether shoppers may choose it.
    #[garde(skip)]
    #[serde(default = "yes")]
    pub enabled: bool,
    /// The class that its price is taxed by: `standard` or `reduced`.
    #[garde(skip)]
    #[serde(default)]
    #[schema(value_type = String, example = "standard")]
    pub tax_class: TaxClass,
    /// What it costs. It goes where it has a rate.
    #[garde(length(max = 500), dive)]
    pub rates: Vec<Rate>,
}

/// What a method costs in a zone up to a weight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ShippingRate)]
pub struct Rate {
    /// The zone's code.
    #[garde(custom(short_name))]
    pub zone: String,
    /// The heaviest order at this price, in grams; any weight, if it is left out.
    #[garde(inner(range(min = 1)))]
    #[serde(default)]
    #[schema(minimum = 1)]
    pub weight_g_max: Option<i32>,
    /// What it costs.
    #[garde(custom(not_negative))]
    pub price: Money,
    /// From which value of the merchandise on it costs nothing.
    #[garde(inner(custom(not_negative)))]
    #[serde(default)]
    pub free_over: Option<Money>,
}

fn yes() -> bool {
    true
}

fn short_name<C>(text: &str, _: &C) -> garde::Result {
    let known = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c);
    if (1..=40).contains(&text.len()) && text.chars().all(known) {
        return Ok(());
    }
    Err(garde::Error::new(
        "has 1 to 40 small letters, digits, hyphens and underscores",
    ))
}

fn not_negative<C>(amount: &Money, _: &C) -> garde::Result {
    if amount.is_negative() {
        return Err(garde::Error::new("must not be negative"));
    }
    Ok(())
}

/// What is wrong between the fields: where, and why.
pub type Contradiction = (String, &'static str);

impl Zone {
    /// What cannot be together.
    pub fn contradiction(&self) -> Option<Contradiction> {
        let many = self.countries.len() != 1 && !self.regions.is_empty();
        many.then(|| {
            (
                "/regions".to_owned(),
                "only a zone of one country has regions",
            )
        })
    }
}

impl Method {
    /// What cannot be together.
    pub fn contradiction(&self) -> Option<Contradiction> {
        if self.min_days > self.max_days {
            return Some(("/max_days".to_owned(), "must not be less than min_days"));
        }
        for (n, rate) in self.rates.iter().enumerate() {
            let foreign = |free: Money| free.currency() != rate.price.currency();
            if rate.free_over.is_some_and(foreign) {
                let pointer = format!("/rates/{n}/free_over/currency");
                return Some((pointer, "must be the currency of the price"));
            }
            let band = |other: &Rate| {
                (
                    other.zone.clone(),
                    other.price.currency(),
                    other.weight_g_max,
                )
            };
            if self.rates[..n]
                .iter()
                .any(|other| band(other) == band(rate))
            {
                return Some((
                    format!("/rates/{n}"),
                    "there is one for this zone and weight",
                ));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn method(rates: &str) -> Method {
        let text = format!(
            r#"{{"code": "x", "name": "X", "min_days": 1, "max_days": 2, "rates": {rates}}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn contradictions_are_named() {
        let rate =
            r#"{"zone": "us", "weight_g_max": 500, "price": {"amount": 1, "currency": "USD"}}"#;
        let free = r#"{"zone": "us", "price": {"amount": 1, "currency": "USD"}, "free_over": {"amount": 1, "currency": "EUR"}}"#;
        let at = |method: &Method| method.contradiction().map(|(pointer, _)| pointer);
        assert_eq!(at(&method(&format!("[{rate}]"))), None);
        assert_eq!(
            at(&method(&format!("[{rate}, {rate}]"))).unwrap(),
            "/rates/1"
        );
        let pointer = at(&method(&format!("[{rate}, {free}]"))).unwrap();
        assert_eq!(pointer, "/rates/1/free_over/currency");
        let backwards = Method {
            min_days: 3,
            ..method("[]")
        };
        assert_eq!(at(&backwards).unwrap(), "/max_days");
        let zone: Zone = serde_json::from_str(
            r#"{"code": "x", "name": "X", "countries": ["US", "CA"], "regions": ["HI"]}"#,
        )
        .unwrap();
        assert_eq!(zone.contradiction().unwrap().0, "/regions");
        assert!(
            method(r#"[{"zone": "U S", "price": {"amount": -1, "currency": "USD"}}]"#)
                .validate()
                .is_err()
        );
    }
}
