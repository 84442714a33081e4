//! Forgets idempotency keys whose answers need not be kept any more.

use common::idempotency::Idempotency;

use crate::state::AppState;

const KEYS: Idempotency = Idempotency::new("catalog");

/// Deletes expired keys, a batch per statement.
///
/// # Errors
/// When the database fails.
pub async fn run(state: &AppState, batch: i64) -> anyhow::Result<()> {
    let now = state.clock.now();
    let mut conn = state.db.write().await?;
    let limit = u64::try_from(batch).unwrap_or(u64::MAX);
    while KEYS.delete_expired(&mut conn, now, batch).await? >= limit {}
    Ok(())
}
