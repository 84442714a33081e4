//! What becomes of units that are sold.

use kernel::{Id, LocationId, OrderId, Quantity, ShipmentId, VariantId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::refusal::{Shortage, arrays, shortages, state};

/// What units move for: a cancellation, a refund, the receipt of a return. Each moves them once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cause(Uuid);

impl<K> From<Id<K>> for Cause {
    fn from(id: Id<K>) -> Self {
        Self(id.uuid())
    }
}

/// Units of a variant that left or entered a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// The variant.
    pub variant_id: VariantId,
    /// The place.
    pub location_id: LocationId,
    /// Units.
    pub quantity: i32,
}

/// Why a shipment cannot leave. The transaction must be rolled back.
#[derive(Debug, thiserror::Error)]
pub enum ShipError {
    /// More is asked for than the order has allocated (in that place).
    #[error("more than is allocated")]
    NotAllocated(Vec<Shortage>),
    /// Units were sold beyond the stock and are not there yet; `available` can leave now.
    #[error("not on hand yet")]
    NotOnHand(Vec<Shortage>),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// Why sold units cannot be given back. The transaction must be rolled back.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// More is asked for than the order has allocated.
    #[error("more than is allocated")]
    NotAllocated(Vec<Shortage>),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// Why returned units cannot be taken in. The transaction must be rolled back.
#[derive(Debug, thiserror::Error)]
pub enum RestockError {
    /// There is no such place.
    #[error("no such place")]
    UnknownLocation,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// A shipment leaves, from `location_id` only if that is given. Once per shipment: called again it changes nothing and
/// answers the same. Units come from everything that is held for the order.
///
/// # Errors
/// [`ShipError`]
pub async fn ship(
    conn: &mut PgConnection,
    order_id: OrderId,
    shipment_id: ShipmentId,
    lines: &[(VariantId, Quantity)],
    location_id: Option<LocationId>,
    actor: &str,
) -> Result<Vec<Moved>, ShipError> {
    let (ids, quantities) = arrays(lines);
    sqlx::query_as!(
        Moved,
        r#"select variant_id as "variant_id!", location_id as "location_id!", quantity as "quantity!"
             from catalog.ship_stock_v1($1, $2, $3, $4, $5, $6)"#,
        order_id.uuid(),
        shipment_id.uuid(),
        &ids,
        &quantities,
        location_id.map(Id::uuid),
        actor
    )
    .fetch_all(conn)
    .await
    .map_err(|error| match state(&error).as_deref() {
        Some("TM005") => ShipError::NotAllocated(shortages(&error)),
        Some("TM006") => ShipError::NotOnHand(shortages(&error)),
        _ => error.into(),
    })
}

/// Sold units are not wanted any more and go back on sale: `lines`, or all that the order still has. Once per cause, as
/// [`ship`].
///
/// # Errors
/// [`ReleaseError`]
pub async fn release_allocation(
    conn: &mut PgConnection,
    order_id: OrderId,
    cause: impl Into<Cause>,
    lines: Option<&[(VariantId, Quantity)]>,
    actor: &str,
) -> Result<Vec<Moved>, ReleaseError> {
    let (ids, quantities) = lines.map(arrays).unzip();
    sqlx::query_as!(
        Moved,
        r#"select variant_id as "variant_id!", location_id as "location_id!", quantity as "quantity!"
             from catalog.release_allocation_v1($1, $2, $3, $4, $5)"#,
        order_id.uuid(),
        cause.into().0,
        ids.as_deref(),
        quantities.as_deref(),
        actor
    )
    .fetch_all(conn)
    .await
    .map_err(|error| match state(&error).as_deref() {
        Some("TM005") => ReleaseError::NotAllocated(shortages(&error)),
        _ => error.into(),
    })
}

/// Returned units go back on sale in a place, or in the first one. Once per cause, as [`ship`].
///
/// # Errors
/// [`RestockError`]
pub async fn restock(
    conn: &mut PgConnection,
    cause: impl Into<Cause>,
    location_id: Option<LocationId>,
    lines: &[(VariantId, Quantity)],
    reason: &str,
    actor: &str,
) -> Result<Vec<Moved>, RestockError> {
    let (ids, quantities) = arrays(lines);
    sqlx::query_as!(
        Moved,
        r#"select variant_id as "variant_id!", location_id as "location_id!", quantity as "quantity!"
             from catalog.restock_v1($1, $2, $3, $4, $5, $6)"#,
        cause.into().0,
        location_id.map(Id::uuid),
        &ids,
        &quantities,
        reason,
        actor
    )
    .fetch_all(conn)
    .await
    .map_err(|error| match state(&error).as_deref() {
        Some("TM003") => RestockError::UnknownLocation,
        _ => error.into(),
    })
}
