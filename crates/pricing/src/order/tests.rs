use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::*;
use crate::split::allocate;

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD).unwrap()
}

fn line(key: u32, quantity: i64, unit_price: i64) -> Line<u32> {
    Line {
        key,
        quantity: Quantity::new(quantity).unwrap(),
        unit_price: usd(unit_price),
        tax_class: TaxClass::Standard,
        weight_g: 250,
    }
}

fn rates(included: bool, standard: u32) -> TaxRates {
    TaxRates {
        included,
        standard: Ppm::new(standard).unwrap(),
        reduced: Ppm::new(standard / 2).unwrap(),
    }
}

fn quote(minor: i64, tax_class: TaxClass) -> ShippingQuote {
    ShippingQuote {
        code: "standard".into(),
        name: "Standard".into(),
        price: usd(minor),
        min_days: 3,
        max_days: 5,
        tax_class,
    }
}

fn price(
    lines: &[Line<u32>],
    discounts: &[Discount],
    shipping: Option<&ShippingQuote>,
    tax: Option<&TaxRates>,
) -> Result<PricedOrder<u32>, PricingError> {
    price_order(Currency::USD, lines, discounts, shipping, tax)
}

#[test]
fn a_cart_knows_neither_shipping_nor_tax() {
    let order = price(&[line(1, 2, 1_999), line(2, 1, 500)], &[], None, None).unwrap();
    let totals = Totals {
        subtotal: usd(4_498),
        discount: usd(0),
        shipping: None,
        tax: None,
        total: usd(4_498),
    };
    assert_eq!(order.totals, totals);
    assert_eq!(order.lines[0].total, usd(3_998));
    assert_eq!(order.lines[1].key, 2);
}

#[test]
fn an_empty_cart_costs_nothing() {
    let order = price(&[], &[Discount::Amount(usd(500))], None, None).unwrap();
    assert_eq!(
        (order.totals.total, order.totals.discount),
        (usd(0), usd(0))
    );
}

#[test]
fn tax_on_top_is_computed_per_line_after_discounts() {
    let shipping = quote(499, TaxClass::Standard);
    let order = price(
        &[line(1, 3, 333), line(2, 1, 1_001)],
        &[Discount::Percent(Ppm::new(100_000).unwrap())],
        Some(&shipping),
        Some(&rates(false, 72_500)),
    )
    .unwrap();
    // 999 and 1001 less 200 in all: 99.9 and 100.1 round to 100 and 100.
    let [first, second] = order.lines[..] else {
        panic!("two lines")
    };
    assert_eq!(
        (first.gross, first.discount, first.net),
        (usd(999), usd(100), usd(899))
    );
    assert_eq!((first.tax, first.total), (usd(65), usd(964)));
    assert_eq!((second.net, second.tax), (usd(901), usd(65)));
    let totals = Totals {
        subtotal: usd(2_000),
        discount: usd(200),
        shipping: Some(usd(499)),
        tax: Some(usd(65 + 65 + 36)),
        total: usd(2_000 - 200 + 499 + 65 + 65 + 36),
    };
    assert_eq!(order.totals, totals);
    assert!(!order.tax_included);
}

#[test]
fn contained_tax_does_not_change_the_total() {
    let shipping = quote(500, TaxClass::Zero);
    let mut book = line(2, 1, 1_070);
    book.tax_class = TaxClass::Reduced;
    let rates = TaxRates {
        included: true,
        standard: Ppm::new(190_000).unwrap(),
        reduced: Ppm::new(70_000).unwrap(),
    };
    let order = price(
        &[line(1, 1, 11_900), book],
        &[],
        Some(&shipping),
        Some(&rates),
    )
    .unwrap();
    assert_eq!(order.lines[0].tax, usd(1_900));
    assert_eq!(order.lines[1].tax, usd(70));
    assert_eq!(order.lines[1].tax_rate_ppm.get(), 70_000);
    assert_eq!(order.shipping.unwrap().tax, usd(0));
    assert_eq!(order.totals.tax, Some(usd(1_970)));
    assert_eq!(order.totals.total, usd(11_900 + 1_070 + 500));
}

#[test]
fn discounts_follow_each_other_and_stop_at_nothing() {
    let half = Discount::Percent(Ppm::new(500_000).unwrap());
    let order = price(
        &[line(1, 1, 1_000), line(2, 1, 0)],
        &[
            half,
            half,
            Discount::Amount(usd(9_999)),
            Discount::Amount(usd(1)),
        ],
        None,
        None,
    )
    .unwrap();
    assert_eq!(order.discounts, [usd(500), usd(250), usd(250), usd(0)]);
    assert_eq!(order.totals.discount, usd(1_000));
    assert_eq!(order.totals.total, usd(0));
    assert_eq!(order.lines[1].discount, usd(0));
}

#[test]
fn bad_amounts_are_named() {
    let negative = |what, minor| PricingError::Negative {
        what,
        amount: usd(minor),
    };
    let error = price(&[line(1, 1, -5)], &[], None, None).unwrap_err();
    assert_eq!(error, negative("a unit price", -5));
    assert_eq!(
        error.to_string(),
        "a unit price must not be negative, but is -0.05 USD"
    );
    let one = [line(1, 1, 5)];
    let discount = [Discount::Amount(usd(-1))];
    assert_eq!(
        price(&one, &discount, None, None),
        Err(negative("a discount", -1))
    );
    let shipping = quote(-1, TaxClass::Zero);
    assert_eq!(
        price(&one, &[], Some(&shipping), None),
        Err(negative("shipping", -1))
    );
    let mismatch = MoneyError::CurrencyMismatch {
        left: Currency::EUR,
        right: Currency::USD,
    };
    assert_eq!(
        price_order(Currency::EUR, &one, &[], None, None),
        Err(mismatch.into())
    );
    let dear = [line(1, 999, Money::MAX_MINOR)];
    assert_eq!(
        price(&dear, &[], None, None),
        Err(MoneyError::Overflow.into())
    );
}

#[test]
fn weights_add_up() {
    assert_eq!(weight_g(&[line(1, 3, 1), line(2, 1, 1)]), 1_000);
}

#[test]
fn totals_on_the_wire() {
    let order = price(&[line(1, 1, 5)], &[], None, None).unwrap();
    let json = serde_json::to_value(order.totals).unwrap();
    let money = |amount: i64| serde_json::json!({"amount": amount, "currency": "USD"});
    let expected = serde_json::json!({
        "subtotal": money(5), "discount": money(0), "shipping": null, "tax": null, "total": money(5),
    });
    assert_eq!(json, expected);
}

fn any_class() -> impl Strategy<Value = TaxClass> {
    prop_oneof![
        Just(TaxClass::Standard),
        Just(TaxClass::Reduced),
        Just(TaxClass::Zero)
    ]
}

fn any_lines() -> impl Strategy<Value = Vec<Line<u32>>> {
    let any_line = (1..=999i64, 0..5_000_000i64, any_class());
    vec(any_line, 0..12).prop_map(|lines| {
        let priced = (0..)
            .zip(lines)
            .map(|(key, (quantity, unit_price, tax_class))| Line {
                tax_class,
                ..line(key, quantity, unit_price)
            });
        priced.collect()
    })
}

fn any_discounts() -> impl Strategy<Value = Vec<Discount>> {
    let percent = (0..=1_000_000u32).prop_map(|ppm| Discount::Percent(Ppm::new(ppm).unwrap()));
    let amount = (0..10_000_000i64).prop_map(|minor| Discount::Amount(usd(minor)));
    vec(prop_oneof![percent, amount], 0..4)
}

fn sum(amounts: impl IntoIterator<Item = Money>) -> i64 {
    Money::sum(Currency::USD, amounts).unwrap().minor()
}

proptest! {
    #[test]
    fn nothing_is_lost_and_nothing_is_negative(
        lines in any_lines(),
        discounts in any_discounts(),
        shipping in option::of((0..100_000i64, any_class())),
        tax in option::of((any::<bool>(), 0..=400_000u32)),
    ) {
        let shipping = shipping.map(|(minor, class)| quote(minor, class));
        let tax = tax.map(|(included, ppm)| rates(included, ppm));
        let order = price(&lines, &discounts, shipping.as_ref(), tax.as_ref()).unwrap();
        let totals = order.totals;

        let shipped = totals.shipping.map_or(0, Money::minor);
        let added_tax = if order.tax_included { 0 } else { totals.tax.map_or(0, Money::minor) };
        let by_parts = totals.subtotal.minor() - totals.discount.minor() + shipped + added_tax;
        prop_assert_eq!(totals.total.minor(), by_parts);

        let shipping_total = order.shipping.map_or(0, |shipping| shipping.total.minor());
        prop_assert_eq!(totals.total.minor(), sum(order.lines.iter().map(|l| l.total)) + shipping_total);
        prop_assert_eq!(totals.subtotal.minor(), sum(order.lines.iter().map(|l| l.gross)));
        prop_assert_eq!(totals.discount.minor(), sum(order.lines.iter().map(|l| l.discount)));
        prop_assert_eq!(totals.discount.minor(), sum(order.discounts.iter().copied()));
        prop_assert!(totals.discount.minor() <= totals.subtotal.minor());
        prop_assert_eq!(totals.tax.is_some(), tax.is_some());

        for line in &order.lines {
            for amount in [line.gross, line.discount, line.net, line.tax, line.total] {
                prop_assert!(!amount.is_negative());
            }
            prop_assert_eq!(line.gross.checked_sub(line.discount).unwrap(), line.net);
        }
        let again = price(&lines, &discounts, shipping.as_ref(), tax.as_ref()).unwrap();
        prop_assert_eq!(order, again);
    }

    #[test]
    fn refunding_every_piece_returns_what_each_line_cost(
        lines in any_lines(),
        discounts in any_discounts(),
        included: bool,
        ppm in 0..=400_000u32,
    ) {
        let order = price(&lines, &discounts, None, Some(&rates(included, ppm))).unwrap();
        let mut refunded = 0;
        for (line, priced) in lines.iter().zip(&order.lines) {
            let pieces = vec![1; line.quantity.get().into()];
            refunded += allocate(priced.total.minor(), &pieces).iter().sum::<i64>();
        }
        prop_assert_eq!(refunded, order.totals.total.minor());
    }
}
