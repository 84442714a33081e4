//! What staff decide about a coupon, and the rules of it.

use common::problem::FieldError;
use contract_cart::{Coupon, CouponValue};
use jiff::Timestamp;
use kernel::{Currency, Money, Ppm};

use super::coupon::normalise;
use super::staff_coupon::{CouponPatch, CouponStatus, NewCoupon};

/// The terms of a coupon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// What shoppers read.
    pub description: String,
    /// What it takes off.
    pub value: CouponValue,
    /// The least value of the merchandise from which it applies.
    pub min_subtotal: Option<Money>,
    /// How often it may be used in all.
    pub usage_limit: Option<i32>,
    /// How often one customer may use it.
    pub per_customer_limit: Option<i32>,
    /// When it begins.
    pub starts_at: Option<Timestamp>,
    /// When it has ended.
    pub ends_at: Option<Timestamp>,
    /// Whether shoppers may use it.
    pub state: CouponStatus,
}

/// Why a coupon cannot be changed so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Fields that break a rule.
    Invalid(Vec<FieldError>),
    /// Orders used it: its value stays.
    ValueFixed,
    /// It was used more often than a new limit permits.
    LimitBelowUses {
        /// The field that names the limit.
        limit: &'static str,
        /// How often it was used.
        used: i32,
    },
}

/// How a coupon was used so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uses {
    /// Whether an order ever used it, also one that gave the use back.
    pub redeemed: bool,
    /// The most uses by one customer.
    pub customer_most: i32,
}

impl NewCoupon {
    /// The code as stored, and the terms.
    ///
    /// # Errors
    /// Every field that breaks a rule which involves other fields or the shop.
    pub fn checked(self, currency: Currency) -> Result<(String, Terms), Vec<FieldError>> {
        let mut found = Vec::new();
        let code = normalise(&self.code).unwrap_or_default();
        if code.is_empty() {
            found.push(invalid("/code", "must be 3 to 40 letters, digits, - and _"));
        }
        let value = value(self.percent_ppm, self.amount, &mut found);
        if value.is_none() && found.iter().all(|error| error.pointer == "/code") {
            found.push(FieldError {
                pointer: "/percent_ppm".into(),
                code: "required".into(),
                detail: "is required, or an amount".into(),
            });
        }
        let terms = value.map(|value| Terms {
            description: self.description.trim().to_owned(),
            value,
            min_subtotal: self.min_subtotal,
            usage_limit: self.usage_limit,
            per_customer_limit: self.per_customer_limit,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            state: self.state.unwrap_or(CouponStatus::Active),
        });
        found.extend(terms.iter().flat_map(|terms| terms.violations(currency)));
        terms
            .filter(|_| found.is_empty())
            .map(|terms| (code, terms))
            .ok_or(found)
    }
}

impl CouponPatch {
    /// The terms that `coupon` has after the change.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub fn applied_to(
        self,
        coupon: &Coupon,
        uses: Uses,
        currency: Currency,
    ) -> Result<Terms, Refusal> {
        let before = Terms::of(coupon);
        let mut found = Vec::new();
        let value = value(self.percent_ppm, self.amount, &mut found);
        if !found.is_empty() {
            return Err(Refusal::Invalid(found));
        }
        let terms = Terms {
            description: self
                .description
                .map_or(before.description, |text| text.trim().to_owned()),
            value: value.unwrap_or(before.value),
            min_subtotal: self.min_subtotal.unwrap_or(before.min_subtotal),
            usage_limit: self.usage_limit.unwrap_or(before.usage_limit),
            per_customer_limit: self.per_customer_limit.unwrap_or(before.per_customer_limit),
            starts_at: self.starts_at.unwrap_or(before.starts_at),
            ends_at: self.ends_at.unwrap_or(before.ends_at),
            state: self.state.unwrap_or(before.state),
        };
        let found = terms.violations(currency);
        if !found.is_empty() {
            Err(Refusal::Invalid(found))
        } else if uses.redeemed && terms.value != coupon.value {
            Err(Refusal::ValueFixed)
        } else if terms.usage_limit.is_some_and(|most| most < coupon.used) {
            Err(Refusal::LimitBelowUses {
                limit: "usage_limit",
                used: coupon.used,
            })
        } else if terms
            .per_customer_limit
            .is_some_and(|most| most < uses.customer_most)
        {
            Err(Refusal::LimitBelowUses {
                limit: "per_customer_limit",
                used: uses.customer_most,
            })
        } else {
            Ok(terms)
        }
    }
}

impl Terms {
    /// The terms of a coupon as they are.
    pub fn of(coupon: &Coupon) -> Self {
        Self {
            description: coupon.description.clone(),
            value: coupon.value,
            min_subtotal: coupon.min_subtotal,
            usage_limit: coupon.usage_limit,
            per_customer_limit: coupon.per_customer_limit,
            starts_at: coupon.starts_at,
            ends_at: coupon.ends_at,
            state: CouponStatus::of(coupon.enabled),
        }
    }

    fn violations(&self, currency: Currency) -> Vec<FieldError> {
        let mut found = Vec::new();
        if self.description.is_empty() || self.description.chars().any(char::is_control) {
            found.push(invalid("/description", "must be one line of text"));
        }
        let amount = match self.value {
            CouponValue::Amount(amount) => Some(amount),
            CouponValue::Percent(_) => None,
        };
        for (pointer, money) in [("/amount", amount), ("/min_subtotal", self.min_subtotal)] {
            let Some(money) = money else { continue };
            if money.minor() <= 0 {
                found.push(FieldError {
                    pointer: format!("{pointer}/amount"),
                    code: "out_of_range".into(),
                    detail: "lower than 1".into(),
                });
            }
            if money.currency() != currency {
                let detail = format!("the shop's currency is {currency}");
                found.push(invalid(&format!("{pointer}/currency"), detail));
            }
        }
        if let (Some(start), Some(end)) = (self.starts_at, self.ends_at)
            && end <= start
        {
            found.push(invalid("/ends_at", "must be later than starts_at"));
        }
        found
    }
}

/// What is to be taken off, if one of both says so.
fn value(
    percent_ppm: Option<u32>,
    amount: Option<Money>,
    found: &mut Vec<FieldError>,
) -> Option<CouponValue> {
    match (percent_ppm, amount) {
        (Some(_), Some(_)) => {
            found.push(invalid(
                "/amount",
                "a coupon takes off a share or an amount, not both",
            ));
            None
        }
        (Some(parts), None) => match Ppm::new(parts) {
            Ok(share) => Some(CouponValue::Percent(share)),
            Err(error) => {
                found.push(invalid("/percent_ppm", error.to_string()));
                None
            }
        },
        (None, amount) => amount.map(CouponValue::Amount),
    }
}

fn invalid(pointer: &str, detail: impl Into<String>) -> FieldError {
    FieldError {
        pointer: pointer.to_owned(),
        code: "invalid_value".into(),
        detail: detail.into(),
    }
}
