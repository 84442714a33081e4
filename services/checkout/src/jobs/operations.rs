//! Movements of money that were asked for.

use futures::StreamExt as _;

use super::CLAIM;
use crate::error::Error;
use crate::ops::operate::operate;
use crate::state::{AppState, after};
use crate::store::operations;

/// How many of them are worked on side by side.
const PARALLEL_MAX: usize = 8;

/// Carries out the movements whose turn it is. How many it were.
///
/// # Errors
/// When they could not be claimed. One that could not be settled is logged and comes back.
pub async fn work_operations(state: &AppState) -> Result<usize, Error> {
    let now = state.now();
    let mut conn = state.db.write().await?;
    let batch = state.settings.jobs.operations_batch;
    let due = operations::claim_due(&mut conn, now, after(now, CLAIM), batch).await?;
    drop(conn);
    let count = due.len();
    futures::stream::iter(due)
        .for_each_concurrent(PARALLEL_MAX, |operation| async move {
            if let Err(error) = operate(state, &operation).await {
                tracing::warn!(
                    order.id = %operation.order_id, operation.id = %operation.operation_id, error = %error,
                    "a movement of money could not be settled"
                );
            }
        })
        .await;
    Ok(count)
}
