//! Reports of the provider.

use futures::StreamExt as _;

use super::CLAIM;
use crate::error::Error;
use crate::ops::report;
use crate::state::{AppState, after};
use crate::store::inbox;

/// How many reports are worked on side by side.
const PARALLEL_MAX: usize = 8;

/// Works on the reports that wait. How many it were.
///
/// # Errors
/// When they could not be claimed. A report that fails is logged and comes back.
pub async fn work_inbox(state: &AppState) -> Result<usize, Error> {
    let now = state.now();
    let mut conn = state.db.write().await?;
    let batch = state.settings.jobs.inbox_batch;
    let events = inbox::claim(&mut conn, now, after(now, CLAIM), batch).await?;
    drop(conn);
    let count = events.len();
    futures::stream::iter(events)
        .for_each_concurrent(PARALLEL_MAX, |event| async move {
            if let Err(error) = report::work(state, &event).await {
                tracing::warn!(
                    event.id = event.event_id, kind = event.kind, error = %error, "a report could not be worked on"
                );
            }
        })
        .await;
    Ok(count)
}
