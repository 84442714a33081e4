//! Counting the units of lines. Checks of the table refuse what cannot be; the caller holds the order.

use kernel::{OrderId, OrderLineId};
use sqlx::PgConnection;

use crate::domain::record::Units;

/// How the counters of a line move.
#[derive(Debug, Clone, Copy, Default)]
#[expect(missing_docs, reason = "the columns of orders.line_progress")]
pub struct Move {
    pub cancelled: i32,
    pub planned: i32,
    pub shipped: i32,
    pub delivered: i32,
    pub lost: i32,
    pub coming_back: i32,
    pub returned: i32,
    pub refunded: i32,
    pub refunded_minor: i64,
    pub uncharged: i32,
    pub uncharged_minor: i64,
    pub given_tax_minor: i64,
}

/// Moves the counters of one line.
///
/// # Errors
/// A check violation where the counters would contradict each other, or when the database fails.
pub async fn update_progress(
    conn: &mut PgConnection,
    line_id: OrderLineId,
    by: Move,
) -> Result<(), sqlx::Error> {
    let done = sqlx::query!(
        "update orders.line_progress p
            set cancelled = p.cancelled + $2, planned = p.planned + $3, shipped = p.shipped + $4,
                delivered = p.delivered + $5, lost = p.lost + $6, coming_back = p.coming_back + $7,
                returned = p.returned + $8, refunded = p.refunded + $9, refunded_minor = p.refunded_minor + $10,
                uncharged = p.uncharged + $11, uncharged_minor = p.uncharged_minor + $12,
                given_tax_minor = p.given_tax_minor + $13, updated_at = now()
          where p.line_id = $1",
        line_id.uuid(),
        by.cancelled,
        by.planned,
        by.shipped,
        by.delivered,
        by.lost,
        by.coming_back,
        by.returned,
        by.refunded,
        by.refunded_minor,
        by.uncharged,
        by.uncharged_minor,
        by.given_tax_minor
    )
    .execute(conn)
    .await?;
    if done.rows_affected() == 1 {
        return Ok(());
    }
    Err(sqlx::Error::RowNotFound)
}

/// Moves the counters of several lines; `by` says how for a number of units.
///
/// # Errors
/// As [`update_progress`].
pub async fn update_units(
    conn: &mut PgConnection,
    lines: &[Units],
    by: impl Fn(i32) -> Move,
) -> Result<(), sqlx::Error> {
    for units in lines {
        update_progress(&mut *conn, units.line_id, by(units.quantity)).await?;
    }
    Ok(())
}

/// Adds to what was given back of shipping.
///
/// # Errors
/// A check violation where it were more than was paid, or when the database fails.
pub async fn update_shipping_refunded(
    conn: &mut PgConnection,
    order_id: OrderId,
    minor: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update orders.sales_order set shipping_refunded_minor = shipping_refunded_minor + $2 where order_id = $1",
        order_id.uuid(),
        minor
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Adds to what was cancelled before it was paid for.
///
/// # Errors
/// A check violation where it were more than the order, or when the database fails.
pub async fn update_cancelled(
    conn: &mut PgConnection,
    order_id: OrderId,
    minor: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update orders.sales_order set cancelled_minor = cancelled_minor + $2 where order_id = $1",
        order_id.uuid(),
        minor
    )
    .execute(conn)
    .await
    .map(drop)
}
