//! Forgetting: what is old, and texts that hardly anybody searched for.

use std::time::Duration;

use common::db::Db;
use common::jobs::Jobs;
use jiff::{SignedDuration, Timestamp};
use kernel::SharedClock;

use super::settings::SignalSettings;
use crate::merchandising::manage::IDEMPOTENCY;
use crate::store::{popularity, signals};

/// How often it is looked for what may be forgotten.
const INTERVAL: Duration = Duration::from_hours(1);
/// Rows deleted at a time.
const BATCH: i64 = 5_000;
/// Days after which a text is forgotten that was searched less often than it must be to be shown.
const RARE_DAYS: i32 = 7;

/// Forgets until the process stops.
pub fn run(db: &Db, clock: &SharedClock, settings: &SignalSettings, jobs: &Jobs) {
    let (db, clock, settings) = (db.clone(), clock.clone(), settings.clone());
    jobs.every("forget signals", INTERVAL, move || {
        let (db, clock, settings) = (db.clone(), clock.clone(), settings.clone());
        async move {
            let forgotten = tidy(&db, clock.now(), &settings).await?;
            if forgotten > 0 {
                tracing::info!(forgotten, "old counts and rare texts were deleted");
            }
            Ok(())
        }
    });
}

/// Deletes what is to be forgotten, unless another instance does, or did so lately. How many rows.
///
/// # Errors
/// When the database fails. What was deleted stays so.
pub async fn tidy(db: &Db, now: Timestamp, settings: &SignalSettings) -> anyhow::Result<u64> {
    let mut tx = db.begin().await?;
    let pause = SignedDuration::from_mins(54);
    if !popularity::begin_run(&mut tx, "tidy", now, now.saturating_sub(pause)?).await? {
        return Ok(0);
    }
    IDEMPOTENCY.delete_expired(&mut tx, now, BATCH).await?;
    tx.commit().await?;
    let mut forgotten = 0_u64;
    loop {
        let mut conn = db.write().await?;
        let kept_days = i32::from(settings.kept_days);
        let least = i64::from(settings.searches_min);
        let old = signals::delete_old(&mut conn, now, kept_days, BATCH).await?;
        let rare = signals::delete_rare(&mut conn, now, RARE_DAYS, least, BATCH).await?;
        forgotten = forgotten.saturating_add(old).saturating_add(rare);
        if old == 0 && rare == 0 {
            return Ok(forgotten);
        }
    }
}
