//! Checks of a typed-in card: digits, check digit, expiry, security code, and that it is a
//! published test card.

use std::fmt;

use super::{TestCard, by_number, luhn};
use crate::{clock, error::ApiError, form::Params};

/// A card as the customer typed it. It lives as long as its request and cannot be serialised.
pub(crate) struct CardInput {
    number: String,
    pub(crate) exp_month: i64,
    pub(crate) exp_year: i64,
    cvc: Option<String>,
}

impl fmt::Debug for CardInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardInput(..)")
    }
}

impl CardInput {
    /// Whether a security code was given.
    pub(crate) fn has_cvc(&self) -> bool {
        self.cvc.is_some()
    }
}

/// Takes `number`, `exp_month`, `exp_year` and `cvc` out of `card[…]`.
pub(crate) fn read(mut card: Params) -> Result<CardInput, ApiError> {
    let number = card.required("number")?;
    let exp_month = card
        .integer("exp_month")?
        .ok_or_else(|| card.missing("exp_month"))?;
    let exp_year = card
        .integer("exp_year")?
        .ok_or_else(|| card.missing("exp_year"))?;
    let cvc = card.text("cvc")?;
    card.ignore(&["networks"]);
    card.finish()?;
    let number = number
        .chars()
        .filter(|letter| !matches!(letter, ' ' | '-'))
        .collect();
    // Two digits mean this century, as Stripe reads them.
    let exp_year = if (0..100).contains(&exp_year) {
        exp_year + 2000
    } else {
        exp_year
    };
    Ok(CardInput {
        number,
        exp_month,
        exp_year,
        cvc,
    })
}

/// Checks a card at a time in Unix seconds and finds its script.
pub(crate) fn check(input: &CardInput, now: i64) -> Result<&'static TestCard, ApiError> {
    let number = input.number.as_str();
    if !(12..=19).contains(&number.len()) || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(refuse(
            "invalid_number",
            "The card number is not a valid credit card number.",
            "number",
        ));
    }
    if !luhn::is_valid(number) {
        return Err(refuse(
            "incorrect_number",
            "Your card number is incorrect.",
            "number",
        ));
    }
    let (year, month) = clock::year_month(now);
    if !(1..=12).contains(&input.exp_month) {
        let message = "Your card's expiration month is invalid.";
        return Err(refuse("invalid_expiry_month", message, "exp_month"));
    }
    if !(year..=year + 50).contains(&input.exp_year) {
        let message = "Your card's expiration year is invalid.";
        return Err(refuse("invalid_expiry_year", message, "exp_year"));
    }
    if input.exp_year == year && input.exp_month < month {
        let message = "Your card's expiration month is invalid.";
        return Err(refuse("invalid_expiry_month", message, "exp_month"));
    }
    let cvc_len = if number.starts_with("34") || number.starts_with("37") {
        4
    } else {
        3
    };
    if let Some(cvc) = &input.cvc
        && (cvc.len() != cvc_len || !cvc.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return Err(refuse(
            "invalid_cvc",
            "Your card's security code is invalid.",
            "cvc",
        ));
    }
    by_number(number).ok_or_else(|| {
        refuse(
            "card_declined",
            "Your card was declined. Your request was in test mode, but used a non test card. \
             For a list of valid test cards, visit: https://stripe.com/docs/testing.",
            "number",
        )
        .field("decline_code", "test_mode_live_card")
    })
}

fn refuse(code: &str, message: &str, param: &str) -> ApiError {
    ApiError::card(code, message).param(param)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOVEMBER_2026: i64 = 1_795_392_000;

    fn code_of(number: &str, exp_month: i64, exp_year: i64, cvc: Option<&str>) -> String {
        let cvc = cvc.map(str::to_owned);
        let input = CardInput {
            number: number.to_owned(),
            exp_month,
            exp_year,
            cvc,
        };
        match check(&input, NOVEMBER_2026) {
            Ok(card) => card.brand.to_owned(),
            Err(error) => error.object()["code"].as_str().unwrap().to_owned(),
        }
    }

    #[test]
    fn each_fault_has_its_code() {
        const VISA: &str = "4242424242424242";
        assert_eq!(code_of(VISA, 11, 2026, Some("123")), "visa");
        assert_eq!(code_of(VISA, 1, 2030, None), "visa");
        assert_eq!(code_of("378282246310005", 1, 2030, Some("1234")), "amex");
        assert_eq!(
            code_of("4242424242424241", 1, 2030, None),
            "incorrect_number"
        );
        assert_eq!(code_of("4242", 1, 2030, None), "invalid_number");
        assert_eq!(code_of("42424242424242ab", 1, 2030, None), "invalid_number");
        assert_eq!(code_of(VISA, 13, 2030, None), "invalid_expiry_month");
        assert_eq!(code_of(VISA, 10, 2026, None), "invalid_expiry_month");
        assert_eq!(code_of(VISA, 10, 2025, None), "invalid_expiry_year");
        assert_eq!(code_of(VISA, 10, 2090, None), "invalid_expiry_year");
        assert_eq!(code_of(VISA, 10, 2030, Some("12")), "invalid_cvc");
        assert_eq!(
            code_of("378282246310005", 10, 2030, Some("123")),
            "invalid_cvc"
        );
        // A valid number that is no published test card.
        assert_eq!(code_of("4539578763621486", 10, 2030, None), "card_declined");
    }
}
