//! The timeline of an order, the events that go with it, and its state. The caller holds the order.

use contract_orders::OrderState;
use kernel::{OrderId, UserId};
use serde_json::Value;
use sqlx::PgConnection;

/// Who does something, as the timeline names them.
#[derive(Debug, Clone, Copy)]
pub struct Who {
    /// `staff`, `customer`, `guest` or `system`.
    pub kind: &'static str,
    /// Their account.
    pub id: Option<UserId>,
}

/// Writes a step and tells its consumers; `detail` is both.
///
/// # Errors
/// When the database fails.
pub async fn insert_step(
    conn: &mut PgConnection,
    order_id: OrderId,
    kind: &str,
    who: Who,
    reason: Option<&str>,
    detail: &Value,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "select orders.tell_v1($1, $2, $3, $4, $5, $6)",
        order_id.uuid(),
        kind,
        reason,
        who.kind,
        who.id.map(kernel::Id::uuid),
        detail
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Moves the order's state, where that is permitted; writes the step and tells its consumers.
///
/// # Errors
/// When the database fails.
pub async fn update_state(
    conn: &mut PgConnection,
    order_id: OrderId,
    to: OrderState,
    kind: &str,
    who: Who,
    reason: Option<&str>,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select orders.change_state_v1($1, $2, $3, $4, $5, $6) as "moved!""#,
        order_id.uuid(),
        to.as_str(),
        kind,
        reason,
        who.kind,
        who.id.map(kernel::Id::uuid)
    )
    .fetch_one(conn)
    .await
}
