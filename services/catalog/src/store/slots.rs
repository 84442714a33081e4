//! Slots: the parts that the stock of a hot variant lies in.

use kernel::{ProductId, VariantId};
use sqlx::PgConnection;

/// Lays the stock of a variant into so many slots in every place. A number that is `fixed` does not follow the demand.
///
/// # Errors
/// When the database fails; constraint `variant_slots_check` bounds the number, SQLSTATE `TM003` tells of a variant that
/// does not exist.
pub async fn split_slots(
    conn: &mut PgConnection,
    variant_id: VariantId,
    slots: i16,
    fixed: bool,
    actor: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "select catalog.split_slots_v1($1, $2, $3, $4)",
        variant_id.uuid(),
        i32::from(slots),
        actor,
        fixed
    )
    .execute(conn)
    .await
    .map(drop)
}

/// The variant with this SKU.
///
/// # Errors
/// When the database cannot be asked.
pub async fn find_variant(
    conn: &mut PgConnection,
    sku: &str,
) -> Result<Option<VariantId>, sqlx::Error> {
    let id = sqlx::query_scalar!("select variant_id from catalog.variant where sku = $1", sku)
        .fetch_optional(conn)
        .await?;
    Ok(id.map(VariantId::from))
}

/// How often a variant was held lately, and how its stock lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heat {
    /// The variant.
    pub variant_id: VariantId,
    /// Its product.
    pub product_id: ProductId,
    /// Holds in the time looked at.
    pub holds: i64,
    /// Slots now.
    pub slots: i16,
    /// Whether an operator chose that number.
    pub fixed: bool,
    /// Free units, over all places.
    pub free: i64,
}

/// Variants that were held at least `holds_min` times within `seconds`, and all that lie in several slots. Looks at the
/// newest `movements_max` entries of the ledger only, so that it costs the same in a large shop.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list_heat(
    conn: &mut PgConnection,
    seconds: i32,
    movements_max: i64,
    holds_min: i64,
) -> Result<Vec<Heat>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"with held as (
             select m.variant_id, count(*) as holds
               from (select x.variant_id, x.kind, x.created_at from catalog.stock_movement x
                      order by x.movement_id desc limit $2) m
              where m.kind = 'reserve' and m.created_at > now() - make_interval(secs => $1)
              group by m.variant_id
           ), looked_at as (
             select h.variant_id from held h where h.holds >= $3
             union
             select v.variant_id from catalog.variant v where v.slots > 1
           )
           select v.variant_id, v.product_id, coalesce(h.holds, 0) as "holds!", v.slots, v.slots_fixed, s.free as "free!"
             from looked_at x
             join catalog.variant v on v.variant_id = x.variant_id
             left join held h on h.variant_id = x.variant_id
            cross join lateral (
                  select coalesce(sum(l.on_hand + l.backorder_limit - l.reserved - l.allocated), 0) as free
                    from catalog.stock_level l where l.variant_id = x.variant_id) s
            order by h.holds desc nulls last, v.variant_id"#,
        f64::from(seconds),
        movements_max,
        holds_min
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Heat {
            variant_id: row.variant_id.into(),
            product_id: row.product_id.into(),
            holds: row.holds,
            slots: row.slots,
            fixed: row.slots_fixed,
            free: row.free,
        })
        .collect())
}

/// Takes the lock of the one instance that lays slots, until the end of the transaction. Whether it was free.
///
/// # Errors
/// When the database fails.
pub async fn try_lock(conn: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select pg_try_advisory_xact_lock(hashtextextended('catalog.slots', 0)) as "free!""#
    )
    .fetch_one(conn)
    .await
}
