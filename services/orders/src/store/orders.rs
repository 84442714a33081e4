//! Reading orders: one statement each, lines and timeline aggregated.

use contract_orders::OrderState;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use kernel::{OrderId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::row::{OrderRow, SummaryRow};
use crate::domain::view::{Order, OrderSummary};

/// Behind which order a page begins: its moment and id.
pub type After = (Timestamp, Uuid);

/// Which of all orders staff want to see.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// In this state.
    pub state: Option<OrderState>,
    /// With exactly this number or e-mail address.
    pub text: Option<String>,
}

/// An order. `customer_id` limits it to that customer's.
///
/// # Errors
/// When the database fails.
pub async fn find_order(
    conn: &mut PgConnection,
    order_id: OrderId,
    customer_id: Option<UserId>,
) -> Result<Option<Order>, sqlx::Error> {
    sqlx::query_as!(
        OrderRow,
        r#"select o.order_id, o.order_number, o.state, o.payment_state, o.fulfilment_state, o.email, o.currency,
                  o.subtotal_minor, o.discount_minor, o.shipping_minor, o.tax_minor, o.total_minor,
                  o.shipping_address, o.billing_address, o.shipping_method, o.version, o.placed_at, o.created_at,
                  (select coalesce(jsonb_agg(to_jsonb(l) order by l.position), '[]')
                     from orders.order_line l where l.order_id = o.order_id) as "lines!",
                  (select coalesce(jsonb_agg(jsonb_build_object('seq', t.seq, 'kind', t.kind, 'from_state', t.from_state,
                            'to_state', t.to_state, 'at', t.created_at, 'actor', t.actor) order by t.seq), '[]')
                     from orders.timeline t where t.order_id = o.order_id) as "timeline!"
             from orders.sales_order o
            where o.order_id = $1 and ($2::uuid is null or o.customer_id = $2)"#,
        order_id.uuid(),
        customer_id.map(kernel::Id::uuid)
    )
    .fetch_optional(conn)
    .await?
    .map(OrderRow::view)
    .transpose()
}

/// A customer's orders, newest first. Attempts that never were paid and are given up are not orders to a shopper.
///
/// # Errors
/// When the database fails.
pub async fn list_customer_orders(
    conn: &mut PgConnection,
    customer_id: UserId,
    after: Option<After>,
    limit: i64,
) -> Result<Vec<OrderSummary>, sqlx::Error> {
    sqlx::query_as!(
        SummaryRow,
        r#"select o.order_id, o.order_number, o.state, o.payment_state, o.fulfilment_state, o.email, o.currency,
                  o.total_minor, o.placed_at, o.created_at, n.item_count as "item_count!",
                  f.product_id as "product_id?", f.title as "title?", f.art as "art?", f.color as "color?"
             from orders.sales_order o
             cross join lateral (select coalesce(sum(l.quantity), 0) as item_count
                                   from orders.order_line l where l.order_id = o.order_id) n
             left join orders.order_line f on f.order_id = o.order_id and f.position = 0
            where o.customer_id = $1 and (o.placed_at is not null or o.state = 'pending')
              and ($2::timestamptz is null or (o.created_at, o.order_id) < ($2, $3))
            order by o.created_at desc, o.order_id desc
            limit $4"#,
        customer_id.uuid(),
        after.map(|(at, _)| at.to_sqlx()) as _,
        after.map(|(_, id)| id),
        limit
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(SummaryRow::view)
    .collect()
}

/// All orders, newest first.
///
/// # Errors
/// When the database fails.
pub async fn list_orders(
    conn: &mut PgConnection,
    filter: &Filter,
    after: Option<After>,
    limit: i64,
) -> Result<Vec<OrderSummary>, sqlx::Error> {
    sqlx::query_as!(
        SummaryRow,
        r#"select o.order_id, o.order_number, o.state, o.payment_state, o.fulfilment_state, o.email, o.currency,
                  o.total_minor, o.placed_at, o.created_at, n.item_count as "item_count!",
                  f.product_id as "product_id?", f.title as "title?", f.art as "art?", f.color as "color?"
             from orders.sales_order o
             cross join lateral (select coalesce(sum(l.quantity), 0) as item_count
                                   from orders.order_line l where l.order_id = o.order_id) n
             left join orders.order_line f on f.order_id = o.order_id and f.position = 0
            where ($1::text is null or o.state = $1)
              and ($2::text is null or o.order_number = upper($2) or o.email = lower($2))
              and ($3::timestamptz is null or (o.created_at, o.order_id) < ($3, $4))
            order by o.created_at desc, o.order_id desc
            limit $5"#,
        filter.state.map(OrderState::as_str),
        filter.text,
        after.map(|(at, _)| at.to_sqlx()) as _,
        after.map(|(_, id)| id),
        limit
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(SummaryRow::view)
    .collect()
}
