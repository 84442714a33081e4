//! Forgets old events with their deliveries, and secrets that sign no more.

use std::time::Duration;

use common::jobs::Jobs;

use super::Webhooks;
use super::store::{endpoints, events};

/// The pause between two looks.
const INTERVAL: Duration = Duration::from_hours(1);
/// How many events go in one statement.
const BATCH: i64 = 500;

/// Cleans up until the process stops.
pub fn run(webhooks: Webhooks, jobs: &Jobs) {
    jobs.every("webhook cleaner", INTERVAL, move || {
        let webhooks = webhooks.clone();
        async move { clean(&webhooks).await.map(drop) }
    });
}

/// Deletes what is older than the settings say and waits for nobody. How many events it were.
///
/// # Errors
/// When the database fails.
pub async fn clean(webhooks: &Webhooks) -> anyhow::Result<u64> {
    let now = webhooks.clock.now();
    let before = now.saturating_sub(webhooks.settings.keep())?;
    let mut deleted = 0_u64;
    let mut conn = webhooks.db.write().await?;
    endpoints::delete_expired_secrets(&mut conn, now).await?;
    loop {
        let done = events::delete_old(&mut conn, before, BATCH).await?;
        deleted = deleted.saturating_add(done);
        if done == 0 {
            return Ok(deleted);
        }
    }
}
