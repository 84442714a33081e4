//! How many of a thing somebody wants.

use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

/// A number of pieces from 1 to 999.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Quantity(u16);

/// The number lies outside 1 to 999.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("quantity must lie between 1 and {}", Quantity::MAX.0)]
pub struct QuantityError;

impl Quantity {
    /// One piece.
    pub const ONE: Self = Self(1);
    /// The most pieces that one line holds.
    pub const MAX: Self = Self(999);

    /// A number of pieces. Fails outside 1 to 999.
    pub fn new(pieces: impl Into<i64>) -> Result<Self, QuantityError> {
        match u16::try_from(pieces.into()) {
            Ok(pieces) if (Self::ONE.0..=Self::MAX.0).contains(&pieces) => Ok(Self(pieces)),
            _ => Err(QuantityError),
        }
    }

    /// The number of pieces.
    pub const fn get(self) -> u16 {
        self.0
    }

    /// Both together. Fails above 999.
    pub fn checked_add(self, other: Self) -> Result<Self, QuantityError> {
        Self::new(self.0.saturating_add(other.0))
    }
}

impl From<Quantity> for u16 {
    fn from(quantity: Quantity) -> Self {
        quantity.0
    }
}

impl From<Quantity> for i32 {
    fn from(quantity: Quantity) -> Self {
        quantity.0.into()
    }
}

impl From<Quantity> for i64 {
    fn from(quantity: Quantity) -> Self {
        quantity.0.into()
    }
}

impl TryFrom<i32> for Quantity {
    type Error = QuantityError;

    fn try_from(pieces: i32) -> Result<Self, QuantityError> {
        Self::new(pieces)
    }
}

impl TryFrom<i64> for Quantity {
    type Error = QuantityError;

    fn try_from(pieces: i64) -> Result<Self, QuantityError> {
        Self::new(pieces)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(self.0)
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_i64(QuantityVisitor)
    }
}

struct QuantityVisitor;

impl Visitor<'_> for QuantityVisitor {
    type Value = Quantity;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number from 1 to {}", Quantity::MAX)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Quantity, E> {
        Quantity::new(value).map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Quantity, E> {
        Quantity::new(i64::try_from(value).unwrap_or(i64::MAX)).map_err(E::custom)
    }
}

impl utoipa::PartialSchema for Quantity {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(usize::from(Self::ONE.0)))
            .maximum(Some(usize::from(Self::MAX.0)))
            .examples([1])
            .build()
            .into()
    }
}

impl utoipa::ToSchema for Quantity {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_1_to_999() {
        assert_eq!(Quantity::new(1), Ok(Quantity::ONE));
        assert_eq!(Quantity::new(999), Ok(Quantity::MAX));
        for pieces in [0, -1, 1000, 65_537, i64::MIN, i64::MAX] {
            assert_eq!(Quantity::new(pieces), Err(QuantityError), "{pieces}");
        }
    }

    #[test]
    fn adds_within_the_limit() {
        let most = Quantity::new(998).unwrap();
        assert_eq!(most.checked_add(Quantity::ONE), Ok(Quantity::MAX));
        assert_eq!(Quantity::MAX.checked_add(Quantity::MAX), Err(QuantityError));
    }

    #[test]
    fn json_errors_are_clear() {
        assert_eq!(serde_json::from_str::<Quantity>("12").unwrap().get(), 12);
        for (json, message) in [
            ("0", "quantity must lie between 1 and 999"),
            ("-3", "quantity must lie between 1 and 999"),
            (
                "18446744073709551615",
                "quantity must lie between 1 and 999",
            ),
            ("1.5", "expected a whole number from 1 to 999"),
            (r#""2""#, "expected a whole number from 1 to 999"),
            ("null", "expected a whole number from 1 to 999"),
        ] {
            let error = serde_json::from_str::<Quantity>(json)
                .unwrap_err()
                .to_string();
            assert!(error.contains(message), "{json}: {error}");
        }
    }
}
