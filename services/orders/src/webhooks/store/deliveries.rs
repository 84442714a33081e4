//! Deliveries as staff see and move them.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use kernel::{DeliveryId, EndpointId, EventId, OrderId};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::webhooks::view::{Delivery, DeliveryState, EndpointState};

/// Behind which delivery a page begins: its moment and id.
pub(in crate::webhooks) type After = (Timestamp, Uuid);

/// Which deliveries of an endpoint.
#[derive(Debug, Clone, Default)]
pub(in crate::webhooks) struct Filter {
    pub(in crate::webhooks) state: Option<DeliveryState>,
    pub(in crate::webhooks) kind: Option<String>,
    pub(in crate::webhooks) order_id: Option<OrderId>,
}

struct DeliveryRow {
    delivery_id: Uuid,
    endpoint_id: Uuid,
    endpoint_state: String,
    event_id: Uuid,
    kind: String,
    order_id: Option<Uuid>,
    seq: Option<i32>,
    state: String,
    attempts: i32,
    next_at: jiff_sqlx::Timestamp,
    last_status: Option<i32>,
    last_error: Option<String>,
    last_latency_ms: Option<i32>,
    delivered_at: Option<jiff_sqlx::Timestamp>,
    occurred_at: jiff_sqlx::Timestamp,
    created_at: jiff_sqlx::Timestamp,
}

impl DeliveryRow {
    fn view(self) -> Result<Delivery, sqlx::Error> {
        let state = DeliveryState::from_stored(&self.state)?;
        let active = EndpointState::from_stored(&self.endpoint_state)? == EndpointState::Active;
        let open = matches!(state, DeliveryState::Pending | DeliveryState::Failed);
        Ok(Delivery {
            id: DeliveryId::from(self.delivery_id),
            endpoint_id: EndpointId::from(self.endpoint_id),
            event_id: EventId::from(self.event_id),
            kind: self.kind,
            order_id: self.order_id.map(OrderId::from),
            sequence: self.seq,
            state,
            attempts: self.attempts,
            next_at: (open && active).then(|| self.next_at.to_jiff()),
            last_status: self.last_status,
            last_error: self.last_error,
            last_latency_ms: self.last_latency_ms,
            delivered_at: self.delivered_at.map(jiff_sqlx::Timestamp::to_jiff),
            occurred_at: self.occurred_at.to_jiff(),
            created_at: self.created_at.to_jiff(),
        })
    }
}

/// Plans an event for every active endpoint that wants its kind; not before what goes first. The caller holds the numbers
/// of the order.
pub(in crate::webhooks) async fn insert_for_all(
    conn: &mut PgConnection,
    event_id: EventId,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into orders.webhook_delivery (delivery_id, endpoint_id, event_id, order_id, seq, next_at, created_at)
         select gen_random_uuid(), e.endpoint_id, v.event_id, v.order_id, v.seq,
                greatest($2, (select max(p.next_at) from orders.webhook_delivery p
                               where p.endpoint_id = e.endpoint_id and p.order_id = v.order_id and p.seq < v.seq
                                 and p.state in ('pending', 'failed'))), $2
           from orders.webhook_event v
           join orders.webhook_endpoint e on e.state = 'active' and (e.kinds = '{}' or v.kind = any (e.kinds))
          where v.event_id = $1
         on conflict (endpoint_id, event_id) do nothing",
        event_id.uuid(),
        now.to_sqlx() as _
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Plans an event for one endpoint, not before `next_at`.
pub(in crate::webhooks) async fn insert_one(
    conn: &mut PgConnection,
    id: DeliveryId,
    endpoint_id: EndpointId,
    event_id: EventId,
    next_at: Timestamp,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into orders.webhook_delivery (delivery_id, endpoint_id, event_id, order_id, seq, next_at, created_at)
         select $1, $2, v.event_id, v.order_id, v.seq, $4, $5 from orders.webhook_event v where v.event_id = $3",
        id.uuid(),
        endpoint_id.uuid(),
        event_id.uuid(),
        next_at.to_sqlx() as _,
        now.to_sqlx() as _
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Begins a delivery anew. False if it waits or runs already.
pub(in crate::webhooks) async fn update_begun_anew(
    conn: &mut PgConnection,
    id: DeliveryId,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "update orders.webhook_delivery
            set state = 'pending', tries = 0, next_at = $2, delivered_at = null
          where delivery_id = $1 and state <> 'pending'",
        id.uuid(),
        now.to_sqlx() as _
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Plans every event since a moment that the endpoint wants: those that it never got, those that were given up or wait
/// for another try, and with `delivered` those that it took. How many.
pub(in crate::webhooks) async fn upsert_since(
    conn: &mut PgConnection,
    endpoint_id: EndpointId,
    since: Timestamp,
    delivered: bool,
    now: Timestamp,
) -> Result<i64, sqlx::Error> {
    let done = sqlx::query!(
        "insert into orders.webhook_delivery as d (delivery_id, endpoint_id, event_id, order_id, seq, next_at, created_at)
         select gen_random_uuid(), e.endpoint_id, v.event_id, v.order_id, v.seq, $4, $4
           from orders.webhook_event v
           join orders.webhook_endpoint e on e.endpoint_id = $1 and (e.kinds = '{}' or v.kind = any (e.kinds))
          where v.occurred_at >= $2 and v.order_id is not null
          order by v.order_id, v.seq
         on conflict (endpoint_id, event_id) do update
            set state = 'pending', tries = 0, next_at = $4, delivered_at = null
          where d.state in ('dead', 'failed') or ($3 and d.state = 'delivered')",
        endpoint_id.uuid(),
        since.to_sqlx() as _,
        delivered,
        now.to_sqlx() as _
    )
    .execute(conn)
    .await?;
    Ok(i64::try_from(done.rows_affected()).unwrap_or(i64::MAX))
}

/// A delivery of an endpoint, with the data of its event.
pub(in crate::webhooks) async fn find(
    conn: &mut PgConnection,
    endpoint_id: EndpointId,
    id: DeliveryId,
) -> Result<Option<(Delivery, Value)>, sqlx::Error> {
    let found = sqlx::query_as!(
        DeliveryRow,
        r#"select d.delivery_id, d.endpoint_id, e.state as endpoint_state, d.event_id, v.kind, d.order_id, d.seq, d.state,
                  d.attempts, d.next_at, d.last_status, d.last_error, d.last_latency_ms,
                  d.delivered_at,
                  v.occurred_at, d.created_at
             from orders.webhook_delivery d
             join orders.webhook_endpoint e on e.endpoint_id = d.endpoint_id
             join orders.webhook_event v on v.event_id = d.event_id
            where d.endpoint_id = $1 and d.delivery_id = $2"#,
        endpoint_id.uuid(),
        id.uuid()
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = found else {
        return Ok(None);
    };
    let delivery = row.view()?;
    let data = find_data(conn, delivery.event_id).await?;
    Ok(Some((delivery, data)))
}

async fn find_data(conn: &mut PgConnection, id: EventId) -> Result<Value, sqlx::Error> {
    sqlx::query_scalar!(
        "select data from orders.webhook_event where event_id = $1",
        id.uuid()
    )
    .fetch_one(conn)
    .await
}

/// Newest first.
pub(in crate::webhooks) async fn list(
    conn: &mut PgConnection,
    endpoint_id: EndpointId,
    filter: &Filter,
    after: Option<After>,
    limit: i64,
) -> Result<Vec<Delivery>, sqlx::Error> {
    sqlx::query_as!(
        DeliveryRow,
        r#"select d.delivery_id, d.endpoint_id, e.state as endpoint_state, d.event_id, v.kind, d.order_id, d.seq, d.state,
                  d.attempts, d.next_at, d.last_status, d.last_error, d.last_latency_ms,
                  d.delivered_at,
                  v.occurred_at, d.created_at
             from orders.webhook_delivery d
             join orders.webhook_endpoint e on e.endpoint_id = d.endpoint_id
             join orders.webhook_event v on v.event_id = d.event_id
            where d.endpoint_id = $1 and ($2::text is null or d.state = $2) and ($3::text is null or v.kind = $3)
              and ($4::uuid is null or d.order_id = $4)
              and ($5::timestamptz is null or (d.created_at, d.delivery_id) < ($5, $6))
            order by d.created_at desc, d.delivery_id desc
            limit $7"#,
        endpoint_id.uuid(),
        filter.state.map(DeliveryState::as_str),
        filter.kind,
        filter.order_id.map(kernel::Id::uuid),
        after.map(|(at, _)| at.to_sqlx()) as _,
        after.map(|(_, id)| id),
        limit
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(DeliveryRow::view)
    .collect()
}
