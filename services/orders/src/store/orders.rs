//! Lists of orders.

use contract_orders::OrderState;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use kernel::UserId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::row::SummaryRow;
use crate::domain::attention::Attention;
use crate::domain::view::OrderSummary;

/// Behind which order a page begins: its moment and id.
pub type After = (Timestamp, Uuid);

/// Which of all orders staff want to see.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// In this state.
    pub state: Option<OrderState>,
    /// With their payment there.
    pub payment_state: Option<&'static str>,
    /// With their delivery there.
    pub fulfilment_state: Option<&'static str>,
    /// With exactly this number or e-mail address.
    pub text: Option<String>,
    /// Begun at this time or later.
    pub from: Option<Timestamp>,
    /// Begun before this time.
    pub to: Option<Timestamp>,
    /// Of this customer.
    pub customer_id: Option<UserId>,
    /// That wait for staff for this reason.
    pub attention: Option<Attention>,
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
              and ($6::text is null or o.payment_state = $6)
              and ($7::text is null or o.fulfilment_state = $7)
              and ($8::timestamptz is null or o.created_at >= $8)
              and ($9::timestamptz is null or o.created_at < $9)
              and ($10::uuid is null or o.customer_id = $10)
              and case $11::text
                    when 'refund_due' then o.state = 'cancelled' and o.captured_minor > o.refunded_minor
                    when 'failed_refund' then exists (select 1 from orders.refund r where r.order_id = o.order_id and r.state = 'failed')
                    when 'awaiting_approval' then exists (select 1 from orders.refund r where r.order_id = o.order_id and r.state = 'awaiting_approval')
                    when 'disputed' then o.disputed
                    when 'return_requested' then exists (select 1 from orders.return_request q where q.order_id = o.order_id and q.state = 'requested')
                    when 'claim_open' then exists (select 1 from orders.claim c where c.order_id = o.order_id and c.state = 'open')
                    when 'on_hold' then o.state = 'on_hold'
                    else true
                  end
            order by o.created_at desc, o.order_id desc
            limit $5"#,
        filter.state.map(OrderState::as_str),
        filter.text,
        after.map(|(at, _)| at.to_sqlx()) as _,
        after.map(|(_, id)| id),
        limit,
        filter.payment_state,
        filter.fulfilment_state,
        filter.from.map(jiff_sqlx::ToSqlx::to_sqlx) as _,
        filter.to.map(jiff_sqlx::ToSqlx::to_sqlx) as _,
        filter.customer_id.map(kernel::Id::uuid),
        filter.attention.map(Attention::as_str)
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(SummaryRow::view)
    .collect()
}
