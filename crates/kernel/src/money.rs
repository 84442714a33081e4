//! Amounts of money: an integer number of minor units with its currency.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Schema, Type};

use crate::Currency;

#[cfg(test)]
mod tests;

/// An amount in minor units (cents for USD, yen for JPY) and its currency.
///
/// `|minor|` stays below 2^53, so that every JSON reader sees the exact number. There are no
/// operators: arithmetic is checked and says what went wrong.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct Money {
    minor: i64,
    currency: Currency,
}

/// Why an amount could not be made.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum MoneyError {
    /// Two amounts of different currencies met.
    #[error("cannot combine {left} with {right}")]
    CurrencyMismatch {
        /// The currency of the first amount.
        left: Currency,
        /// The currency of the second amount.
        right: Currency,
    },
    /// A given amount is too large in either direction.
    #[error("amount must lie between -{max} and {max}", max = Money::MAX_MINOR)]
    OutOfRange,
    /// The result of a calculation is too large in either direction.
    #[error("the resulting amount does not fit")]
    Overflow,
}

impl Money {
    /// The largest number of minor units, and with a minus sign the smallest: 2^53 - 1.
    pub const MAX_MINOR: i64 = 9_007_199_254_740_991;

    /// An amount of `minor` units. Fails with [`MoneyError::OutOfRange`] from 2^53 on.
    pub const fn new(minor: i64, currency: Currency) -> Result<Self, MoneyError> {
        if minor < -Self::MAX_MINOR || minor > Self::MAX_MINOR {
            return Err(MoneyError::OutOfRange);
        }
        Ok(Self { minor, currency })
    }

    /// Nothing, in a currency.
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// The number of minor units.
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Whether the amount is nothing.
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// Whether the amount is below zero.
    pub const fn is_negative(self) -> bool {
        self.minor < 0
    }

    /// The sum, if both have one currency and it fits.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        Self::result(self.minor.checked_add(other.minor), self.currency)
    }

    /// The difference, if both have one currency and it fits. It may be negative.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        Self::result(self.minor.checked_sub(other.minor), self.currency)
    }

    /// The amount `factor` times: a [`Quantity`](crate::Quantity) or any whole number.
    pub fn checked_mul(self, factor: impl Into<i64>) -> Result<Self, MoneyError> {
        Self::result(self.minor.checked_mul(factor.into()), self.currency)
    }

    /// The sum of amounts that all have `currency`; nothing for no amounts.
    pub fn sum(
        currency: Currency,
        amounts: impl IntoIterator<Item = Self>,
    ) -> Result<Self, MoneyError> {
        amounts
            .into_iter()
            .try_fold(Self::zero(currency), Self::checked_add)
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            return Ok(());
        }
        Err(MoneyError::CurrencyMismatch {
            left: self.currency,
            right: other.currency,
        })
    }

    fn result(minor: Option<i64>, currency: Currency) -> Result<Self, MoneyError> {
        let minor = minor.ok_or(MoneyError::Overflow)?;
        Self::new(minor, currency).map_err(|_| MoneyError::Overflow)
    }
}

impl fmt::Display for Money {
    /// Writes the decimal amount and the code, for example `19.99 USD`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = usize::from(self.currency.exponent());
        let sign = if self.is_negative() { "-" } else { "" };
        let all = format!(
            "{:0>1$}",
            self.minor.unsigned_abs(),
            digits.saturating_add(1)
        );
        let (whole, fraction) = all.split_at(all.len().saturating_sub(digits));
        let point = if digits == 0 { "" } else { "." };
        write!(f, "{sign}{whole}{point}{fraction} {}", self.currency)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    amount: i64,
    currency: Currency,
}

impl TryFrom<Wire> for Money {
    type Error = MoneyError;

    fn try_from(wire: Wire) -> Result<Self, MoneyError> {
        Self::new(wire.amount, wire.currency)
    }
}

impl From<Money> for Wire {
    fn from(money: Money) -> Self {
        Self {
            amount: money.minor,
            currency: money.currency,
        }
    }
}

impl utoipa::PartialSchema for Money {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some("An amount in minor units of its currency"))
            .property(
                "amount",
                ObjectBuilder::new()
                    .schema_type(Type::Integer)
                    .description(Some("Minor units, for example cents"))
                    .minimum(isize::try_from(-Self::MAX_MINOR).ok())
                    .maximum(isize::try_from(Self::MAX_MINOR).ok())
                    .examples([1999]),
            )
            .required("amount")
            .property("currency", <Currency as utoipa::PartialSchema>::schema())
            .required("currency")
            .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)))
            .build()
            .into()
    }
}

impl utoipa::ToSchema for Money {
    fn name() -> std::borrow::Cow<'static, str> {
        "Money".into()
    }
}
