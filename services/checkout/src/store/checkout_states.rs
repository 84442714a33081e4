//! Table `checkout.checkout`: from one state to the next.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use kernel::{CartId, CheckoutId, OrderId};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// A payment begins: open becomes completing. `lease_by` names the request until `lease_until`.
pub async fn update_completing(
    conn: &mut PgConnection,
    checkout_id: CheckoutId,
    order_id: OrderId,
    quoted: &Value,
    lease_by: Uuid,
    lease_until: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update checkout.checkout
            set state = 'completing', order_id = $2, quoted = $3, lease_by = $4, lease_until = $5,
                attempts = attempts + 1, updated_at = now()
          where checkout_id = $1",
        checkout_id.uuid(),
        order_id.uuid(),
        quoted,
        lease_by,
        lease_until.to_sqlx() as _
    )
    .execute(conn)
    .await
    .map(drop)
}

/// The request ended before the payment did: the recovery job may go on at once.
pub async fn update_lease_ended(
    conn: &mut PgConnection,
    checkout_id: CheckoutId,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update checkout.checkout set lease_by = null, lease_until = null, updated_at = now()
          where checkout_id = $1",
        checkout_id.uuid()
    )
    .execute(conn)
    .await
    .map(drop)
}

/// The payment failed: completing becomes open again. Answers the new version.
pub async fn update_reopened(
    conn: &mut PgConnection,
    checkout_id: CheckoutId,
    expires_at: Timestamp,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        "update checkout.checkout
            set state = 'open', order_id = null, quoted = null, lease_by = null, lease_until = null,
                expires_at = $2, version = version + 1, updated_at = now()
          where checkout_id = $1
         returning version",
        checkout_id.uuid(),
        expires_at.to_sqlx() as _
    )
    .fetch_one(conn)
    .await
}

/// The order is placed.
pub async fn update_completed(
    conn: &mut PgConnection,
    checkout_id: CheckoutId,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update checkout.checkout
            set state = 'completed', lease_by = null, lease_until = null, version = version + 1, updated_at = now()
          where checkout_id = $1",
        checkout_id.uuid()
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Gives the open checkout of a cart up if its time is over.
pub async fn update_expired_of_cart(
    conn: &mut PgConnection,
    cart_id: CartId,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update checkout.checkout set state = 'expired', version = version + 1, updated_at = now()
          where cart_id = $1 and state = 'open' and expires_at <= $2",
        cart_id.uuid(),
        now.to_sqlx() as _
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Gives up to `limit` open checkouts up whose time is over. How many it were.
pub async fn update_expired(
    conn: &mut PgConnection,
    now: Timestamp,
    limit: i64,
) -> Result<u64, sqlx::Error> {
    let done = sqlx::query!(
        "update checkout.checkout
            set state = 'expired', version = version + 1, updated_at = now()
          where checkout_id in (
                select checkout_id from checkout.checkout
                 where state = 'open' and expires_at <= $1
                 order by expires_at limit $2 for update skip locked)",
        now.to_sqlx() as _,
        limit
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
