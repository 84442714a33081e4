//! Table `checkout.idempotency_key`, beyond what `common::idempotency` does with it.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;

/// The request ended without its final answer: the next one with the same key resumes at once.
pub async fn update_lease_ended(
    conn: &mut PgConnection,
    scope: &str,
    key: &str,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update checkout.idempotency_key set locked_until = least(locked_until, $3)
          where scope = $1 and key = $2 and state = 'in_progress'",
        scope,
        key,
        now.to_sqlx() as _
    )
    .execute(conn)
    .await
    .map(drop)
}
