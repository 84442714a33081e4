//! Comparing the counters of stock with the ledger and the reservations.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;

use crate::domain::stock_audit::{StockAudit, StockDifference};

/// Takes the lock of the one instance that compares, until the end of the transaction. Whether it was free.
///
/// # Errors
/// When the database fails.
pub async fn try_lock(conn: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select pg_try_advisory_xact_lock(hashtextextended('catalog.stock_audit', 0)) as "free!""#
    )
    .fetch_one(conn)
    .await
}

/// The first `limit` differences, as one statement sees them: work in progress is not half seen.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list_differences(
    conn: &mut PgConnection,
    limit: i64,
) -> Result<Vec<StockDifference>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"with ledger as (
             select m.variant_id, m.location_id, m.slot, sum(m.on_hand_delta) as on_hand, sum(m.reserved_delta) as reserved,
                    sum(m.allocated_delta) as allocated
               from catalog.stock_movement m group by m.variant_id, m.location_id, m.slot
           ), held as (
             select x.variant_id, x.location_id, x.slot,
                    sum(x.quantity) filter (where r.state = 'held') as reserved,
                    sum(x.quantity - x.shipped - x.released) filter (where r.state = 'allocated') as allocated
               from catalog.reservation_line x join catalog.reservation r on r.checkout_id = x.checkout_id
              group by x.variant_id, x.location_id, x.slot
           )
           select d.rule as "rule!", l.variant_id, l.location_id, l.slot, d.expected as "expected!", d.found as "found!"
             from catalog.stock_level l
             left join ledger g on g.variant_id = l.variant_id and g.location_id = l.location_id and g.slot = l.slot
             left join held h on h.variant_id = l.variant_id and h.location_id = l.location_id and h.slot = l.slot
            cross join lateral (values
                  ('on_hand_ledger', coalesce(g.on_hand, 0), l.on_hand::bigint),
                  ('reserved_ledger', coalesce(g.reserved, 0), l.reserved::bigint),
                  ('allocated_ledger', coalesce(g.allocated, 0), l.allocated::bigint),
                  ('reserved_holds', coalesce(h.reserved, 0), l.reserved::bigint),
                  ('allocated_orders', coalesce(h.allocated, 0), l.allocated::bigint)) d (rule, expected, found)
            where d.expected <> d.found
            order by l.variant_id, l.location_id, l.slot, d.rule
            limit $1"#,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| StockDifference {
            rule: row.rule,
            variant_id: row.variant_id.into(),
            location_id: row.location_id.into(),
            slot: row.slot,
            expected: row.expected,
            found: row.found,
        })
        .collect())
}

/// Levels that there are.
///
/// # Errors
/// When the database cannot be asked.
pub async fn count_levels(conn: &mut PgConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(r#"select count(*) as "count!" from catalog.stock_level"#)
        .fetch_one(conn)
        .await
}

/// Writes down what a comparison found.
///
/// # Errors
/// When the database fails.
pub async fn insert_audit(conn: &mut PgConnection, audit: &StockAudit) -> Result<i64, sqlx::Error> {
    let rows: Vec<serde_json::Value> = audit
        .found
        .iter()
        .map(|difference| {
            serde_json::json!({
                "rule": difference.rule, "variant_id": difference.variant_id.uuid(),
                "location_id": difference.location_id.uuid(), "slot": difference.slot,
                "expected": difference.expected, "found": difference.found,
            })
        })
        .collect();
    sqlx::query_scalar!(
        r#"with audit as (
             insert into catalog.stock_audit (cause, levels, differences, started_at, finished_at)
             values ($1, $2, $3, $4, $5) returning stock_audit_id
           ), found as (
             insert into catalog.stock_difference (stock_audit_id, rule, variant_id, location_id, slot, expected, found)
             select a.stock_audit_id, d.rule, d.variant_id, d.location_id, d.slot, d.expected, d.found
               from audit a
              cross join jsonb_to_recordset($6) as d (rule text, variant_id uuid, location_id uuid, slot smallint,
                                                      expected bigint, found bigint)
           )
           select stock_audit_id as "stock_audit_id!" from audit"#,
        audit.cause,
        audit.levels,
        audit.differences,
        audit.started_at.to_sqlx() as _,
        audit.finished_at.to_sqlx() as _,
        serde_json::Value::Array(rows)
    )
    .fetch_one(conn)
    .await
}

/// When the last comparison ended and how many differences it found.
///
/// # Errors
/// When the database cannot be asked.
pub async fn find_last(conn: &mut PgConnection) -> Result<Option<(Timestamp, i64)>, sqlx::Error> {
    let row = sqlx::query!(
        "select finished_at, differences from catalog.stock_audit order by stock_audit_id desc limit 1"
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.finished_at.to_jiff(), row.differences)))
}

/// Comparisons, the newest first, each with its first `shown` differences.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list_audits(
    conn: &mut PgConnection,
    before: Option<i64>,
    limit: i64,
    shown: i64,
) -> Result<Vec<StockAudit>, sqlx::Error> {
    let rows = sqlx::query!(
        "select stock_audit_id, cause, levels, differences, started_at, finished_at from catalog.stock_audit
          where $1::bigint is null or stock_audit_id < $1 order by stock_audit_id desc limit $2",
        before,
        limit
    )
    .fetch_all(&mut *conn)
    .await?;
    let ids: Vec<i64> = rows
        .iter()
        .filter(|row| row.differences > 0)
        .map(|row| row.stock_audit_id)
        .collect();
    let found = sqlx::query!(
        r#"select d.stock_audit_id, d.rule, d.variant_id, d.location_id, d.slot, d.expected, d.found
             from unnest($1::bigint[]) as a (id)
            cross join lateral (select * from catalog.stock_difference x where x.stock_audit_id = a.id
                                 order by x.variant_id, x.location_id, x.slot, x.rule limit $2) d"#,
        &ids,
        shown
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| StockAudit {
            id: row.stock_audit_id,
            cause: row.cause,
            levels: row.levels,
            differences: row.differences,
            started_at: row.started_at.to_jiff(),
            finished_at: row.finished_at.to_jiff(),
            found: found
                .iter()
                .filter(|difference| difference.stock_audit_id == row.stock_audit_id)
                .map(|difference| StockDifference {
                    rule: difference.rule.clone(),
                    variant_id: difference.variant_id.into(),
                    location_id: difference.location_id.into(),
                    slot: difference.slot,
                    expected: difference.expected,
                    found: difference.found,
                })
                .collect(),
        })
        .collect())
}

/// Lets the statements of this transaction take their time: the ledger is long.
///
/// # Errors
/// When the database fails.
pub async fn lift_timeout(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!("select set_config('statement_timeout', '30min', true) as applied")
        .fetch_one(conn)
        .await
        .map(drop)
}
