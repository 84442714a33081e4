//! Payments without an answer: the provider is asked, ever more rarely, until it tells.

use futures::StreamExt as _;
use jiff::SignedDuration;
use kernel::AttemptId;

use super::CLAIM;
use crate::error::Error;
use crate::ops::adopt::adopt;
use crate::ops::resume::resume;
use crate::state::{AppState, after};
use crate::store::attempts;

/// How many payments are looked at side by side.
const PARALLEL_MAX: usize = 8;

/// Looks at the payments whose turn it is. How many it were.
///
/// # Errors
/// When they could not be claimed. A payment that could not be settled is logged and looked at again.
pub async fn reconcile(state: &AppState) -> Result<usize, Error> {
    let now = state.now();
    let mut conn = state.db.write().await?;
    let batch = state.settings.jobs.reconcile_batch;
    let due = attempts::claim_due(&mut conn, now, after(now, CLAIM), batch).await?;
    drop(conn);
    let lag = due
        .iter()
        .map(|due| now.duration_since(due.since))
        .max()
        .unwrap_or(SignedDuration::ZERO);
    metrics::gauge!("techmart_checkout_reconcile_lag_seconds").set(lag.as_secs_f64());
    let count = due.len();
    futures::stream::iter(due)
        .for_each_concurrent(PARALLEL_MAX, |due| async move {
            if let Err(error) = settle(state, due.attempt_id).await {
                tracing::warn!(
                    attempt.id = %due.attempt_id, error = %error, "a payment could not be settled"
                );
            }
        })
        .await;
    Ok(count)
}

async fn settle(state: &AppState, attempt_id: AttemptId) -> Result<(), Error> {
    let mut conn = state.db.write().await?;
    let attempt = attempts::get(&mut conn, attempt_id).await?;
    // No connection is kept while the provider is asked.
    drop(conn);
    if attempt.state.is_paid() {
        return adopt(state, &attempt).await.map(drop);
    }
    resume(state, &attempt).await.map(drop)
}
