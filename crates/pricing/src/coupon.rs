//! What a coupon takes off. Whether it applies is decided where coupons are kept; this turns one that does into a
//! [`Discount`], so that cart and checkout price it alike.

use kernel::{Money, Ppm};

use crate::Discount;

/// The discount of a coupon that takes off a share of the merchandise or an amount. `None` for one that says neither
/// or both.
pub const fn coupon_discount(percent: Option<Ppm>, amount: Option<Money>) -> Option<Discount> {
    match (percent, amount) {
        (Some(share), None) => Some(Discount::Percent(share)),
        (None, Some(amount)) => Some(Discount::Amount(amount)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use kernel::Currency;

    use super::*;

    #[test]
    fn a_coupon_has_one_value() {
        let share = Ppm::new(100_000).unwrap();
        let amount = Money::new(500, Currency::USD).unwrap();
        assert_eq!(
            coupon_discount(Some(share), None),
            Some(Discount::Percent(share))
        );
        assert_eq!(
            coupon_discount(None, Some(amount)),
            Some(Discount::Amount(amount))
        );
        assert_eq!(coupon_discount(None, None), None);
        assert_eq!(coupon_discount(Some(share), Some(amount)), None);
    }
}
