//! Rates and percentages as whole parts per million, and the shop's one rounding rule.

use serde::{Deserialize, Serialize};

/// A share from nothing to everything in parts per million: 190 000 is 19 %.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default, Serialize, Deserialize,
)]
#[serde(try_from = "u32", into = "u32")]
pub struct Ppm(u32);

/// The number exceeds a million.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a rate in parts per million lies between 0 and 1000000")]
pub struct PpmError;

impl Ppm {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The whole.
    pub const ONE: Self = Self(1_000_000);

    /// A rate of `parts` per million. Fails above a million.
    pub const fn new(parts: u32) -> Result<Self, PpmError> {
        if parts > Self::ONE.0 {
            return Err(PpmError);
        }
        Ok(Self(parts))
    }

    /// The parts per million.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// Whether the rate is nothing.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// This share of `amount`, rounded half away from zero. Never further from zero than `amount`.
    pub fn of(self, amount: i64) -> i64 {
        ratio(amount, self.0, Self::ONE.0)
    }

    /// The part of `amount` that this rate added: `amount` is a base plus this share of it.
    /// Rounded half away from zero.
    pub fn contained_in(self, amount: i64) -> i64 {
        ratio(amount, self.0, Self::ONE.0.saturating_add(self.0))
    }
}

impl TryFrom<u32> for Ppm {
    type Error = PpmError;

    fn try_from(parts: u32) -> Result<Self, PpmError> {
        Self::new(parts)
    }
}

impl From<Ppm> for u32 {
    fn from(rate: Ppm) -> Self {
        rate.0
    }
}

/// `amount · numerator / denominator`, half away from zero; needs `numerator <= denominator`.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "an i64 times a u32 stays far below 2^127, and the denominator is a million or more"
)]
fn ratio(amount: i64, numerator: u32, denominator: u32) -> i64 {
    let product = i128::from(amount) * i128::from(numerator);
    let denominator = i128::from(denominator);
    let half = denominator / 2 * product.signum();
    // The result lies between zero and `amount`, so that the conversion cannot fail.
    i64::try_from((product + half) / denominator).unwrap_or(amount)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rounds_half_away_from_zero() {
        let half = Ppm::new(500_000).unwrap();
        assert_eq!(
            [half.of(1), half.of(-1), half.of(2), half.of(3)],
            [1, -1, 1, 2]
        );
        let rate = Ppm::new(190_000).unwrap();
        assert_eq!(rate.of(10_000), 1_900);
        assert_eq!(rate.of(50), 10);
        assert_eq!(rate.of(-50), -10);
        assert_eq!(rate.contained_in(11_900), 1_900);
        assert_eq!(rate.contained_in(-11_900), -1_900);
    }

    #[test]
    fn refuses_more_than_everything() {
        assert_eq!(Ppm::new(1_000_001), Err(PpmError));
        assert!(serde_json::from_str::<Ppm>("1000001").is_err());
        assert_eq!(serde_json::to_string(&Ppm::ONE).unwrap(), "1000000");
    }

    proptest! {
        #[test]
        fn stays_between_zero_and_the_amount(parts in 0..=1_000_000u32, amount: i64) {
            let rate = Ppm::new(parts).unwrap();
            for share in [rate.of(amount), rate.contained_in(amount)] {
                prop_assert!(share.unsigned_abs() <= amount.unsigned_abs());
                prop_assert!(share == 0 || share.signum() == amount.signum());
            }
            prop_assert_eq!(Ppm::ONE.of(amount), amount);
            prop_assert_eq!(Ppm::ZERO.of(amount), 0);
        }
    }
}
