//! Holding stock and selling what is held.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use kernel::{CheckoutId, ClaimId, OrderId, Quantity, ReturnId, VariantId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::refusal::{Shortage, arrays, shortages, state};

/// Whose a hold is: a checkout, or the claim or return that a replacement is sent for. An order may have several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Holder(Uuid);

impl From<CheckoutId> for Holder {
    fn from(id: CheckoutId) -> Self {
        Self(id.uuid())
    }
}

impl From<ClaimId> for Holder {
    fn from(id: ClaimId) -> Self {
        Self(id.uuid())
    }
}

impl From<ReturnId> for Holder {
    fn from(id: ReturnId) -> Self {
        Self(id.uuid())
    }
}

/// Why stock could not be held.
#[derive(Debug, thiserror::Error)]
pub enum ReserveError {
    /// Too little of at least one variant; nothing was held.
    #[error("out of stock")]
    OutOfStock(Vec<Shortage>),
    /// The hold became an order's already.
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

/// Holds stock until `expires_at`, all lines or none. Called again it moves only the difference and extends the hold.
///
/// # Errors
/// [`ReserveError::OutOfStock`] names every variant of which there is too little; the transaction must be rolled back.
/// [`ReserveError::Database`] may be a deadlock (40P01): PostgreSQL locks a row before it sees that it holds too little by now,
/// and keeps that lock; who then waits for all rows in order may meet another who does. The transaction has to begin again.
pub async fn reserve(
    conn: &mut PgConnection,
    holder: impl Into<Holder>,
    demand: &[(VariantId, Quantity)],
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<(), ReserveError> {
    let (ids, quantities) = arrays(demand);
    sqlx::query!(
        "select catalog.reserve_stock_v1($1, $2, $3, $4, $5)",
        holder.into().0,
        &ids,
        &quantities,
        expires_at.to_sqlx() as _,
        now.to_sqlx() as _
    )
    .execute(conn)
    .await
    .map(drop)
    .map_err(|error| match state(&error).as_deref() {
        Some("TM001") => ReserveError::OutOfStock(shortages(&error)),
        Some("TM004") => ReserveError::Allocated,
        _ => error.into(),
    })
}

/// A payment is under way (`pinned`) or over: a pinned hold does not expire.
///
/// # Errors
/// When the database fails.
pub async fn pin(
    conn: &mut PgConnection,
    holder: impl Into<Holder>,
    pinned: bool,
    expires_at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "select catalog.pin_reservation_v1($1, $2, $3)",
        holder.into().0,
        pinned,
        expires_at.to_sqlx() as _
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Sold: reserved units become the order's. Called again it finds it done.
///
/// # Errors
/// [`AllocateError::Gone`] when the hold expired or is incomplete; nothing has changed then and the transaction can go on.
pub async fn allocate(
    conn: &mut PgConnection,
    holder: impl Into<Holder>,
    order_id: OrderId,
) -> Result<(), AllocateError> {
    let done = sqlx::query_scalar!(
        r#"select catalog.allocate_stock_v2($1, $2) as "done!""#,
        holder.into().0,
        order_id.uuid()
    )
    .fetch_one(conn)
    .await?;
    if done {
        Ok(())
    } else {
        Err(AllocateError::Gone)
    }
}

/// Gives a hold back; nothing happens where there is none, or where it is an order's already.
///
/// # Errors
/// When the database fails.
pub async fn release(
    conn: &mut PgConnection,
    holder: impl Into<Holder>,
) -> Result<(), sqlx::Error> {
    sqlx::query!("select catalog.release_stock_v1($1)", holder.into().0)
        .execute(conn)
        .await
        .map(drop)
}
