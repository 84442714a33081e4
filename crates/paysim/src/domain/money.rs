//! Currencies and limits of amounts.

use iso_currency::Currency;

use crate::error::ApiError;

/// The largest amount, in minor units.
const AMOUNT_MAX: i64 = 99_999_999;

/// A currency code as Stripe writes it, in lower case.
pub(crate) fn currency(code: &str) -> Result<String, ApiError> {
    Currency::from_code(&code.to_ascii_uppercase())
        .map(|_| code.to_ascii_lowercase())
        .ok_or_else(|| ApiError::invalid(format!("Invalid currency: {code}")).param("currency"))
}

/// Refuses amounts that a card cannot be charged with.
pub(crate) fn check_amount(amount: i64, currency: &str) -> Result<(), ApiError> {
    let smallest = smallest(currency);
    if amount < 1 {
        return Err(ApiError::invalid("Invalid positive integer")
            .code("parameter_invalid_integer")
            .param("amount"));
    }
    if amount < smallest {
        let least = shown(smallest, currency);
        return Err(
            ApiError::invalid(format!("Amount must be at least {least}"))
                .code("amount_too_small")
                .param("amount"),
        );
    }
    if amount > AMOUNT_MAX {
        let most = shown(AMOUNT_MAX, currency);
        return Err(
            ApiError::invalid(format!("Amount must be no more than {most}"))
                .code("amount_too_large")
                .param("amount"),
        );
    }
    Ok(())
}

/// Stripe's smallest charge, in minor units; 1 where it names none.
fn smallest(currency: &str) -> i64 {
    match currency {
        "usd" | "eur" | "aud" | "brl" | "cad" | "chf" | "nzd" | "sgd" | "inr" | "jpy" => 50,
        "gbp" => 30,
        "dkk" => 250,
        "nok" | "sek" => 300,
        "pln" => 200,
        "czk" => 1500,
        "hkd" => 400,
        "mxn" => 1000,
        _ => 1,
    }
}

/// An amount for people, for example `12.50 usd`.
pub(crate) fn shown(amount: i64, currency: &str) -> String {
    let digits = Currency::from_code(&currency.to_ascii_uppercase())
        .and_then(Currency::exponent)
        .unwrap_or(2);
    if digits == 0 {
        return format!("{amount} {currency}");
    }
    let unit = 10_i64.pow(u32::from(digits));
    let sign = if amount < 0 { "-" } else { "" };
    let (whole, part) = (amount.abs() / unit, amount.abs() % unit);
    format!(
        "{sign}{whole}.{part:0width$} {currency}",
        width = usize::from(digits)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_shown_with_the_currency_s_digits() {
        assert_eq!(shown(1250, "usd"), "12.50 usd");
        assert_eq!(shown(5, "usd"), "0.05 usd");
        assert_eq!(shown(1250, "jpy"), "1250 jpy");
        assert_eq!(shown(1250, "kwd"), "1.250 kwd");
    }

    #[test]
    fn limits() {
        assert!(check_amount(50, "usd").is_ok());
        for amount in [i64::MIN, -1, 0, 49, 100_000_000, i64::MAX] {
            assert!(check_amount(amount, "usd").is_err(), "{amount}");
        }
        assert!(currency("EUR").is_ok_and(|code| code == "eur"));
        assert!(currency("zzz").is_err());
        assert!(currency("€").is_err());
    }
}
