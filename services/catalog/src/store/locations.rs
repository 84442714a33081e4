//! Places that hold stock, and the shop's way of choosing among them.

use kernel::LocationId;
use sqlx::PgConnection;

use crate::domain::location::{NewStockLocation, StockLocation, StockLocationPatch, Strategy};

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

/// Every place, or the one with this id, in their order.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list_locations(
    conn: &mut PgConnection,
    location_id: Option<LocationId>,
) -> Result<Vec<StockLocation>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select o.location_id, o.code, o.name, o.priority, o.created_at,
                  (select count(distinct l.variant_id) from catalog.stock_level l where l.location_id = o.location_id) as "variant_count!"
             from catalog.stock_location o
            where $1::uuid is null or o.location_id = $1
            order by o.priority, o.code"#,
        location_id.map(kernel::Id::uuid)
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| StockLocation {
            id: row.location_id.into(),
            code: row.code,
            name: row.name,
            priority: row.priority,
            variant_count: row.variant_count,
            created_at: row.created_at.to_jiff(),
        })
        .collect())
}

/// Makes a place.
///
/// # Errors
/// When the database fails; constraint `stock_location_code_key` tells of a code that is taken.
pub async fn insert_location(
    conn: &mut PgConnection,
    location_id: LocationId,
    new: &NewStockLocation,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into catalog.stock_location (location_id, code, name, priority) values ($1, $2, $3, $4)",
        location_id.uuid(),
        new.code,
        new.name.trim(),
        new.priority
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Changes a place. Whether there is one.
///
/// # Errors
/// When the database fails.
pub async fn update_location(
    conn: &mut PgConnection,
    location_id: LocationId,
    patch: &StockLocationPatch,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "update catalog.stock_location set name = coalesce($2, name), priority = coalesce($3, priority) where location_id = $1",
        location_id.uuid(),
        patch.name.as_deref().map(str::trim),
        patch.priority
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Removes a place that never held anything and is not the only one. Whether it is gone.
///
/// # Errors
/// When the database fails; constraint `stock_level_location_id_fkey` tells of a place that is in use.
pub async fn delete_location(
    conn: &mut PgConnection,
    location_id: LocationId,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "delete from catalog.stock_location o
          where o.location_id = $1 and exists (select 1 from catalog.stock_location x where x.location_id <> $1)",
        location_id.uuid()
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// How units are chosen where several places have enough.
///
/// # Errors
/// When the database cannot be asked.
pub async fn get_strategy(conn: &mut PgConnection) -> Result<Strategy, sqlx::Error> {
    let strategy = sqlx::query_scalar!("select strategy from catalog.stock_setting")
        .fetch_one(conn)
        .await?;
    Ok(Strategy::from_stored(&strategy))
}

/// Sets how units are chosen.
///
/// # Errors
/// When the database fails.
pub async fn update_strategy(
    conn: &mut PgConnection,
    strategy: Strategy,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update catalog.stock_setting set strategy = $1, updated_at = now()",
        strategy.as_str()
    )
    .execute(conn)
    .await
    .map(drop)
}
