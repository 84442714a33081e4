//! Background work.

use std::time::Duration;

use common::jobs::Jobs;

use crate::error::Error;
use crate::ops::manage_coupons::IDEMPOTENCY;
use crate::state::AppState;

/// Starts all jobs.
pub fn start(jobs: &Jobs, state: &AppState) {
    let pause = Duration::from_millis(state.settings.clear_interval_ms);
    let shared = state.clone();
    jobs.every("clear idempotency keys", pause, move || {
        let state = shared.clone();
        async move { Ok(clear_keys(&state).await?) }
    });
}

/// Deletes a batch of answers that need not be kept any more.
///
/// # Errors
/// When the database fails.
pub async fn clear_keys(state: &AppState) -> Result<(), Error> {
    let mut conn = state.db.write().await?;
    let batch = state.settings.clear_batch;
    let now = state.clock.now();
    IDEMPOTENCY.delete_expired(&mut conn, now, batch).await?;
    Ok(())
}
