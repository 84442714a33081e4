//! What the dispatcher takes and what it leaves behind.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use kernel::{DeliveryId, EndpointId, EventId, OrderId};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::webhooks::client::Outcome;
use crate::webhooks::view::{Attempt, DeliveryState};

/// A delivery that is ours until its lease ends.
#[derive(Debug, Clone)]
pub(in crate::webhooks) struct Claimed {
    pub(in crate::webhooks) delivery_id: DeliveryId,
    pub(in crate::webhooks) endpoint_id: EndpointId,
    /// The number of this attempt; also tells whether the lease still holds.
    pub(in crate::webhooks) attempt: i32,
    /// The number since the delivery was last begun.
    pub(in crate::webhooks) tries: i32,
    pub(in crate::webhooks) url: String,
    pub(in crate::webhooks) event_id: EventId,
    /// None for a test.
    pub(in crate::webhooks) order_id: Option<OrderId>,
    pub(in crate::webhooks) kind: String,
    pub(in crate::webhooks) seq: Option<i32>,
    pub(in crate::webhooks) data: Value,
    pub(in crate::webhooks) occurred_at: Timestamp,
}

struct ClaimedRow {
    delivery_id: Uuid,
    endpoint_id: Uuid,
    attempts: i32,
    tries: i32,
    url: String,
    event_id: Uuid,
    order_id: Option<Uuid>,
    kind: String,
    seq: Option<i32>,
    data: Value,
    occurred_at: jiff_sqlx::Timestamp,
}

impl From<ClaimedRow> for Claimed {
    fn from(row: ClaimedRow) -> Self {
        Self {
            delivery_id: DeliveryId::from(row.delivery_id),
            endpoint_id: EndpointId::from(row.endpoint_id),
            attempt: row.attempts,
            tries: row.tries,
            url: row.url,
            event_id: EventId::from(row.event_id),
            order_id: row.order_id.map(OrderId::from),
            kind: row.kind,
            seq: row.seq,
            data: row.data,
            occurred_at: row.occurred_at.to_jiff(),
        }
    }
}

/// Takes up to `limit` deliveries that are due until `until`, at most `per_endpoint` of one endpoint and none of `busy`
/// ones. Of each order only the first open one counts.
pub(in crate::webhooks) async fn claim(
    conn: &mut PgConnection,
    now: Timestamp,
    until: Timestamp,
    limit: i64,
    per_endpoint: i64,
    busy: &[Uuid],
) -> Result<Vec<Claimed>, sqlx::Error> {
    let rows = sqlx::query_as!(
        ClaimedRow,
        r#"with due as (
             select x.delivery_id
               from orders.webhook_endpoint e
              cross join lateral (
                    select d.delivery_id, d.next_at
                      from orders.webhook_delivery d
                     where d.endpoint_id = e.endpoint_id and d.state in ('pending', 'failed') and d.next_at <= $1
                       and not exists (select from orders.webhook_delivery p
                                        where p.endpoint_id = d.endpoint_id and p.order_id = d.order_id and p.seq < d.seq
                                          and p.state in ('pending', 'failed'))
                     order by d.next_at
                     limit $4
                       for update of d skip locked) x
              where e.state = 'active' and not (e.endpoint_id = any ($5))
              order by x.next_at
              limit $3
           ), taken as (
             update orders.webhook_delivery d
                set attempts = d.attempts + 1, tries = d.tries + 1, next_at = $2
               from due where d.delivery_id = due.delivery_id
             returning d.delivery_id, d.endpoint_id, d.event_id, d.attempts, d.tries
           )
           select t.delivery_id, t.endpoint_id, t.attempts, t.tries, e.url, t.event_id, v.order_id, v.kind, v.seq, v.data,
                  v.occurred_at
             from taken t
             join orders.webhook_endpoint e on e.endpoint_id = t.endpoint_id
             join orders.webhook_event v on v.event_id = t.event_id"#,
        now.to_sqlx() as _,
        until.to_sqlx() as _,
        limit,
        per_endpoint,
        busy
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Claimed::from).collect())
}

/// Takes one delivery, due or not. None if it is gone or not open.
pub(in crate::webhooks) async fn claim_one(
    conn: &mut PgConnection,
    id: DeliveryId,
    until: Timestamp,
) -> Result<Option<Claimed>, sqlx::Error> {
    let row = sqlx::query_as!(
        ClaimedRow,
        r#"with taken as (
             update orders.webhook_delivery d
                set attempts = d.attempts + 1, tries = d.tries + 1, next_at = $2
              where d.delivery_id = $1 and d.state in ('pending', 'failed')
             returning d.delivery_id, d.endpoint_id, d.event_id, d.attempts, d.tries
           )
           select t.delivery_id, t.endpoint_id, t.attempts, t.tries, e.url, t.event_id, v.order_id, v.kind, v.seq, v.data,
                  v.occurred_at
             from taken t
             join orders.webhook_endpoint e on e.endpoint_id = t.endpoint_id
             join orders.webhook_event v on v.event_id = t.event_id"#,
        id.uuid(),
        until.to_sqlx() as _
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Claimed::from))
}

/// Writes what came of an attempt: the delivery's new state and when it goes on. False if the lease was lost: then
/// somebody else answers for the delivery.
pub(in crate::webhooks) async fn update_outcome(
    conn: &mut PgConnection,
    claimed: &Claimed,
    outcome: &Outcome,
    state: DeliveryState,
    next_at: Timestamp,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "update orders.webhook_delivery
            set state = $3, next_at = $4, last_status = $5, last_error = $6, last_latency_ms = $7,
                delivered_at = case when $3 = 'delivered' then $8::timestamptz end
          where delivery_id = $1 and attempts = $2 and state in ('pending', 'failed')",
        claimed.delivery_id.uuid(),
        claimed.attempt,
        state.as_str(),
        next_at.to_sqlx() as _,
        outcome.status.map(i32::from),
        outcome.error,
        latency_ms(outcome),
        now.to_sqlx() as _
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Lets the later events of the order wait until the claimed one is tried again, or with `None` go on: so that the
/// dispatcher need not look at what waits for something else. The caller holds the numbers of the order.
pub(in crate::webhooks) async fn update_followers(
    conn: &mut PgConnection,
    claimed: &Claimed,
    wait_until: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update orders.webhook_delivery f
            set next_at = coalesce($2::timestamptz, $3)
           from orders.webhook_delivery d
          where d.delivery_id = $1 and f.endpoint_id = d.endpoint_id and f.order_id = d.order_id and f.seq > d.seq
            and f.state = 'pending' and f.tries = 0",
        claimed.delivery_id.uuid(),
        wait_until.map(jiff::Timestamp::to_sqlx) as _,
        now.to_sqlx() as _
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds an attempt to the log of its delivery.
pub(in crate::webhooks) async fn insert(
    conn: &mut PgConnection,
    claimed: &Claimed,
    outcome: &Outcome,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into orders.webhook_attempt (delivery_id, attempt, status, latency_ms, error, response, created_at)
         select d.delivery_id, $2, $3, $4, $5, $6, $7 from orders.webhook_delivery d where d.delivery_id = $1",
        claimed.delivery_id.uuid(),
        claimed.attempt,
        outcome.status.map(i32::from),
        latency_ms(outcome),
        outcome.error,
        outcome.response,
        now.to_sqlx() as _
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The log of a delivery, the first attempt first.
pub(in crate::webhooks) async fn list(
    conn: &mut PgConnection,
    id: DeliveryId,
) -> Result<Vec<Attempt>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select attempt, status, latency_ms, error, response, created_at
             from orders.webhook_attempt where delivery_id = $1 order by attempt"#,
        id.uuid()
    )
    .fetch_all(conn)
    .await?;
    let attempts = rows.into_iter().map(|row| Attempt {
        attempt: row.attempt,
        at: row.created_at.to_jiff(),
        status: row.status,
        latency_ms: row.latency_ms,
        error: row.error,
        response: row.response,
    });
    Ok(attempts.collect())
}

fn latency_ms(outcome: &Outcome) -> i32 {
    i32::try_from(outcome.latency.as_millis()).unwrap_or(i32::MAX)
}
