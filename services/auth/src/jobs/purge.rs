//! Deletes what is over: expired refresh tokens, then sessions without tokens, links to set a new
//! password, and the text of messages that held such a link.

use common::jobs::Jobs;
use jiff::{SignedDuration, Timestamp};

use crate::config::PurgeSettings;
use crate::state::AppState;
use crate::store::{OUTBOX, resets, sessions, tokens};

/// Ended sessions are kept until every service has seen the end and no access token is left.
const ENDED_KEPT: SignedDuration = SignedDuration::from_hours(24);

/// Runs it again and again.
pub fn start(state: AppState, settings: PurgeSettings, jobs: &Jobs) {
    jobs.every("purge", settings.interval(), move || {
        let state = state.clone();
        async move {
            let deleted = purge(&state, settings.batch_size).await?;
            if deleted > 0 {
                tracing::info!(deleted, "expired tokens, sessions and links deleted");
            }
            Ok(())
        }
    });
}

/// Deletes all that is over, in batches. How many rows.
///
/// # Errors
/// When the database cannot be asked.
pub async fn purge(state: &AppState, batch_size: u32) -> anyhow::Result<u64> {
    let now = state.clock.now();
    let before = |span| now.checked_sub(span).unwrap_or(Timestamp::MIN);
    let (grace, age_max) = (state.session.grace(), state.session.age_max());
    let limit = i64::from(batch_size.max(1));
    let full = u64::from(batch_size.max(1));
    let mut conn = state.db.write().await?;
    while tokens::update_unsealed(&mut conn, before(grace), limit).await? == full {}
    let mut deleted = 0;
    loop {
        let batch = tokens::delete_expired(&mut conn, now, limit).await?;
        deleted += batch;
        if batch < full {
            break;
        }
    }
    loop {
        let batch =
            sessions::delete_over(&mut conn, before(age_max), before(ENDED_KEPT), limit).await?;
        deleted += batch;
        if batch < full {
            break;
        }
    }
    loop {
        let batch = resets::delete_expired(&mut conn, now, limit).await?;
        deleted += batch;
        if batch < full {
            break;
        }
    }
    while OUTBOX.erase_expired(&mut conn, now, limit).await? == full {}
    Ok(deleted)
}
