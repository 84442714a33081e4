//! The coupon of a cart: how its code is written, whether it applies, and what the shopper is told.

use contract_cart::{Coupon, CouponProblem};
use jiff::Timestamp;
use kernel::Money;
use pricing::Discount;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::view::CartState;

/// The fewest characters of a code.
pub const CODE_LENGTH_MIN: usize = 3;
/// The most characters of a code.
pub const CODE_LENGTH_MAX: usize = 40;

/// A coupon and how often the cart's customer used it so far; 0 for guests, who are not known yet.
#[derive(Debug, Clone)]
pub struct HeldCoupon {
    /// The coupon.
    pub coupon: Coupon,
    /// Uses by this customer.
    pub customer_uses: i32,
}

/// Whether a coupon takes something off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CouponState {
    /// It does.
    Applied,
    /// It does not; `reason` says why.
    NotApplicable,
}

/// The coupon of a cart as the shopper sees it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CartCoupon {
    /// As typed, in upper case.
    pub code: String,
    /// What it promises.
    pub description: String,
    /// Whether it takes something off.
    pub state: CouponState,
    /// Why it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<CouponProblem>,
    /// The least value of the merchandise from which it applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<Money>,
}

impl HeldCoupon {
    /// Why the coupon takes nothing off a cart worth `subtotal`.
    pub fn problem(
        &self,
        state: CartState,
        now: Timestamp,
        subtotal: Money,
    ) -> Option<CouponProblem> {
        let problem = self.coupon.problem(now, subtotal, self.customer_uses);
        // Among the uses of a cart that is being paid or was ordered is its own.
        let own_counts = matches!(state, CartState::Completing | CartState::Ordered);
        problem.filter(|problem| !(own_counts && problem.is_about_uses()))
    }

    /// What it takes off where it applies.
    pub fn discount(&self) -> Option<Discount> {
        pricing::coupon_discount(self.coupon.percent(), self.coupon.amount())
    }

    /// What the shopper is told.
    pub fn view(&self, problem: Option<CouponProblem>) -> CartCoupon {
        CartCoupon {
            code: self.coupon.code.clone(),
            description: self.coupon.description.clone(),
            state: match problem {
                None => CouponState::Applied,
                Some(_) => CouponState::NotApplicable,
            },
            reason: problem,
            minimum: self.coupon.min_subtotal,
        }
    }
}

/// A code as it is stored: without spaces around it, in upper case. `None` for what cannot be one.
pub fn normalise(code: &str) -> Option<String> {
    let code = code.trim();
    let is_code = (CODE_LENGTH_MIN..=CODE_LENGTH_MAX).contains(&code.len())
        && code
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    is_code.then(|| code.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_compared_in_upper_case() {
        assert_eq!(normalise(" summer-26_x "), Some("SUMMER-26_X".to_owned()));
        for text in [
            "",
            "ab",
            "a b c",
            "naïve",
            "abc\0",
            "50%off",
            &"x".repeat(41),
        ] {
            assert_eq!(normalise(text), None, "{text:?}");
        }
        assert!(normalise("abc").is_some() && normalise(&"x".repeat(40)).is_some());
    }
}
