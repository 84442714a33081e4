//! Amounts, rates, dates and addresses as people read them.

use jiff::civil::Date;
use kernel::{Money, Ppm};

use crate::{Address, Payment, PaymentMethod};

/// Countries that write `City, Region Code`; most others write `Code City`.
const CITY_FIRST: [&str; 9] = ["US", "CA", "AU", "GB", "IE", "IN", "NZ", "SG", "ZA"];

/// `1,234.50`: the amount without its currency, which the column's head names.
pub(crate) fn number(money: Money) -> String {
    let text = money.to_string();
    let bare = text.split(' ').next().unwrap_or_default();
    let (sign, digits) = match bare.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", bare),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{fraction}", grouped(whole))
}

/// `1,234.50 USD`.
pub(crate) fn amount(money: Money) -> String {
    format!("{} {}", number(money), money.currency())
}

/// `-1,234.50`, for something that is taken off; nothing stays nothing.
pub(crate) fn less(money: Money) -> String {
    if money.is_zero() {
        number(money)
    } else {
        format!("-{}", number(money))
    }
}

/// `19%`, `7.75%`.
pub(crate) fn rate(rate: Ppm) -> String {
    let parts = rate.get();
    let fraction = format!("{:04}", parts % 10_000);
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{}{point}{fraction}%", parts / 10_000)
}

/// `23 November 2026`.
pub(crate) fn date(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// How a payment was made.
pub(crate) fn payment(payment: &Payment) -> String {
    let method = match &payment.method {
        PaymentMethod::Card { brand, last4 } => {
            let brand = brand.as_deref().unwrap_or("Card");
            format!("{brand} ····{last4}")
        }
        PaymentMethod::GiftCard { last4 } => format!("Gift card ····{last4}"),
        PaymentMethod::StoreCredit => "Store credit".to_owned(),
        PaymentMethod::Other(name) => name.clone(),
    };
    match &payment.reference {
        Some(reference) => format!("{method}, {reference}"),
        None => method,
    }
}

/// `Colour: Black · Storage: 256 GB`; empty without options.
pub(crate) fn options(options: &[(String, String)]) -> String {
    let each = options
        .iter()
        .map(|(name, value)| format!("{name}: {value}"));
    each.collect::<Vec<_>>().join(" · ")
}

/// The lines of an address after the name, without empty ones.
pub(crate) fn address(address: &Address) -> Vec<String> {
    let code = address.country.to_string();
    let region = address.region.as_deref().unwrap_or_default();
    let place = if CITY_FIRST.contains(&code.as_str()) {
        let comma = if region.is_empty() { "" } else { "," };
        format!("{}{comma} {region} {}", address.city, address.postal_code)
    } else {
        let comma = if region.is_empty() { "" } else { "," };
        format!("{} {}{comma} {region}", address.postal_code, address.city)
    };
    let place = place.split_whitespace().collect::<Vec<_>>().join(" ");
    let lines = [
        address.line1.clone(),
        address.line2.clone().unwrap_or_default(),
        place,
        address.country.name().to_owned(),
    ];
    let kept = lines.into_iter().filter(|line| !line.trim().is_empty());
    kept.collect()
}

/// Digits in groups of three.
fn grouped(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len().saturating_mul(2));
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && digits.len().saturating_sub(index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use kernel::Currency;

    use super::*;

    fn money(minor: i64, code: &str) -> Money {
        Money::new(minor, code.parse::<Currency>().unwrap()).unwrap()
    }

    #[test]
    fn amounts_read_well() {
        assert_eq!(number(money(123_456_789, "USD")), "1,234,567.89");
        assert_eq!(number(money(-123_456, "EUR")), "-1,234.56");
        assert_eq!(number(money(100_000, "JPY")), "100,000");
        assert_eq!(number(money(5, "KWD")), "0.005");
        assert_eq!(amount(money(0, "USD")), "0.00 USD");
        assert_eq!(less(money(500, "USD")), "-5.00");
        assert_eq!(less(money(0, "USD")), "0.00");
    }

    #[test]
    fn rates_lose_no_digit() {
        let text = |parts| rate(Ppm::new(parts).unwrap());
        assert_eq!(text(190_000), "19%");
        assert_eq!(text(77_500), "7.75%");
        assert_eq!(text(1), "0.0001%");
        assert_eq!(text(0), "0%");
        assert_eq!(text(1_000_000), "100%");
    }

    #[test]
    fn addresses_follow_the_country() {
        let mut to = Address {
            name: "A".to_owned(),
            line1: "1 Main St".to_owned(),
            line2: Some(" ".to_owned()),
            city: "Austin".to_owned(),
            region: Some("TX".to_owned()),
            postal_code: "78701".to_owned(),
            country: "US".parse().unwrap(),
        };
        assert_eq!(address(&to)[1], "Austin, TX 78701");
        to.country = "DE".parse().unwrap();
        to.region = None;
        assert_eq!(address(&to), ["1 Main St", "78701 Austin", "Germany"]);
    }
}
