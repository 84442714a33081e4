//! What nobody needs any more: abandoned checkouts, and answers that need not be kept.

use jiff::SignedDuration;

use crate::error::Error;
use crate::state::{AppState, IDEMPOTENCY};
use crate::store::{checkout_states, code_guesses, declines};

/// Clears one batch of each.
///
/// # Errors
/// When the database fails.
pub async fn clear(state: &AppState) -> Result<(), Error> {
    let now = state.now();
    let batch = state.settings.jobs.expire_batch;
    let mut conn = state.db.write().await?;
    let expired = checkout_states::update_expired(&mut conn, now, batch).await?;
    metrics::counter!("techmart_checkout_expired_total").increment(expired);
    let keys = IDEMPOTENCY.delete_expired(&mut conn, now, batch).await?;
    let day = SignedDuration::from_hours(24);
    let before = now.saturating_sub(day).unwrap_or(now);
    declines::delete_old(&mut conn, before, batch).await?;
    code_guesses::delete_old(&mut conn, before, batch).await?;
    if expired > 0 || keys > 0 {
        tracing::info!(expired, keys, "cleared");
    }
    Ok(())
}
