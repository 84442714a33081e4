//! Stock levels: reading and moving them, and giving expired reservations back.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use kernel::{LocationId, VariantId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::stock::{LocationRef, LocationStock, LowStock, StockLevel, VariantStock};

/// Units that staff move in one place.
#[derive(Debug, Clone, Copy)]
pub struct Adjustment<'a> {
    /// The variant.
    pub variant_id: VariantId,
    /// The place.
    pub location_id: LocationId,
    /// What it is, for the ledger.
    pub kind: &'a str,
    /// Units more, or less.
    pub delta: i32,
    /// What may be sold beyond the stock; `None` leaves it.
    pub backorder_limit: Option<i32>,
    /// Why.
    pub reason: &'a str,
    /// Who.
    pub actor: &'a str,
}

/// Locks the levels of a variant in a place; answers the units there.
///
/// # Errors
/// When the database fails.
pub async fn lock_on_hand(
    conn: &mut PgConnection,
    variant_id: VariantId,
    location_id: LocationId,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select coalesce(sum(x.on_hand), 0) as "on_hand!"
             from (select l.on_hand from catalog.stock_level l
                    where l.variant_id = $1 and l.location_id = $2 order by l.slot for update) x"#,
        variant_id.uuid(),
        location_id.uuid()
    )
    .fetch_one(conn)
    .await
}

/// Moves units and books them.
///
/// # Errors
/// When the database fails; a `check` constraint of `stock_level` is broken where fewer units would be left than are
/// held or sold.
pub async fn adjust(conn: &mut PgConnection, change: &Adjustment<'_>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "select catalog.adjust_stock_v2($1, $2, $3, $4, $5, null, $6, $7)",
        change.variant_id.uuid(),
        change.location_id.uuid(),
        change.kind,
        change.delta,
        change.backorder_limit,
        change.reason,
        change.actor
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Free units that go from one place to another.
#[derive(Debug, Clone, Copy)]
pub struct Transfer<'a> {
    /// Names it in the ledger.
    pub transfer_id: Uuid,
    /// The variant.
    pub variant_id: VariantId,
    /// The place they leave.
    pub from: LocationId,
    /// The place they come to.
    pub to: LocationId,
    /// Units.
    pub quantity: i32,
    /// Why.
    pub reason: &'a str,
    /// Who.
    pub actor: &'a str,
}

/// Moves free units from one place to another.
///
/// # Errors
/// When the database fails; SQLSTATE `TM006` where fewer are free there.
pub async fn transfer(conn: &mut PgConnection, transfer: &Transfer<'_>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "select catalog.transfer_stock_v1($1, $2, $3, $4, $5, $6, $7)",
        transfer.transfer_id,
        transfer.variant_id.uuid(),
        transfer.from.uuid(),
        transfer.to.uuid(),
        transfer.quantity,
        transfer.reason,
        transfer.actor
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

/// The units of a variant in every place that has a level of it. `None` where there is no such variant.
///
/// # Errors
/// When the database cannot be asked.
pub async fn find_variant_stock(
    conn: &mut PgConnection,
    variant_id: VariantId,
) -> Result<Option<VariantStock>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select v.sku, v.track_inventory, v.slots, o.location_id as "location_id?", o.code as "code?", o.name as "name?",
                  coalesce(l.on_hand, 0) as "on_hand!", coalesce(l.reserved, 0) as "reserved!",
                  coalesce(l.allocated, 0) as "allocated!", coalesce(l.backorder_limit, 0) as "backorder_limit!"
             from catalog.variant v
             left join (select x.location_id, sum(x.on_hand) as on_hand, sum(x.reserved) as reserved,
                               sum(x.allocated) as allocated, sum(x.backorder_limit) as backorder_limit
                          from catalog.stock_level x where x.variant_id = $1 group by x.location_id) l on true
             left join catalog.stock_location o on o.location_id = l.location_id
            where v.variant_id = $1
            order by o.priority, o.code"#,
        variant_id.uuid()
    )
    .fetch_all(conn)
    .await?;
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let mut stock = VariantStock {
        variant_id,
        sku: first.sku.clone(),
        tracked: first.track_inventory,
        slots: first.slots,
        total: StockLevel::default(),
        locations: Vec::with_capacity(rows.len()),
    };
    for row in rows {
        let level = StockLevel {
            on_hand: row.on_hand,
            reserved: row.reserved,
            allocated: row.allocated,
            backorder_limit: row.backorder_limit,
            available: row.on_hand + row.backorder_limit - row.reserved - row.allocated,
        };
        let Some(((id, code), name)) = row.location_id.zip(row.code).zip(row.name) else {
            continue;
        };
        stock.total = stock.total + level;
        stock.locations.push(LocationStock {
            location: LocationRef {
                id: id.into(),
                code,
                name,
            },
            level,
        });
    }
    Ok(Some(stock))
}

/// Which variants run low.
#[derive(Debug, Clone, Copy)]
pub struct LowListing {
    /// At most so many units that can be sold from stock.
    pub units_max: i64,
    /// In this place only.
    pub location_id: Option<LocationId>,
    /// Behind this one.
    pub after: Option<(i64, VariantId)>,
    /// So many rows.
    pub limit: i64,
}

/// Variants on sale whose free units are at most so many, the scarcest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list_low(
    conn: &mut PgConnection,
    listing: LowListing,
) -> Result<Vec<LowStock>, sqlx::Error> {
    let (after_free, after_id) = listing.after.unzip();
    let rows = sqlx::query!(
        r#"select v.variant_id, v.product_id, p.title, v.title as variant_title, v.sku, s.on_hand as "on_hand!",
                  s.reserved as "reserved!", s.allocated as "allocated!", s.backorder_limit as "backorder_limit!"
             from catalog.variant v
             join catalog.product p on p.product_id = v.product_id
            cross join lateral (
                  select coalesce(sum(l.on_hand), 0) as on_hand, coalesce(sum(l.reserved), 0) as reserved,
                         coalesce(sum(l.allocated), 0) as allocated, coalesce(sum(l.backorder_limit), 0) as backorder_limit,
                         coalesce(sum(l.on_hand - l.reserved - l.allocated), 0) as free
                    from catalog.stock_level l
                   where l.variant_id = v.variant_id and ($2::uuid is null or l.location_id = $2)) s
            where v.track_inventory and v.status = 'active' and p.status = 'active' and s.free <= $1
              and ($3::bigint is null or (s.free, v.variant_id) > ($3, $4::uuid))
            order by s.free, v.variant_id
            limit $5"#,
        listing.units_max,
        listing.location_id.map(kernel::Id::uuid),
        after_free,
        after_id.map(kernel::Id::uuid),
        listing.limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| LowStock {
            variant_id: row.variant_id.into(),
            product_id: row.product_id.into(),
            title: row.title,
            variant_title: row.variant_title,
            sku: row.sku,
            stock: StockLevel {
                on_hand: row.on_hand,
                reserved: row.reserved,
                allocated: row.allocated,
                backorder_limit: row.backorder_limit,
                available: row.on_hand + row.backorder_limit - row.reserved - row.allocated,
            },
        })
        .collect())
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
