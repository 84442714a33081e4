//! Payments without an answer: the provider is asked, ever more rarely, until it tells.

use futures::StreamExt as _;
use jiff::SignedDuration;

use super::CLAIM;
use crate::error::Error;
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
        .filter_map(|attempt| attempt.next_poll_at)
        .map(|due| now.duration_since(due))
        .max()
        .unwrap_or(SignedDuration::ZERO);
    metrics::gauge!("techmart_checkout_reconcile_lag_seconds").set(lag.as_secs_f64());
    let count = due.len();
    futures::stream::iter(due)
        .for_each_concurrent(PARALLEL_MAX, |attempt| async move {
            if let Err(error) = resume(state, &attempt).await {
                tracing::warn!(
                    order.id = %attempt.order_id, attempt.id = %attempt.attempt_id, error = %error,
                    "a payment could not be settled"
                );
            }
        })
        .await;
    Ok(count)
}
