//! An order with all its parts in one statement.

use kernel::{OrderId, UserId};
use sqlx::PgConnection;

use crate::domain::record::OrderRecord;

/// An order with its parts. `customer_id` limits it to that customer's.
///
/// # Errors
/// When the database fails.
pub async fn find_record(
    conn: &mut PgConnection,
    order_id: OrderId,
    customer_id: Option<UserId>,
) -> Result<Option<OrderRecord>, sqlx::Error> {
    let found = sqlx::query_scalar!(
        r#"select to_jsonb(o) || jsonb_build_object(
             'lines', (select coalesce(jsonb_agg(to_jsonb(l) || to_jsonb(p) order by l.position), '[]')
                         from orders.order_line l join orders.line_progress p using (line_id) where l.order_id = o.order_id),
             'shipments', (select coalesce(jsonb_agg(to_jsonb(s) || jsonb_build_object('lines',
                              (select jsonb_agg(to_jsonb(x) order by x.line_id) from orders.shipment_line x where x.shipment_id = s.shipment_id)) order by s.seq), '[]')
                             from orders.shipment s where s.order_id = o.order_id),
             'refunds', (select coalesce(jsonb_agg(to_jsonb(r) || jsonb_build_object('lines',
                            (select coalesce(jsonb_agg(to_jsonb(x) order by x.line_id), '[]') from orders.refund_line x where x.refund_id = r.refund_id)) order by r.seq), '[]')
                           from orders.refund r where r.order_id = o.order_id),
             'returns', (select coalesce(jsonb_agg(to_jsonb(q) || jsonb_build_object('lines',
                            (select jsonb_agg(to_jsonb(x) order by x.line_id) from orders.return_line x where x.return_id = q.return_id)) order by q.seq), '[]')
                           from orders.return_request q where q.order_id = o.order_id),
             'claims', (select coalesce(jsonb_agg(to_jsonb(c) || jsonb_build_object('lines',
                           (select jsonb_agg(to_jsonb(x) order by x.line_id) from orders.claim_line x where x.claim_id = c.claim_id)) order by c.seq), '[]')
                          from orders.claim c where c.order_id = o.order_id),
             'notes', (select coalesce(jsonb_agg(to_jsonb(n) order by n.created_at, n.note_id), '[]') from orders.note n where n.order_id = o.order_id),
             'invoices', (select coalesce(jsonb_agg((to_jsonb(i) - 'snapshot') || jsonb_build_object('total_minor', i.snapshot -> 'total_minor')
                                                    order by i.issued_at, i.invoice_id), '[]') from orders.invoice i where i.order_id = o.order_id),
             'timeline', (select coalesce(jsonb_agg(to_jsonb(t) order by t.seq), '[]') from orders.timeline t where t.order_id = o.order_id)
           ) as "record!"
             from orders.sales_order o
            where o.order_id = $1 and ($2::uuid is null or o.customer_id = $2)"#,
        order_id.uuid(),
        customer_id.map(kernel::Id::uuid)
    )
    .fetch_optional(conn)
    .await?;
    found
        .map(serde_json::from_value)
        .transpose()
        .map_err(|error| sqlx::Error::Decode(error.into()))
}

/// Locks an order until the transaction ends. Its version, if it exists.
///
/// # Errors
/// When the database fails.
pub async fn lock_order(
    conn: &mut PgConnection,
    order_id: OrderId,
) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar!(
        "select version from orders.sales_order where order_id = $1 for update",
        order_id.uuid()
    )
    .fetch_optional(conn)
    .await
}

/// Derives where the order stands anew, and raises its version. Every change ends here.
///
/// # Errors
/// When the database fails.
pub async fn refresh_order(conn: &mut PgConnection, order_id: OrderId) -> Result<(), sqlx::Error> {
    sqlx::query_scalar!("select orders.refresh_order_v1($1)", order_id.uuid())
        .fetch_one(conn)
        .await
        .map(drop)
}
