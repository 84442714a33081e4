//! Gives expired holds back, so that stock does not stay away with checkouts that nobody finishes.

use crate::state::AppState;
use crate::store;

/// Gives back all holds that have expired by now, a batch per transaction. How many there were.
///
/// # Errors
/// When the database fails; what was given back until then stays so.
pub async fn run(state: &AppState, batch: i32) -> anyhow::Result<i32> {
    let now = state.clock.now();
    let mut all = 0;
    loop {
        let mut conn = state.db.write().await?;
        let swept = store::stock::sweep_reservations(&mut conn, now, batch).await?;
        all += swept;
        if swept < batch {
            break;
        }
    }
    if all > 0 {
        metrics::counter!("techmart_catalog_reservations_expired_total")
            .increment(u64::try_from(all).unwrap_or(0));
        tracing::info!(reservations = all, "expired reservations given back");
    }
    Ok(all)
}
