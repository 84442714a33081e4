//! Stock levels and reservations.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use kernel::{LocationId, VariantId};
use sqlx::PgConnection;

use crate::domain::stock::{SlotLevel, StockLevel};

/// The place with this code.
///
/// # Errors
/// When the database cannot be asked.
pub async fn find_location(
    conn: &mut PgConnection,
    code: &str,
) -> Result<Option<LocationId>, sqlx::Error> {
    let id = sqlx::query_scalar!(
        "select location_id from catalog.stock_location where code = $1",
        code
    )
    .fetch_optional(conn)
    .await?;
    Ok(id.map(LocationId::from))
}

/// Makes the first slot of a variant in a place, if there is none yet.
///
/// # Errors
/// When the database fails.
pub async fn insert_level(
    conn: &mut PgConnection,
    variant_id: VariantId,
    location_id: LocationId,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into catalog.stock_level (variant_id, location_id) values ($1, $2) on conflict do nothing",
        variant_id.uuid(),
        location_id.uuid()
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Locks the slots of a variant in a place, in order.
///
/// # Errors
/// When the database fails.
pub async fn list_levels_for_update(
    conn: &mut PgConnection,
    variant_id: VariantId,
    location_id: LocationId,
) -> Result<Vec<SlotLevel>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select slot, on_hand, reserved + allocated as "committed!", backorder_limit
             from catalog.stock_level where variant_id = $1 and location_id = $2 order by slot for update"#,
        variant_id.uuid(),
        location_id.uuid()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| SlotLevel {
            slot: row.slot,
            on_hand: row.on_hand,
            committed: row.committed,
            backorder_limit: row.backorder_limit,
        })
        .collect())
}

/// Moves units on hand, slot by slot, and books each move in the ledger.
///
/// # Errors
/// When the database fails; a `check` constraint of `stock_level` is broken where fewer units would be left than are
/// held or sold.
pub async fn adjust_levels(
    conn: &mut PgConnection,
    variant_id: VariantId,
    location_id: LocationId,
    moves: &[(i16, i32)],
    reason: &str,
    actor: &str,
) -> Result<(), sqlx::Error> {
    let (slots, deltas): (Vec<i16>, Vec<i32>) = moves.iter().copied().unzip();
    sqlx::query!(
        "select catalog.adjust_stock_v1($1, $2, m.slot, 'adjust', m.delta, $5, $6)
           from unnest($3::smallint[], $4::int[]) as m (slot, delta) order by m.slot",
        variant_id.uuid(),
        location_id.uuid(),
        &slots,
        &deltas,
        reason,
        actor
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Sets how many units of a variant may be sold beyond what is there: all of them in the first slot.
///
/// # Errors
/// When the database fails; a `check` constraint of `stock_level` is broken where more are sold already.
pub async fn update_backorder_limit(
    conn: &mut PgConnection,
    variant_id: VariantId,
    location_id: LocationId,
    limit: i32,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update catalog.stock_level l
            set backorder_limit = case when l.slot = f.slot then $3 else 0 end, updated_at = now()
           from (select min(x.slot) as slot from catalog.stock_level x where x.variant_id = $1 and x.location_id = $2) f
          where l.variant_id = $1 and l.location_id = $2",
        variant_id.uuid(),
        location_id.uuid(),
        limit
    )
    .execute(conn)
    .await
    .map(drop)
}

/// The units of a variant in a place, over all slots.
///
/// # Errors
/// When the database cannot be asked.
pub async fn get_level(
    conn: &mut PgConnection,
    variant_id: VariantId,
    location_id: LocationId,
) -> Result<StockLevel, sqlx::Error> {
    sqlx::query_as!(
        StockLevel,
        r#"select coalesce(sum(on_hand), 0) as "on_hand!", coalesce(sum(reserved), 0) as "reserved!",
                  coalesce(sum(allocated), 0) as "allocated!", coalesce(sum(backorder_limit), 0) as "backorder_limit!",
                  coalesce(sum(on_hand + backorder_limit - reserved - allocated), 0) as "available!"
             from catalog.stock_level where variant_id = $1 and location_id = $2"#,
        variant_id.uuid(),
        location_id.uuid()
    )
    .fetch_one(conn)
    .await
}

/// Gives back up to `limit` holds that expired before `now`. How many there were.
///
/// # Errors
/// When the database fails.
pub async fn sweep_reservations(
    conn: &mut PgConnection,
    now: Timestamp,
    limit: i32,
) -> Result<i32, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select catalog.sweep_reservations_v1($1, $2) as "swept!""#,
        now.to_sqlx() as _,
        limit
    )
    .fetch_one(conn)
    .await
}
