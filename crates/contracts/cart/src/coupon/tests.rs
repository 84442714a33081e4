use super::*;

fn coupon() -> Coupon {
    Coupon {
        coupon_id: CouponId::generate(),
        code: "TEN".into(),
        description: "Ten off".into(),
        value: CouponValue::Amount(usd(1_000)),
        min_subtotal: Some(usd(5_000)),
        usage_limit: Some(10),
        per_customer_limit: Some(2),
        used: 9,
        starts_at: Some(at("2026-01-01T00:00:00Z")),
        ends_at: Some(at("2026-02-01T00:00:00Z")),
        enabled: true,
    }
}

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn every_bound_is_exact() {
    let coupon = coupon();
    let problem = |now, minor, uses| coupon.problem(at(now), usd(minor), uses);
    let (first, last) = ("2026-01-01T00:00:00Z", "2026-01-31T23:59:59.999999Z");
    assert_eq!(problem(first, 5_000, 1), None);
    assert_eq!(problem(last, 5_000, 1), None);
    assert_eq!(
        problem("2025-12-31T23:59:59.999999Z", 5_000, 0),
        Some(CouponProblem::NotStarted)
    );
    assert_eq!(
        problem("2026-02-01T00:00:00Z", 5_000, 0),
        Some(CouponProblem::Expired)
    );
    assert_eq!(
        problem(first, 4_999, 0),
        Some(CouponProblem::MinimumNotReached)
    );
    assert_eq!(problem(first, 5_000, 2), Some(CouponProblem::CustomerLimit));
}

#[test]
fn what_staff_say_goes_before_what_the_shopper_can_change() {
    let now = at("2026-01-15T00:00:00Z");
    let used_up = Coupon {
        used: 10,
        ..coupon()
    };
    let problem = |coupon: &Coupon, subtotal| coupon.problem(now, subtotal, 0);
    assert_eq!(problem(&used_up, usd(1)), Some(CouponProblem::Exhausted));
    let disabled = Coupon {
        enabled: false,
        ..used_up
    };
    assert_eq!(problem(&disabled, usd(1)), Some(CouponProblem::Disabled));
    let euros = Money::new(9_000, Currency::EUR).unwrap();
    assert_eq!(
        problem(&coupon(), euros),
        Some(CouponProblem::OtherCurrency)
    );
    let anywhere = Coupon {
        value: CouponValue::Percent(Ppm::ONE),
        min_subtotal: None,
        ..coupon()
    };
    assert_eq!(problem(&anywhere, euros), None);
}

#[test]
fn a_guest_is_the_address_in_any_spelling() {
    let key = |text: &str| CustomerKey::guest(&text.parse().unwrap());
    assert_eq!(key("Ann@Example.com"), key(" ann@example.COM"));
    assert_ne!(key("ann@example.com"), key("bob@example.com"));
    assert_eq!(key("ann@example.com").as_str().len(), 64);
}
