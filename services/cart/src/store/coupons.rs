//! Coupons. Uses are counted by the functions that `contract-cart` wraps, never here.

use contract_cart::{Coupon, CouponValue, CustomerKey};
use jiff_sqlx::ToSqlx;
use kernel::{CouponId, Currency, Money, Ppm, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::coupon::HeldCoupon;
use crate::domain::staff_coupon::{CouponStatus, StoredCoupon};
use crate::domain::terms::{Terms, Uses};

struct CouponRow {
    coupon_id: Uuid,
    code: String,
    description: String,
    percent_ppm: Option<i32>,
    amount_minor: Option<i64>,
    min_subtotal_minor: Option<i64>,
    currency: Option<String>,
    usage_limit: Option<i32>,
    per_customer_limit: Option<i32>,
    used: i32,
    starts_at: Option<jiff_sqlx::Timestamp>,
    ends_at: Option<jiff_sqlx::Timestamp>,
    state: String,
    version: i64,
    created_by: Uuid,
    created_at: jiff_sqlx::Timestamp,
    updated_at: jiff_sqlx::Timestamp,
}

fn undecodable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> sqlx::Error {
    sqlx::Error::Decode(error.into())
}

impl CouponRow {
    fn coupon(self) -> Result<StoredCoupon, sqlx::Error> {
        let currency: Option<Currency> = self
            .currency
            .as_deref()
            .map(str::parse)
            .transpose()
            .map_err(|error: kernel::CurrencyError| undecodable(error))?;
        let money = |minor: i64| {
            let currency = currency.ok_or_else(|| undecodable("an amount has no currency"))?;
            Money::new(minor, currency).map_err(undecodable)
        };
        let value = match (self.percent_ppm, self.amount_minor) {
            (Some(parts), None) => {
                let parts = u32::try_from(parts).map_err(undecodable)?;
                CouponValue::Percent(Ppm::new(parts).map_err(undecodable)?)
            }
            (None, Some(minor)) => CouponValue::Amount(money(minor)?),
            _ => return Err(undecodable("a coupon has one value")),
        };
        Ok(StoredCoupon {
            coupon: Coupon {
                coupon_id: self.coupon_id.into(),
                value,
                min_subtotal: self.min_subtotal_minor.map(money).transpose()?,
                usage_limit: self.usage_limit,
                per_customer_limit: self.per_customer_limit,
                used: self.used,
                starts_at: self.starts_at.map(jiff_sqlx::Timestamp::to_jiff),
                ends_at: self.ends_at.map(jiff_sqlx::Timestamp::to_jiff),
                enabled: self.state == CouponStatus::Active.as_str(),
                code: self.code,
                description: self.description,
            },
            version: self.version,
            created_by: self.created_by.into(),
            created_at: self.created_at.to_jiff(),
            updated_at: self.updated_at.to_jiff(),
        })
    }
}

/// A coupon.
///
/// # Errors
/// When the database fails.
pub async fn find_coupon(
    conn: &mut PgConnection,
    coupon_id: CouponId,
) -> Result<Option<StoredCoupon>, sqlx::Error> {
    sqlx::query_as!(
        CouponRow,
        "select coupon_id, code, description, percent_ppm, amount_minor, min_subtotal_minor, currency, usage_limit,
                per_customer_limit, used, starts_at, ends_at, state, version, created_by, created_at, updated_at
           from cart.coupon where coupon_id = $1",
        coupon_id.uuid()
    )
    .fetch_optional(conn)
    .await?
    .map(CouponRow::coupon)
    .transpose()
}

/// The coupon with this code, in upper case.
///
/// # Errors
/// When the database fails.
pub async fn find_coupon_by_code(
    conn: &mut PgConnection,
    code: &str,
) -> Result<Option<StoredCoupon>, sqlx::Error> {
    sqlx::query_as!(
        CouponRow,
        "select coupon_id, code, description, percent_ppm, amount_minor, min_subtotal_minor, currency, usage_limit,
                per_customer_limit, used, starts_at, ends_at, state, version, created_by, created_at, updated_at
           from cart.coupon where code = $1",
        code
    )
    .fetch_optional(conn)
    .await?
    .map(CouponRow::coupon)
    .transpose()
}

/// As [`find_coupon`], and keeps others from changing or using it until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn find_coupon_for_update(
    conn: &mut PgConnection,
    coupon_id: CouponId,
) -> Result<Option<StoredCoupon>, sqlx::Error> {
    sqlx::query_as!(
        CouponRow,
        "select coupon_id, code, description, percent_ppm, amount_minor, min_subtotal_minor, currency, usage_limit,
                per_customer_limit, used, starts_at, ends_at, state, version, created_by, created_at, updated_at
           from cart.coupon where coupon_id = $1 for no key update",
        coupon_id.uuid()
    )
    .fetch_optional(conn)
    .await?
    .map(CouponRow::coupon)
    .transpose()
}

/// A coupon with the uses of the cart's customer, if they matter.
///
/// # Errors
/// When the database fails.
pub async fn find_held_coupon(
    conn: &mut PgConnection,
    coupon_id: CouponId,
    customer_id: Option<UserId>,
) -> Result<Option<HeldCoupon>, sqlx::Error> {
    let Some(stored) = find_coupon(&mut *conn, coupon_id).await? else {
        return Ok(None);
    };
    let coupon = stored.coupon;
    let customer_uses = match customer_id.filter(|_| coupon.per_customer_limit.is_some()) {
        None => 0,
        Some(customer_id) => {
            let key = CustomerKey::customer(customer_id);
            sqlx::query_scalar!(
                "select used from cart.coupon_customer where coupon_id = $1 and customer_key = $2",
                coupon.coupon_id.uuid(),
                key.as_str()
            )
            .fetch_optional(conn)
            .await?
            .unwrap_or(0)
        }
    };
    Ok(Some(HeldCoupon {
        coupon,
        customer_uses,
    }))
}

/// How a coupon was used so far. The caller holds its row.
///
/// # Errors
/// When the database fails.
pub async fn get_uses(conn: &mut PgConnection, coupon_id: CouponId) -> Result<Uses, sqlx::Error> {
    sqlx::query_as!(
        Uses,
        r#"select exists (select from cart.coupon_redemption r where r.coupon_id = $1) as "redeemed!",
                  coalesce((select max(u.used) from cart.coupon_customer u where u.coupon_id = $1), 0) as "customer_most!""#,
        coupon_id.uuid()
    )
    .fetch_one(conn)
    .await
}

/// What staff look for. The newest come first.
#[derive(Debug, Clone, Default)]
pub struct CouponListing {
    /// In the code or description.
    pub text: Option<String>,
    /// In this state.
    pub state: Option<CouponStatus>,
    /// Behind this coupon.
    pub after: Option<CouponId>,
    /// So many rows.
    pub limit: i64,
}

/// Coupons, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn list_coupons(
    conn: &mut PgConnection,
    listing: &CouponListing,
) -> Result<Vec<StoredCoupon>, sqlx::Error> {
    sqlx::query_as!(
        CouponRow,
        "select coupon_id, code, description, percent_ppm, amount_minor, min_subtotal_minor, currency, usage_limit,
                per_customer_limit, used, starts_at, ends_at, state, version, created_by, created_at, updated_at
           from cart.coupon
          where ($1::text is null or strpos(code, upper($1)) > 0 or strpos(lower(description), lower($1)) > 0)
            and ($2::text is null or state = $2)
            and ($3::uuid is null or coupon_id < $3)
          order by coupon_id desc
          limit $4",
        listing.text,
        listing.state.map(CouponStatus::as_str),
        listing.after.map(kernel::Id::uuid),
        listing.limit
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(CouponRow::coupon)
    .collect()
}

/// The columns of terms that are not columns of their own type.
struct Columns {
    kind: &'static str,
    percent_ppm: Option<i32>,
    amount_minor: Option<i64>,
    currency: Option<&'static str>,
}

fn columns(terms: &Terms) -> Columns {
    let (kind, percent, amount) = match terms.value {
        CouponValue::Percent(share) => ("percent", Some(share), None),
        CouponValue::Amount(amount) => ("amount", None, Some(amount)),
    };
    Columns {
        kind,
        // A share is at most a million.
        percent_ppm: percent.map(|share| i32::try_from(share.get()).unwrap_or(i32::MAX)),
        amount_minor: amount.map(Money::minor),
        currency: amount
            .or(terms.min_subtotal)
            .map(|money| money.currency().code()),
    }
}

/// Makes a coupon; `None` if another one has the code.
///
/// # Errors
/// When the database fails.
pub async fn insert_coupon(
    conn: &mut PgConnection,
    code: &str,
    terms: &Terms,
    created_by: UserId,
) -> Result<Option<StoredCoupon>, sqlx::Error> {
    let columns = columns(terms);
    sqlx::query_as!(
        CouponRow,
        "insert into cart.coupon (coupon_id, code, description, kind, percent_ppm, amount_minor, min_subtotal_minor, currency,
                                  usage_limit, per_customer_limit, starts_at, ends_at, state, created_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         on conflict (code) do nothing
         returning coupon_id, code, description, percent_ppm, amount_minor, min_subtotal_minor, currency, usage_limit,
                   per_customer_limit, used, starts_at, ends_at, state, version, created_by, created_at, updated_at",
        CouponId::generate().uuid(),
        code,
        terms.description,
        columns.kind,
        columns.percent_ppm,
        columns.amount_minor,
        terms.min_subtotal.map(Money::minor),
        columns.currency,
        terms.usage_limit,
        terms.per_customer_limit,
        terms.starts_at.map(ToSqlx::to_sqlx) as _,
        terms.ends_at.map(ToSqlx::to_sqlx) as _,
        terms.state.as_str(),
        created_by.uuid()
    )
    .fetch_optional(conn)
    .await?
    .map(CouponRow::coupon)
    .transpose()
}

/// Gives a coupon other terms. The caller holds its row.
///
/// # Errors
/// When the database fails.
pub async fn update_coupon(
    conn: &mut PgConnection,
    coupon_id: CouponId,
    terms: &Terms,
) -> Result<StoredCoupon, sqlx::Error> {
    let columns = columns(terms);
    sqlx::query_as!(
        CouponRow,
        "update cart.coupon
            set description = $2, kind = $3, percent_ppm = $4, amount_minor = $5, min_subtotal_minor = $6, currency = $7,
                usage_limit = $8, per_customer_limit = $9, starts_at = $10, ends_at = $11, state = $12,
                version = version + 1, updated_at = now()
          where coupon_id = $1
         returning coupon_id, code, description, percent_ppm, amount_minor, min_subtotal_minor, currency, usage_limit,
                   per_customer_limit, used, starts_at, ends_at, state, version, created_by, created_at, updated_at",
        coupon_id.uuid(),
        terms.description,
        columns.kind,
        columns.percent_ppm,
        columns.amount_minor,
        terms.min_subtotal.map(Money::minor),
        columns.currency,
        terms.usage_limit,
        terms.per_customer_limit,
        terms.starts_at.map(ToSqlx::to_sqlx) as _,
        terms.ends_at.map(ToSqlx::to_sqlx) as _,
        terms.state.as_str()
    )
    .fetch_one(conn)
    .await?
    .coupon()
}
