use proptest::prelude::*;

use super::*;
use crate::Quantity;

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD).unwrap()
}

#[test]
fn the_range_ends_below_2_to_the_53() {
    assert_eq!(Money::MAX_MINOR, (1 << 53) - 1);
    for minor in [1 << 53, -(1 << 53), i64::MAX, i64::MIN] {
        assert_eq!(
            Money::new(minor, Currency::USD),
            Err(MoneyError::OutOfRange)
        );
    }
    let most = usd(Money::MAX_MINOR);
    assert_eq!(most.checked_add(usd(1)), Err(MoneyError::Overflow));
    assert_eq!(most.checked_mul(2), Err(MoneyError::Overflow));
    assert_eq!(most.checked_mul(i64::MAX), Err(MoneyError::Overflow));
    assert_eq!(
        usd(-Money::MAX_MINOR).checked_sub(usd(1)),
        Err(MoneyError::Overflow)
    );
}

#[test]
fn currencies_do_not_mix() {
    let yen = Money::zero(Currency::JPY);
    let error = usd(1).checked_add(yen).unwrap_err();
    assert_eq!(error.to_string(), "cannot combine USD with JPY");
    assert_eq!(usd(1).checked_sub(yen), Err(error));
    assert_eq!(Money::sum(Currency::USD, [usd(1), yen]), Err(error));
}

#[test]
fn arithmetic() {
    let three = Quantity::new(3).unwrap();
    assert_eq!(usd(1999).checked_mul(three), Ok(usd(5997)));
    assert_eq!(usd(5).checked_sub(usd(7)), Ok(usd(-2)));
    assert!(usd(-2).is_negative() && !usd(0).is_negative() && usd(0).is_zero());
    assert_eq!(
        Money::sum(Currency::USD, [usd(1), usd(2), usd(3)]),
        Ok(usd(6))
    );
    assert_eq!(Money::sum(Currency::USD, []), Ok(usd(0)));
}

#[test]
fn display_uses_the_exponent() {
    for (minor, code, text) in [
        (1999, "USD", "19.99 USD"),
        (5, "USD", "0.05 USD"),
        (0, "USD", "0.00 USD"),
        (-5, "EUR", "-0.05 EUR"),
        (-123_456, "EUR", "-1234.56 EUR"),
        (1999, "JPY", "1999 JPY"),
        (0, "JPY", "0 JPY"),
        (1234, "KWD", "1.234 KWD"),
    ] {
        let money = Money::new(minor, code.parse().unwrap()).unwrap();
        assert_eq!(money.to_string(), text);
        assert_eq!(format!("{money:?}"), text);
    }
}

#[test]
fn json_shape() {
    let json = r#"{"amount":1999,"currency":"USD"}"#;
    assert_eq!(serde_json::to_string(&usd(1999)).unwrap(), json);
    assert_eq!(serde_json::from_str::<Money>(json).unwrap(), usd(1999));
}

#[test]
fn json_errors_are_clear() {
    for (json, message) in [
        (
            r#"{"amount":1,"currency":"USD","x":1}"#,
            "unknown field `x`",
        ),
        (r#"{"amount":19.99,"currency":"USD"}"#, "expected i64"),
        (r#"{"amount":"1","currency":"USD"}"#, "expected i64"),
        (r#"{"amount":1}"#, "missing field `currency`"),
        (r#"{"amount":1,"currency":"usd"}"#, "ISO 4217"),
        (
            r#"{"amount":9007199254740992,"currency":"USD"}"#,
            "amount must lie between",
        ),
    ] {
        let error = serde_json::from_str::<Money>(json).unwrap_err().to_string();
        assert!(error.contains(message), "{json}: {error}");
    }
}

#[test]
fn schema_matches_the_wire() {
    let schema = serde_json::to_value(<Money as utoipa::PartialSchema>::schema()).unwrap();
    assert_eq!(
        schema["required"],
        serde_json::json!(["amount", "currency"])
    );
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(schema["properties"]["amount"]["maximum"], Money::MAX_MINOR);
    assert_eq!(schema["properties"]["amount"]["minimum"], -Money::MAX_MINOR);
}

proptest! {
    #[test]
    fn adding_and_taking_away_cancel(a in -1_000_000_000_000..1_000_000_000_000i64, b in -1_000_000_000_000..1_000_000_000_000i64) {
        let sum = usd(a).checked_add(usd(b)).unwrap();
        prop_assert_eq!(sum, usd(b).checked_add(usd(a)).unwrap());
        prop_assert_eq!(sum.checked_sub(usd(b)), Ok(usd(a)));
    }

    #[test]
    fn nothing_leaves_the_range(a in -Money::MAX_MINOR..=Money::MAX_MINOR, b in -Money::MAX_MINOR..=Money::MAX_MINOR, factor: i64) {
        for result in [usd(a).checked_add(usd(b)), usd(a).checked_sub(usd(b)), usd(a).checked_mul(factor)] {
            match result {
                Ok(money) => prop_assert!(money.minor().abs() <= Money::MAX_MINOR),
                Err(error) => prop_assert_eq!(error, MoneyError::Overflow),
            }
        }
    }

    #[test]
    fn json_and_back(minor in -Money::MAX_MINOR..=Money::MAX_MINOR) {
        let json = serde_json::to_string(&usd(minor)).unwrap();
        prop_assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), usd(minor));
    }

    #[test]
    fn display_loses_no_digit(minor in -Money::MAX_MINOR..=Money::MAX_MINOR) {
        let digits: String = usd(minor).to_string().chars().filter(|c| c.is_ascii_digit() || *c == '-').collect();
        prop_assert_eq!(digits.parse::<i64>().unwrap(), minor);
    }
}
