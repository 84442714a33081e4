//! Where units lie.

use kernel::{LocationId, OrderId, VariantId};
use sqlx::PgConnection;

/// What an order has of a variant in a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allocation {
    /// The variant.
    pub variant_id: VariantId,
    /// The place.
    pub location_id: LocationId,
    /// Its code.
    pub location_code: String,
    /// Its name.
    pub location_name: String,
    /// Sold units that neither left nor were given back.
    pub allocated: i32,
    /// Units that left.
    pub shipped: i32,
    /// Units that were given back.
    pub released: i32,
    /// Units that are physically in the place, whoever's they are.
    pub on_hand: i32,
}

/// A place that holds stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The place.
    pub location_id: LocationId,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its turn: the lowest comes first.
    pub priority: i32,
}

/// What an order has in stock, by variant and place. Variants that are not counted have no entry.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list_allocations(
    conn: &mut PgConnection,
    order_id: OrderId,
) -> Result<Vec<Allocation>, sqlx::Error> {
    sqlx::query_as!(
        Allocation,
        r#"select variant_id as "variant_id!", location_id as "location_id!", location_code as "location_code!",
                  location_name as "location_name!", allocated as "allocated!", shipped as "shipped!",
                  released as "released!", on_hand as "on_hand!"
             from catalog.list_allocations_v1($1)"#,
        order_id.uuid()
    )
    .fetch_all(conn)
    .await
}

/// The places that hold stock, in their order.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list_locations(conn: &mut PgConnection) -> Result<Vec<Location>, sqlx::Error> {
    sqlx::query_as!(
        Location,
        r#"select location_id as "location_id!", code as "code!", name as "name!", priority as "priority!"
             from catalog.list_locations_v1()"#
    )
    .fetch_all(conn)
    .await
}
