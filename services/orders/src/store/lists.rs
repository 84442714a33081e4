//! Work lists of staff: returns, refunds, and how many orders wait.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use kernel::{Currency, OrderId};
use serde::de::DeserializeOwned;
use sqlx::PgConnection;
use uuid::Uuid;

use super::orders::After;
use crate::domain::admin::AttentionCounts;
use crate::domain::record::{RefundRecord, ReturnRecord};
use crate::domain::states::{RefundState, ReturnState};

/// A part of an order in a list.
#[derive(Debug, Clone)]
pub struct Listed<T> {
    /// The order.
    pub order_id: OrderId,
    /// Its number.
    pub order_number: Option<String>,
    /// Where messages about it go.
    pub email: String,
    /// Its currency.
    pub currency: Currency,
    /// When the part was made.
    pub created_at: Timestamp,
    /// Its id.
    pub id: Uuid,
    /// The part.
    pub item: T,
}

struct Row {
    order_id: Uuid,
    order_number: Option<String>,
    email: String,
    currency: String,
    created_at: jiff_sqlx::Timestamp,
    id: Uuid,
    item: serde_json::Value,
}

impl Row {
    fn read<T: DeserializeOwned>(self) -> Result<Listed<T>, sqlx::Error> {
        let currency = self.currency.parse();
        Ok(Listed {
            order_id: self.order_id.into(),
            order_number: self.order_number,
            email: self.email,
            currency: currency.map_err(|e: kernel::CurrencyError| sqlx::Error::Decode(e.into()))?,
            created_at: self.created_at.to_jiff(),
            id: self.id,
            item: serde_json::from_value(self.item).map_err(|e| sqlx::Error::Decode(e.into()))?,
        })
    }
}

/// Refunds, newest first.
///
/// # Errors
/// When the database fails.
pub async fn list_refunds(
    conn: &mut PgConnection,
    state: Option<RefundState>,
    after: Option<After>,
    limit: i64,
) -> Result<Vec<Listed<RefundRecord>>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"select o.order_id, o.order_number, o.email, o.currency, r.created_at, r.refund_id as id,
                  to_jsonb(r) || jsonb_build_object('lines', (select coalesce(jsonb_agg(to_jsonb(x) order by x.line_id), '[]')
                    from orders.refund_line x where x.refund_id = r.refund_id)) as "item!"
             from orders.refund r join orders.sales_order o using (order_id)
            where ($1::text is null or r.state = $1)
              and ($2::timestamptz is null or (r.created_at, r.refund_id) < ($2, $3))
            order by r.created_at desc, r.refund_id desc limit $4"#,
        state.map(RefundState::as_str),
        after.map(|(at, _)| at.to_sqlx()) as _,
        after.map(|(_, id)| id),
        limit
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::read).collect()
}

/// Returns, newest first.
///
/// # Errors
/// When the database fails.
pub async fn list_returns(
    conn: &mut PgConnection,
    state: Option<ReturnState>,
    after: Option<After>,
    limit: i64,
) -> Result<Vec<Listed<ReturnRecord>>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"select o.order_id, o.order_number, o.email, o.currency, q.created_at, q.return_id as id,
                  to_jsonb(q) || jsonb_build_object('lines', (select coalesce(jsonb_agg(to_jsonb(x) order by x.line_id), '[]')
                    from orders.return_line x where x.return_id = q.return_id)) as "item!"
             from orders.return_request q join orders.sales_order o using (order_id)
            where ($1::text is null or q.state = $1)
              and ($2::timestamptz is null or (q.created_at, q.return_id) < ($2, $3))
            order by q.created_at desc, q.return_id desc limit $4"#,
        state.map(ReturnState::as_str),
        after.map(|(at, _)| at.to_sqlx()) as _,
        after.map(|(_, id)| id),
        limit
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::read).collect()
}

/// How many orders wait for staff, by reason.
///
/// # Errors
/// When the database fails.
pub async fn count_attention(conn: &mut PgConnection) -> Result<AttentionCounts, sqlx::Error> {
    sqlx::query_as!(
        AttentionCounts,
        r#"select (select count(*) from orders.sales_order o where o.state = 'cancelled' and o.captured_minor > o.refunded_minor) as "refund_due!",
                  (select count(distinct r.order_id) from orders.refund r where r.state = 'failed') as "failed_refund!",
                  (select count(distinct r.order_id) from orders.refund r where r.state = 'awaiting_approval') as "awaiting_approval!",
                  (select count(*) from orders.sales_order o where o.disputed) as "disputed!",
                  (select count(distinct q.order_id) from orders.return_request q where q.state = 'requested') as "return_requested!",
                  (select count(distinct c.order_id) from orders.claim c where c.state = 'open') as "claim_open!",
                  (select count(*) from orders.sales_order o where o.state = 'on_hold') as "on_hold!""#
    )
    .fetch_one(conn)
    .await
}
