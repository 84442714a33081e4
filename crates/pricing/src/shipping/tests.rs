use kernel::Currency;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::*;

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD).unwrap()
}

fn zones() -> Vec<ShippingZone> {
    serde_json::from_str(
        r#"[
            {"code": "us", "countries": ["US"]},
            {"code": "us-remote", "countries": ["US"], "regions": ["ak", "HI"]},
            {"code": "europe", "countries": ["DE", "FR"]},
            {"code": "alps", "countries": ["DE", "AT"]},
            {"code": "world"}
        ]"#,
    )
    .unwrap()
}

fn methods() -> Vec<ShippingMethod> {
    serde_json::from_str(
        r#"[
            {"code": "standard", "name": "Standard", "min_days": 3, "max_days": 5, "rates": [
                {"zone": "us", "weight_g_max": 30000, "price": {"amount": 1999, "currency": "USD"}},
                {"zone": "us", "weight_g_max": 2000, "price": {"amount": 499, "currency": "USD"},
                 "free_over": {"amount": 5000, "currency": "USD"}},
                {"zone": "us-remote", "weight_g_max": 2000, "price": {"amount": 2999, "currency": "USD"}},
                {"zone": "europe", "price": {"amount": 3000, "currency": "USD"}},
                {"zone": "alps", "price": {"amount": 2500, "currency": "USD"}}]},
            {"code": "express", "name": "Express", "min_days": 1, "max_days": 2, "rates": [
                {"zone": "us", "weight_g_max": 20000, "price": {"amount": 1499, "currency": "USD"}},
                {"zone": "world", "price": {"amount": 9900, "currency": "USD"}},
                {"zone": "world", "price": {"amount": 100, "currency": "EUR"}}]}
        ]"#,
    )
    .unwrap()
}

fn offers(country: &str, region: Option<&str>, weight_g: u64, subtotal: i64) -> Vec<(String, i64)> {
    let country = country.parse().unwrap();
    available(
        &methods(),
        &zones(),
        country,
        region,
        weight_g,
        usd(subtotal),
    )
    .into_iter()
    .map(|quote| (quote.code, quote.price.minor()))
    .collect()
}

fn standard(minor: i64) -> (String, i64) {
    ("standard".to_owned(), minor)
}

fn express(minor: i64) -> (String, i64) {
    ("express".to_owned(), minor)
}

#[test]
fn no_zone_no_offer() {
    let country = "US".parse().unwrap();
    assert_eq!(
        available(&methods(), &[], country, None, 1, usd(1)),
        Vec::new()
    );
    let only_europe = &zones()[2..4];
    assert_eq!(
        available(&methods(), only_europe, country, None, 1, usd(1)),
        Vec::new()
    );
}

#[test]
fn the_weight_chooses_the_band() {
    assert_eq!(
        offers("US", None, 2_000, 100),
        [standard(499), express(1_499)]
    );
    assert_eq!(
        offers("US", None, 2_001, 100),
        [standard(1_999), express(1_499)]
    );
    assert_eq!(offers("US", None, 20_001, 100), [standard(1_999)]);
    assert_eq!(offers("US", None, 30_001, 100), []);
}

#[test]
fn a_region_of_its_own_overrides_its_country() {
    assert_eq!(
        offers("US", Some("CA"), 1, 100),
        [standard(499), express(1_499)]
    );
    for region in ["HI", " hi", "ak"] {
        assert_eq!(offers("US", Some(region), 1, 100), [standard(2_999)]);
        assert_eq!(
            offers("US", Some(region), 2_001, 100),
            [],
            "the country's heavier band does not count"
        );
    }
}

#[test]
fn the_rest_of_the_world_is_what_no_other_zone_names() {
    assert_eq!(offers("JP", Some("13"), 99_999, 100), [express(9_900)]);
    assert_eq!(offers("FR", None, 1, 100), [standard(3_000)]);
}

#[test]
fn of_equally_close_zones_the_lower_price_counts() {
    assert_eq!(offers("DE", None, 1, 100), [standard(2_500)]);
    assert_eq!(offers("AT", None, 1, 100), [standard(2_500)]);
}

#[test]
fn free_from_the_threshold_on_in_its_band() {
    assert_eq!(
        offers("US", None, 1, 4_999),
        [standard(499), express(1_499)]
    );
    assert_eq!(offers("US", None, 1, 5_000), [standard(0), express(1_499)]);
    assert_eq!(
        offers("US", None, 2_001, 5_000),
        [standard(1_999), express(1_499)]
    );
}

#[test]
fn other_currencies_have_rates_of_their_own() {
    let euros = Money::new(9_000, Currency::EUR).unwrap();
    let quotes = |country: &str| {
        let country = country.parse().unwrap();
        available(&methods(), &zones(), country, None, 1, euros)
    };
    assert_eq!(quotes("US"), []);
    let [quote] = &quotes("JP")[..] else {
        panic!("one quote")
    };
    assert_eq!(quote.price, Money::new(100, Currency::EUR).unwrap());
}

#[test]
fn bad_tables_are_refused() {
    let method =
        r#"{"code": "a", "name": "A", "rates": [], "min_days": 1, "max_days": 2, "price": 1}"#;
    let error = serde_json::from_str::<ShippingMethod>(method).unwrap_err();
    assert!(error.to_string().contains("unknown field `price`"));
}

fn any_rates() -> impl Strategy<Value = Vec<ShippingRate>> {
    let rate =
        (option::of(0..50_000u64), 0..10_000i64).prop_map(|(weight_g_max, minor)| ShippingRate {
            zone: "us".into(),
            weight_g_max,
            price: usd(minor),
            free_over: None,
        });
    vec(rate, 0..8)
}

proptest! {
    #[test]
    fn a_quote_is_the_price_of_the_lightest_band_that_takes_the_order(rates in any_rates(), weight_g in 0..60_000u64) {
        let method = ShippingMethod {
            code: "m".into(), name: "M".into(), rates: rates.clone(), min_days: 1, max_days: 2, tax_class: TaxClass::Standard,
        };
        let quotes = available(&[method], &zones()[..1], "US".parse().unwrap(), Some("CA"), weight_g, usd(1));
        let takes = |rate: &&ShippingRate| rate.weight_g_max.is_none_or(|most| weight_g <= most);
        let lightest = rates.iter().filter(takes).map(|rate| rate.weight_g_max.unwrap_or(u64::MAX)).min();
        prop_assert_eq!(quotes.len(), usize::from(lightest.is_some()));
        for quote in quotes {
            let of_band = rates.iter().filter(|rate| Some(rate.weight_g_max.unwrap_or(u64::MAX)) == lightest);
            prop_assert_eq!(Some(quote.price.minor()), of_band.map(|rate| rate.price.minor()).min());
        }
    }
}
