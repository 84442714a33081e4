//! What nobody needs any more: abandoned checkouts, and answers that need not be kept.

use crate::error::Error;
use crate::state::{AppState, IDEMPOTENCY};
use crate::store::checkouts;

/// Clears one batch of each.
///
/// # Errors
/// When the database fails.
pub async fn clear(state: &AppState) -> Result<(), Error> {
    let now = state.now();
    let batch = state.settings.jobs.expire_batch;
    let mut conn = state.db.write().await?;
    let expired = checkouts::update_expired(&mut conn, now, batch).await?;
    metrics::counter!("techmart_checkout_expired_total").increment(expired);
    let keys = IDEMPOTENCY.delete_expired(&mut conn, now, batch).await?;
    if expired > 0 || keys > 0 {
        tracing::info!(expired, keys, "cleared");
    }
    Ok(())
}
