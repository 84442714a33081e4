//! Table `checkout.dispute`.

use kernel::{AttemptId, Money};
use sqlx::PgConnection;

use crate::provider::objects::Dispute;
use crate::store::attempts::Attempt;

/// Where a dispute stands, if it is known.
pub async fn find_state(
    conn: &mut PgConnection,
    provider_ref: &str,
) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "select state from checkout.dispute where provider_ref = $1",
        provider_ref
    )
    .fetch_optional(conn)
    .await
}

/// Writes a dispute. The caller holds the attempt.
pub async fn upsert(
    conn: &mut PgConnection,
    attempt: &Attempt,
    dispute: &Dispute,
    amount: Money,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into checkout.dispute (provider_ref, attempt_id, order_id, amount_minor, currency, reason, state)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (provider_ref) do update
            set amount_minor = excluded.amount_minor, reason = excluded.reason, state = excluded.state, updated_at = now()",
        dispute.id,
        attempt.attempt_id.uuid(),
        attempt.order_id.uuid(),
        amount.minor(),
        amount.currency().code(),
        dispute.reason,
        dispute.status
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Whether a payment is disputed: the bank has not decided for the shop.
pub async fn is_disputed(
    conn: &mut PgConnection,
    attempt_id: AttemptId,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select exists (select 1 from checkout.dispute
                           where attempt_id = $1 and state not in ('won', 'warning_closed', 'prevented')) as "disputed!""#,
        attempt_id.uuid()
    )
    .fetch_one(conn)
    .await
}
