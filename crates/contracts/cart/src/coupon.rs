//! Coupons: what they say, whether they apply, and counting their uses.
//!
//! A use belongs to an order: it is counted in the transaction that opens the order and given back in the one that
//! cancels it. Both hold the coupon's row until their transaction ends, and come before stock in it: whoever holds a
//! coupon and stock took them in this order.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use kernel::{CouponId, Currency, Email, Money, OrderId, Ppm, UserId};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use sqlx::PgConnection;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::undecodable;

#[cfg(test)]
mod tests;

/// What a coupon takes off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CouponValue {
    /// A share of the merchandise.
    Percent(Ppm),
    /// An amount, or all of the merchandise if that is less.
    Amount(Money),
}

/// A coupon as staff defined it, and how often it was used so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coupon {
    /// The coupon.
    pub coupon_id: CouponId,
    /// What shoppers type, in upper case.
    pub code: String,
    /// What shoppers read.
    pub description: String,
    /// What it takes off.
    pub value: CouponValue,
    /// The least value of the merchandise, before discounts, from which it applies.
    pub min_subtotal: Option<Money>,
    /// How often it may be used in all.
    pub usage_limit: Option<i32>,
    /// How often one customer may use it.
    pub per_customer_limit: Option<i32>,
    /// How often it was used, without what was given back.
    pub used: i32,
    /// When it begins.
    pub starts_at: Option<Timestamp>,
    /// When it has ended.
    pub ends_at: Option<Timestamp>,
    /// Whether staff let it be used.
    pub enabled: bool,
}

/// Why a coupon takes nothing off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CouponProblem {
    /// There is no such coupon.
    Unknown,
    /// The shop took it back.
    Disabled,
    /// Its time has not come.
    NotStarted,
    /// Its time is over.
    Expired,
    /// It was used as often as it may be.
    Exhausted,
    /// This customer used it as often as one may.
    CustomerLimit,
    /// The merchandise is not worth enough.
    MinimumNotReached,
    /// It is for another currency.
    OtherCurrency,
}

impl CouponProblem {
    /// The name, as sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Disabled => "disabled",
            Self::NotStarted => "not_started",
            Self::Expired => "expired",
            Self::Exhausted => "exhausted",
            Self::CustomerLimit => "customer_limit",
            Self::MinimumNotReached => "minimum_not_reached",
            Self::OtherCurrency => "other_currency",
        }
    }

    /// Whether it is only about how many uses are left.
    pub const fn is_about_uses(self) -> bool {
        matches!(self, Self::Exhausted | Self::CustomerLimit)
    }
}

impl Coupon {
    /// The share that it takes off, if it is one.
    pub const fn percent(&self) -> Option<Ppm> {
        match self.value {
            CouponValue::Percent(share) => Some(share),
            CouponValue::Amount(_) => None,
        }
    }

    /// The amount that it takes off, if it is one.
    pub const fn amount(&self) -> Option<Money> {
        match self.value {
            CouponValue::Percent(_) => None,
            CouponValue::Amount(amount) => Some(amount),
        }
    }

    /// Why it does not apply to merchandise worth `subtotal` before discounts, for a customer who used it
    /// `customer_uses` times so far (see [`count_uses`]). This is what a shopper is told; whether a use is left in the
    /// end is decided by [`redeem`].
    pub fn problem(
        &self,
        now: Timestamp,
        subtotal: Money,
        customer_uses: i32,
    ) -> Option<CouponProblem> {
        let amounts = [self.amount(), self.min_subtotal];
        let is_foreign = |money: &Money| money.currency() != subtotal.currency();
        if !self.enabled {
            Some(CouponProblem::Disabled)
        } else if self.starts_at.is_some_and(|start| now < start) {
            Some(CouponProblem::NotStarted)
        } else if self.ends_at.is_some_and(|end| now >= end) {
            Some(CouponProblem::Expired)
        } else if self.usage_limit.is_some_and(|limit| self.used >= limit) {
            Some(CouponProblem::Exhausted)
        } else if self
            .per_customer_limit
            .is_some_and(|limit| customer_uses >= limit)
        {
            Some(CouponProblem::CustomerLimit)
        } else if amounts.iter().flatten().any(is_foreign) {
            Some(CouponProblem::OtherCurrency)
        } else if self
            .min_subtotal
            .is_some_and(|least| subtotal.minor() < least.minor())
        {
            Some(CouponProblem::MinimumNotReached)
        } else {
            None
        }
    }
}

/// Who uses a coupon: uses are limited per key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerKey(String);

impl CustomerKey {
    /// A signed-in customer.
    pub fn customer(user_id: UserId) -> Self {
        Self(user_id.uuid().to_string())
    }

    /// A guest: SHA-256 of the e-mail address.
    pub fn guest(email: &Email) -> Self {
        Self(hex::encode(Sha256::digest(email.as_str())))
    }

    /// The key, as stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a coupon could not be used.
#[derive(Debug, thiserror::Error)]
pub enum RedeemError {
    /// It cannot be used; nothing was counted, and the transaction must be rolled back.
    #[error("the coupon cannot be used: {}", .0.as_str())]
    NotUsable(CouponProblem),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// Uses a coupon once for an order. Called again for the same order it finds it done. Comes before stock.
///
/// # Errors
/// [`RedeemError::NotUsable`] when it is disabled, not in its time, or no use is left.
pub async fn redeem(
    conn: &mut PgConnection,
    coupon_id: CouponId,
    order_id: OrderId,
    customer: &CustomerKey,
    now: Timestamp,
) -> Result<(), RedeemError> {
    sqlx::query!(
        "select cart.redeem_coupon_v1($1, $2, $3, $4)",
        coupon_id.uuid(),
        order_id.uuid(),
        customer.as_str(),
        now.to_sqlx() as _
    )
    .execute(conn)
    .await
    .map(drop)
    .map_err(redeem_error)
}

/// Gives back all uses of an order, once, and answers how many those were. Comes before stock.
///
/// # Errors
/// When the database fails.
pub async fn return_uses(conn: &mut PgConnection, order_id: OrderId) -> Result<i32, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select cart.return_coupon_v1($1) as "uses!""#,
        order_id.uuid()
    )
    .fetch_one(conn)
    .await
}

/// How often a customer used a coupon, without what was given back.
///
/// # Errors
/// When the database fails.
pub async fn count_uses(
    conn: &mut PgConnection,
    coupon_id: CouponId,
    customer: &CustomerKey,
) -> Result<i32, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select cart.count_coupon_uses_v1($1, $2) as "uses!""#,
        coupon_id.uuid(),
        customer.as_str()
    )
    .fetch_one(conn)
    .await
}

fn redeem_error(error: sqlx::Error) -> RedeemError {
    let Some(database) = error.as_database_error() else {
        return error.into();
    };
    if database.code().as_deref() != Some("TM020") {
        return error.into();
    }
    let detail = database
        .try_downcast_ref::<sqlx::postgres::PgDatabaseError>()
        .and_then(sqlx::postgres::PgDatabaseError::detail);
    RedeemError::NotUsable(match detail {
        Some("unknown") => CouponProblem::Unknown,
        Some("disabled") => CouponProblem::Disabled,
        Some("not_started") => CouponProblem::NotStarted,
        Some("ended") => CouponProblem::Expired,
        Some("exhausted") => CouponProblem::Exhausted,
        Some("customer_limit") => CouponProblem::CustomerLimit,
        _ => return error.into(),
    })
}

/// A coupon as the functions of schema `cart` answer it.
#[derive(Deserialize)]
struct StoredCoupon {
    coupon_id: Uuid,
    code: String,
    description: String,
    percent_ppm: Option<u32>,
    amount_minor: Option<i64>,
    min_subtotal_minor: Option<i64>,
    currency: Option<Currency>,
    usage_limit: Option<i32>,
    per_customer_limit: Option<i32>,
    used: i32,
    starts_at: Option<Timestamp>,
    ends_at: Option<Timestamp>,
    state: String,
}

/// The coupon in an answer of schema `cart`.
///
/// # Errors
/// When it is none.
pub(crate) fn decode(json: serde_json::Value) -> Result<Coupon, sqlx::Error> {
    let stored: StoredCoupon = serde_json::from_value(json).map_err(undecodable)?;
    let money = |minor: i64| {
        let currency = stored
            .currency
            .ok_or_else(|| undecodable("a coupon's amount has no currency"))?;
        Money::new(minor, currency).map_err(undecodable)
    };
    let value = match (stored.percent_ppm, stored.amount_minor) {
        (Some(parts), None) => CouponValue::Percent(Ppm::new(parts).map_err(undecodable)?),
        (None, Some(minor)) => CouponValue::Amount(money(minor)?),
        _ => return Err(undecodable("a coupon has one value")),
    };
    Ok(Coupon {
        coupon_id: stored.coupon_id.into(),
        value,
        min_subtotal: stored.min_subtotal_minor.map(money).transpose()?,
        usage_limit: stored.usage_limit,
        per_customer_limit: stored.per_customer_limit,
        used: stored.used,
        starts_at: stored.starts_at,
        ends_at: stored.ends_at,
        enabled: stored.state == "active",
        code: stored.code,
        description: stored.description,
    })
}
