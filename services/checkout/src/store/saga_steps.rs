//! Table `checkout.saga_step`: what was done, in order. Written in the transaction of each step, never changed.

use kernel::CheckoutId;
use serde_json::Value;
use sqlx::PgConnection;

/// Notes a step.
pub async fn insert(
    conn: &mut PgConnection,
    checkout_id: CheckoutId,
    step: &str,
    detail: &Value,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into checkout.saga_step (checkout_id, step, detail) values ($1, $2, $3)",
        checkout_id.uuid(),
        step,
        detail
    )
    .execute(conn)
    .await
    .map(drop)
}
