use kernel::{Currency, Ppm};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::*;
use crate::{Discount, Line, ShippingQuote, TaxClass, TaxRates, price_order};

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD).unwrap()
}

fn portion_of(currency: Currency, total: i64, tax: i64) -> Portion {
    Portion {
        total: Money::new(total, currency).unwrap(),
        tax: Money::new(tax, currency).unwrap(),
    }
}

fn paid(quantity: i64, total: i64, tax: i64) -> PaidLine {
    PaidLine {
        quantity: Quantity::new(quantity).unwrap(),
        paid: portion_of(Currency::USD, total, tax),
    }
}

fn given(units: u16, total: i64, tax: i64) -> Refunded {
    Refunded {
        units,
        portion: portion_of(Currency::USD, total, tax),
    }
}

fn units(units: u16) -> Quantity {
    Quantity::new(units).unwrap()
}

#[test]
fn more_than_is_left_is_refused_and_says_what_is() {
    let line = paid(3, 100, 16);
    assert_eq!(
        line.refund_units(&given(2, 67, 11), units(2)),
        Err(RefundError::TooManyUnits { left: 1 })
    );
    assert_eq!(
        line.refund_units(&given(3, 100, 16), units(1)),
        Err(RefundError::TooManyUnits { left: 0 })
    );
    assert_eq!(
        line.refund_amount(&given(1, 34, 5), usd(67)),
        Err(RefundError::TooMuch { left: usd(66) })
    );
    for minor in [0, -1] {
        let refused = line.refund_amount(&given(0, 0, 0), usd(minor));
        assert_eq!(refused, Err(RefundError::NotPositive));
    }
}

#[test]
fn contradictions_are_refused() {
    let one = units(1);
    for line in [paid(3, -1, 0), paid(3, 10, 11), paid(3, 10, -1)] {
        assert_eq!(
            line.refund_units(&given(0, 0, 0), one),
            Err(RefundError::Inconsistent)
        );
    }
    let line = paid(3, 100, 16);
    for before in [
        given(4, 0, 0),
        given(1, 101, 16),
        given(1, 50, 17),
        given(1, 98, 0),
    ] {
        assert_eq!(
            line.refund_units(&before, one),
            Err(RefundError::Inconsistent)
        );
    }
    let euros = Money::new(1, Currency::EUR).unwrap();
    assert_eq!(
        line.refund_amount(&given(0, 0, 0), euros),
        Err(RefundError::Inconsistent)
    );
    assert_eq!(spread(usd(1), &[]), Err(RefundError::Inconsistent));
    assert_eq!(spread(usd(1), &[euros]), Err(RefundError::Inconsistent));
    assert_eq!(spread(usd(-1), &[usd(1)]), Err(RefundError::Inconsistent));
}

#[test]
fn three_units_for_a_dollar() {
    let line = paid(3, 100, 16);
    let share = |before, n| line.refund_units(&before, units(n)).unwrap();
    assert_eq!(share(given(0, 0, 0), 1), portion_of(Currency::USD, 34, 5));
    assert_eq!(share(given(1, 34, 5), 1), portion_of(Currency::USD, 33, 6));
    assert_eq!(share(given(2, 67, 11), 1), portion_of(Currency::USD, 33, 5));
    assert_eq!(share(given(0, 0, 0), 3), line.paid);
}

#[test]
fn after_a_goodwill_the_last_unit_gives_what_is_left() {
    let line = paid(2, 1_000, 190);
    let goodwill = line.refund_amount(&given(0, 0, 0), usd(600)).unwrap();
    assert_eq!(goodwill, portion_of(Currency::USD, 600, 114));
    let last = line.refund_units(&given(0, 600, 114), units(2)).unwrap();
    assert_eq!(last, portion_of(Currency::USD, 400, 76));
    let first = line.refund_units(&given(0, 600, 114), units(1)).unwrap();
    let nothing = line.refund_units(
        &given(1, 600 + first.total.minor(), 114 + first.tax.minor()),
        units(1),
    );
    assert_eq!(first, last, "half the price is more than is left");
    assert_eq!(nothing, Ok(portion_of(Currency::USD, 0, 0)));
}

#[test]
fn shipping_spreads_over_the_lines() {
    let parts = spread(usd(499), &[usd(1_000), usd(2_000), usd(0)]).unwrap();
    assert_eq!(parts, [usd(166), usd(333), usd(0)]);
}

/// Gives a line back in steps: units, or (negative) a part of what is left, in percent.
fn give_back(line: &PaidLine, steps: &[i32]) -> Result<Refunded, TestCaseError> {
    let currency = line.paid.total.currency();
    let mut so_far = Refunded {
        units: 0,
        portion: portion_of(currency, 0, 0),
    };
    for &step in steps.iter().chain(&[i32::MAX]) {
        let left = line.left(&so_far).unwrap();
        let units_left = line.quantity.get() - so_far.units;
        let share = if step < 0 {
            let minor = left.total.minor() * i64::from(-step) / 100;
            if minor == 0 {
                continue;
            }
            line.refund_amount(&so_far, Money::new(minor, currency).unwrap())
        } else {
            let units = u16::try_from(step).unwrap_or(u16::MAX).min(units_left);
            if units == 0 {
                continue;
            }
            so_far.units += units;
            let before = Refunded {
                units: so_far.units - units,
                ..so_far
            };
            line.refund_units(&before, Quantity::new(units).unwrap())
        }
        .unwrap();
        prop_assert!(!share.total.is_negative() && !share.tax.is_negative());
        prop_assert!(share.tax.minor() <= share.total.minor());
        so_far.portion = Portion {
            total: so_far.portion.total.checked_add(share.total).unwrap(),
            tax: so_far.portion.tax.checked_add(share.tax).unwrap(),
        };
    }
    Ok(so_far)
}

fn any_currency() -> impl Strategy<Value = Currency> {
    prop_oneof![Just("USD"), Just("JPY"), Just("KWD")].prop_map(|code| code.parse().unwrap())
}

fn any_paid() -> impl Strategy<Value = PaidLine> {
    let total = prop_oneof![0..2_000i64, 0..=Money::MAX_MINOR];
    (any_currency(), 1..=999i64, total, 0..=1_000_000u32).prop_map(
        |(currency, quantity, total, ppm)| PaidLine {
            quantity: Quantity::new(quantity).unwrap(),
            paid: portion_of(currency, total, Ppm::new(ppm).unwrap().of(total)),
        },
    )
}

fn any_class() -> impl Strategy<Value = TaxClass> {
    prop_oneof![
        Just(TaxClass::Standard),
        Just(TaxClass::Reduced),
        Just(TaxClass::Zero)
    ]
}

#[test]
fn the_currencies_differ_in_their_exponents() {
    let exponent = |code: &str| code.parse::<Currency>().unwrap().exponent();
    assert_eq!(
        [exponent("JPY"), exponent("USD"), exponent("KWD")],
        [0, 2, 3]
    );
}

proptest! {
    #[test]
    fn unit_by_unit_returns_what_was_paid(line in any_paid()) {
        let all = give_back(&line, &vec![1; line.quantity.get().into()])?;
        prop_assert_eq!(all.portion, line.paid);
        prop_assert_eq!(all.units, line.quantity.get());
    }

    #[test]
    fn any_partition_returns_what_was_paid(line in any_paid(), steps in vec(1..200i32, 0..20)) {
        let all = give_back(&line, &steps)?;
        prop_assert_eq!(all.portion, line.paid);
    }

    #[test]
    fn amounts_in_between_come_out_of_the_last_units(line in any_paid(), steps in vec(-100..200i32, 0..20)) {
        let all = give_back(&line, &steps)?;
        prop_assert_eq!(all.portion, line.paid);
    }

    #[test]
    fn units_differ_by_the_smallest_coin_at_most(line in any_paid()) {
        let pieces = vec![1; line.quantity.get().into()];
        let mut so_far = 0;
        for (done, piece) in (0..).zip(allocate(line.paid.total.minor(), &pieces)) {
            prop_assert_eq!(line.first_units(done), so_far);
            so_far += piece;
        }
        prop_assert_eq!(line.first_units(line.quantity.get()), so_far);
    }

    #[test]
    fn parts_sum_to_the_amount_and_stay_below_what_they_come_from(over in vec(0..1_000_000i64, 1..20), share in 0..=1_000_000u32) {
        let sum: i64 = over.iter().sum();
        let amount = usd(Ppm::new(share).unwrap().of(sum));
        let over: Vec<Money> = over.into_iter().map(usd).collect();
        let parts = spread(amount, &over).unwrap();
        prop_assert_eq!(Money::sum(Currency::USD, parts.iter().copied()).unwrap(), amount);
        prop_assert!(parts.iter().zip(&over).all(|(part, whole)| part.minor() <= whole.minor()));
    }

    /// The whole way: what an order charges, given back line by line and unit by unit with its shipping, is its total.
    #[test]
    fn refunding_an_order_returns_its_total(
        currency in any_currency(),
        lines in vec((1..=60i64, 0..5_000_000i64, any_class()), 1..8),
        percent in option::of(0..=1_000_000u32),
        amount in option::of(0..10_000_000i64),
        shipping in option::of((0..100_000i64, any_class())),
        tax in option::of((any::<bool>(), 0..=400_000u32)),
        steps in vec(-40..50i32, 0..6),
    ) {
        let money = |minor| Money::new(minor, currency).unwrap();
        let lines: Vec<Line<usize>> = lines.into_iter().enumerate().map(|(key, (quantity, price, tax_class))| Line {
            key, quantity: Quantity::new(quantity).unwrap(), unit_price: money(price), tax_class, weight_g: 1,
        }).collect();
        let discounts: Vec<Discount> = percent.map(|ppm| Discount::Percent(Ppm::new(ppm).unwrap())).into_iter()
            .chain(amount.map(|minor| Discount::Amount(money(minor)))).collect();
        let quote = shipping.map(|(minor, tax_class)| ShippingQuote {
            code: "s".into(), name: "S".into(), price: money(minor), min_days: 1, max_days: 2, tax_class,
        });
        let rates = tax.map(|(included, ppm)| TaxRates {
            included, standard: Ppm::new(ppm).unwrap(), reduced: Ppm::new(ppm / 3).unwrap(),
        });
        let order = price_order(currency, &lines, &discounts, quote.as_ref(), rates.as_ref()).unwrap();

        let totals = order.totals;
        let on_top = if order.tax_included { 0 } else { totals.tax.map_or(0, Money::minor) };
        let parts = totals.subtotal.minor() - totals.discount.minor() + totals.shipping.map_or(0, Money::minor) + on_top;
        prop_assert_eq!(totals.total.minor(), parts);

        let of_lines = lines.iter().zip(&order.lines).map(|(line, priced)| PaidLine {
            quantity: line.quantity, paid: Portion { total: priced.total, tax: priced.tax },
        });
        let of_shipping = order.shipping.map(|taxed| PaidLine {
            quantity: Quantity::new(1).unwrap(), paid: Portion { total: taxed.total, tax: taxed.tax },
        });
        let (mut back, mut tax_back) = (0, 0);
        for line in of_lines.chain(of_shipping) {
            let all = give_back(&line, &steps)?;
            back += all.portion.total.minor();
            tax_back += all.portion.tax.minor();
        }
        prop_assert_eq!(back, totals.total.minor());
        prop_assert_eq!(tax_back, totals.tax.map_or(0, Money::minor));
    }
}
