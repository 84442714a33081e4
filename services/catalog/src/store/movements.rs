//! The ledger of stock, as staff read it.

use kernel::{LocationId, VariantId};
use sqlx::PgConnection;

use crate::domain::stock::{LocationRef, StockMovement};

/// Which movements of a variant. The newest come first.
#[derive(Debug, Clone, Copy)]
pub struct MovementListing<'a> {
    /// The variant.
    pub variant_id: VariantId,
    /// Of this kind only.
    pub kind: Option<&'a str>,
    /// In this place only.
    pub location_id: Option<LocationId>,
    /// Older than this one.
    pub before: Option<i64>,
    /// So many rows.
    pub limit: i64,
}

/// Movements of a variant, the newest first. Reads the newest of each slot by index and merges them.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list_movements(
    conn: &mut PgConnection,
    listing: MovementListing<'_>,
) -> Result<Vec<StockMovement>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select m.movement_id, m.kind, m.slot, m.on_hand_delta, m.reserved_delta, m.allocated_delta, m.cause_id,
                  m.reason, m.actor, m.created_at, o.location_id, o.code, o.name
             from catalog.stock_level l
            cross join lateral (
                  select * from catalog.stock_movement x
                   where x.variant_id = l.variant_id and x.location_id = l.location_id and x.slot = l.slot
                     and ($2::text is null or x.kind = $2) and x.movement_id < coalesce($4, 9223372036854775807)
                   order by x.movement_id desc limit $5) m
             join catalog.stock_location o on o.location_id = l.location_id
            where l.variant_id = $1 and ($3::uuid is null or l.location_id = $3)
            order by m.movement_id desc
            limit $5"#,
        listing.variant_id.uuid(),
        listing.kind,
        listing.location_id.map(kernel::Id::uuid),
        listing.before,
        listing.limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| StockMovement {
            id: row.movement_id,
            kind: row.kind,
            location: LocationRef {
                id: row.location_id.into(),
                code: row.code,
                name: row.name,
            },
            slot: row.slot,
            on_hand_delta: row.on_hand_delta,
            reserved_delta: row.reserved_delta,
            allocated_delta: row.allocated_delta,
            cause_id: row.cause_id,
            reason: row.reason,
            actor: row.actor,
            at: row.created_at.to_jiff(),
        })
        .collect())
}
