//! Holding, allocating and releasing stock. Every function belongs into the caller's transaction; stock comes last in
//! it, so that a hot row is locked for the shortest time.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use kernel::{CheckoutId, OrderId, Quantity, VariantId};
use serde::Deserialize;
use sqlx::PgConnection;
use uuid::Uuid;

/// A variant of which there is too little.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shortage {
    /// The variant.
    pub variant_id: VariantId,
    /// Units asked for, over all lines.
    pub requested: i32,
    /// Units that could be had.
    pub available: i32,
}

/// Why stock could not be held.
#[derive(Debug, thiserror::Error)]
pub enum ReserveError {
    /// Too little of at least one variant; nothing was held.
    #[error("out of stock")]
    OutOfStock(Vec<Shortage>),
    /// The hold of this checkout became an order's already.
    #[error("the reservation is allocated")]
    Allocated,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// Why a hold could not become an order's.
#[derive(Debug, thiserror::Error)]
pub enum AllocateError {
    /// The hold expired, or no longer covers the order.
    #[error("the reservation is gone")]
    Gone,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

#[derive(Deserialize)]
struct ShortageDetail {
    variant_id: Uuid,
    requested: i32,
    available: i32,
}

/// Holds stock for a checkout until `expires_at`, all lines or none. Called again it moves only the difference and
/// extends the hold.
///
/// # Errors
/// [`ReserveError::OutOfStock`] names every variant of which there is too little; the transaction must be rolled back.
pub async fn reserve(
    conn: &mut PgConnection,
    checkout_id: CheckoutId,
    demand: &[(VariantId, Quantity)],
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<(), ReserveError> {
    let ids: Vec<Uuid> = demand.iter().map(|(id, _)| id.uuid()).collect();
    let quantities: Vec<i32> = demand.iter().map(|(_, q)| i32::from(q.get())).collect();
    sqlx::query!(
        "select catalog.reserve_stock_v1($1, $2, $3, $4, $5)",
        checkout_id.uuid(),
        &ids,
        &quantities,
        expires_at.to_sqlx() as _,
        now.to_sqlx() as _
    )
    .execute(conn)
    .await
    .map(drop)
    .map_err(reserve_error)
}

fn reserve_error(error: sqlx::Error) -> ReserveError {
    let Some(refusal) = error.as_database_error() else {
        return error.into();
    };
    match refusal.code().as_deref() {
        Some("TM001") => {
            let detail = refusal
                .try_downcast_ref::<sqlx::postgres::PgDatabaseError>()
                .and_then(|e| e.detail())
                .unwrap_or("[]");
            let shortages: Vec<ShortageDetail> = serde_json::from_str(detail).unwrap_or_default();
            ReserveError::OutOfStock(
                shortages
                    .into_iter()
                    .map(|s| Shortage {
                        variant_id: s.variant_id.into(),
                        requested: s.requested,
                        available: s.available,
                    })
                    .collect(),
            )
        }
        Some("TM004") => ReserveError::Allocated,
        _ => error.into(),
    }
}

/// A payment is under way (`pinned`) or over: a pinned hold does not expire.
///
/// # Errors
/// When the database fails.
pub async fn pin(
    conn: &mut PgConnection,
    checkout_id: CheckoutId,
    pinned: bool,
    expires_at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "select catalog.pin_reservation_v1($1, $2, $3)",
        checkout_id.uuid(),
        pinned,
        expires_at.to_sqlx() as _
    )
    .execute(conn)
    .await
    .map(drop)
}

/// The order is paid: reserved units become its own. Called again it finds it done.
///
/// # Errors
/// [`AllocateError::Gone`] when the hold expired or is incomplete.
pub async fn allocate(
    conn: &mut PgConnection,
    checkout_id: CheckoutId,
    order_id: OrderId,
) -> Result<(), AllocateError> {
    let done = sqlx::query!(
        "select catalog.allocate_stock_v1($1, $2)",
        checkout_id.uuid(),
        order_id.uuid()
    )
    .execute(conn)
    .await;
    match done {
        Ok(_) => Ok(()),
        Err(error)
            if error
                .as_database_error()
                .and_then(sqlx::error::DatabaseError::code)
                .as_deref()
                == Some("TM002") =>
        {
            Err(AllocateError::Gone)
        }
        Err(error) => Err(error.into()),
    }
}

/// Gives a hold back; nothing happens where there is none.
///
/// # Errors
/// When the database fails.
pub async fn release(conn: &mut PgConnection, checkout_id: CheckoutId) -> Result<(), sqlx::Error> {
    sqlx::query!("select catalog.release_stock_v1($1)", checkout_id.uuid())
        .execute(conn)
        .await
        .map(drop)
}
