//! Events as they are told, and the deliveries that they begin with.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use kernel::{EventId, OrderId};
use serde_json::Value;
use sqlx::PgConnection;

/// Locks the numbers of an order until the transaction ends. The last number given.
pub(in crate::webhooks) async fn lock_counter(
    conn: &mut PgConnection,
    order_id: OrderId,
) -> Result<i32, sqlx::Error> {
    sqlx::query_scalar!(
        "insert into orders.webhook_counter as c (order_id) values ($1)
         on conflict (order_id) do update set last_seq = c.last_seq
         returning last_seq",
        order_id.uuid()
    )
    .fetch_one(conn)
    .await
}

pub(in crate::webhooks) async fn update_counter(
    conn: &mut PgConnection,
    order_id: OrderId,
    last_seq: i32,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update orders.webhook_counter set last_seq = $2 where order_id = $1",
        order_id.uuid(),
        last_seq
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::webhooks) async fn exists(
    conn: &mut PgConnection,
    id: EventId,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select exists (select from orders.webhook_event where event_id = $1) as "exists!""#,
        id.uuid()
    )
    .fetch_one(conn)
    .await
}

/// An event to be kept.
#[derive(Debug, Clone)]
pub(in crate::webhooks) struct NewEvent<'a> {
    pub(in crate::webhooks) id: EventId,
    /// The order and the number among its events; none for a test.
    pub(in crate::webhooks) place: Option<(OrderId, i32)>,
    pub(in crate::webhooks) kind: &'a str,
    pub(in crate::webhooks) data: &'a Value,
    pub(in crate::webhooks) occurred_at: Timestamp,
}

pub(in crate::webhooks) async fn insert(
    conn: &mut PgConnection,
    new: &NewEvent<'_>,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into orders.webhook_event (event_id, order_id, seq, kind, data, occurred_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        new.id.uuid(),
        new.place.map(|(order_id, _)| order_id.uuid()),
        new.place.map(|(_, seq)| seq),
        new.kind,
        new.data,
        new.occurred_at.to_sqlx() as _,
        now.to_sqlx() as _
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Deletes up to `limit` events from before `before` that nobody waits for any more. How many it were.
pub(in crate::webhooks) async fn delete_old(
    conn: &mut PgConnection,
    before: Timestamp,
    limit: i64,
) -> Result<u64, sqlx::Error> {
    let done = sqlx::query!(
        "delete from orders.webhook_event where event_id in (
           select v.event_id from orders.webhook_event v
            where v.created_at < $1
              and not exists (select from orders.webhook_delivery d join orders.webhook_endpoint e using (endpoint_id)
                               where d.event_id = v.event_id and d.state in ('pending', 'failed') and e.state = 'active')
            order by v.created_at limit $2)",
        before.to_sqlx() as _,
        limit
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
