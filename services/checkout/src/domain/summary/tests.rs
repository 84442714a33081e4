use contract_catalog::Availability;
use kernel::{Money, ProductId, VariantId};

use super::*;

fn quote(price_minor: i64, available: Option<i32>) -> Quote {
    Quote {
        variant_id: VariantId::generate(),
        product_id: ProductId::generate(),
        slug: "radio".into(),
        title: "Radio".into(),
        variant_title: String::new(),
        sku: None,
        art: "audio".into(),
        color: None,
        unit_price: Money::new(price_minor, Currency::USD).unwrap(),
        tax_class: "standard".into(),
        weight_g: 500,
        max_per_order: 10,
        purchasable: true,
        available,
        availability: Availability::InStock,
    }
}

fn methods() -> Vec<ShippingMethod> {
    serde_json::from_str(
        r#"[{"code": "standard", "name": "Standard", "min_days": 3, "max_days": 5, "rates": [
             {"zone": "us", "price": {"amount": 499, "currency": "USD"}, "free_over": {"amount": 5000, "currency": "USD"}}]}]"#,
    )
    .unwrap()
}

fn zones() -> Vec<ShippingZone> {
    serde_json::from_str(r#"[{"code": "us", "countries": ["US"]}]"#).unwrap()
}

fn line(quote: &Quote, quantity: i32) -> CartLine {
    CartLine {
        variant_id: quote.variant_id,
        quantity: Quantity::new(quantity).unwrap(),
    }
}

fn summary(lines: &[CartLine], quotes: &[Quote], known: bool) -> Summary {
    let rates = [TaxRate {
        tax_class: "standard".into(),
        rate_ppm: 72_500,
        included: false,
    }];
    summarize(&Inputs {
        currency: Currency::USD,
        lines,
        quotes,
        methods: &methods(),
        zones: &zones(),
        region: None,
        coupon: None,
        purses: &[],
        country: known.then(|| "US".parse().unwrap()),
        rates: known.then(|| tax_rates(&rates)),
        method: known.then_some("standard"),
        email_known: known,
    })
    .unwrap()
}

#[test]
fn an_empty_form_shows_what_is_known_and_what_is_missing() {
    let radio = quote(2_000, Some(4));
    let seen = summary(&[line(&radio, 2)], &[radio], false);
    assert_eq!(
        (
            seen.totals.total.minor(),
            seen.totals.tax,
            seen.totals.shipping
        ),
        (4_000, None, None)
    );
    assert_eq!(
        seen.requirements,
        [
            Requirement::Email,
            Requirement::ShippingAddress,
            Requirement::ShippingMethod,
            Requirement::PaymentMethod
        ]
    );
}

#[test]
fn shipping_and_tax_join_the_total() {
    let radio = quote(2_000, Some(4));
    let seen = summary(&[line(&radio, 2)], &[radio], true);
    // 7.25 % of 40.00 and of 4.99, each rounded once.
    assert_eq!(seen.totals.tax.map(Money::minor), Some(290 + 36));
    assert_eq!(seen.totals.total.minor(), 4_000 + 499 + 326);
    assert_eq!(seen.missing(false), [Requirement::PaymentMethod]);
    assert_eq!(seen.missing(true), []);
}

#[test]
fn lines_that_cannot_be_bought_are_a_requirement_and_short_stock_is_not() {
    let (gone, scarce, plenty) = (quote(100, None), quote(100, Some(1)), quote(100, None));
    let gone = Quote {
        purchasable: false,
        ..gone
    };
    let unknown = CartLine {
        variant_id: VariantId::generate(),
        quantity: Quantity::ONE,
    };

    let seen = summary(&[line(&scarce, 2)], std::slice::from_ref(&scarce), true);
    assert_eq!(seen.lines[0].problem, Some(LineProblem::InsufficientStock));
    assert_eq!(seen.missing(true), []);

    let seen = summary(&[line(&gone, 1)], &[gone], true);
    assert_eq!(seen.lines[0].problem, Some(LineProblem::Unavailable));
    for (lines, quotes) in [
        (vec![], vec![]),
        (vec![unknown], vec![]),
        (vec![line(&plenty, 11)], vec![plenty.clone()]),
    ] {
        assert_eq!(
            summary(&lines, &quotes, true).missing(true),
            [Requirement::Lines]
        );
    }
}

#[test]
fn a_place_without_known_tax_has_none() {
    let rates = tax_rates(&[]);
    assert!(rates.standard.is_zero() && rates.reduced.is_zero() && !rates.included);
}
