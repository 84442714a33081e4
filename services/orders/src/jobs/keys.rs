//! Clears answers that need not be kept any more.

use std::time::Duration;

use common::db::Db;
use common::jobs::Jobs;
use kernel::SharedClock;

use crate::state::IDEMPOTENCY;

/// How often, and how many at a time.
const INTERVAL: Duration = Duration::from_mins(10);
const BATCH: i64 = 1000;

/// Clears until the process stops.
pub fn run(db: Db, clock: SharedClock, jobs: &Jobs) {
    jobs.every("clear keys", INTERVAL, move || {
        let (db, clock) = (db.clone(), clock.clone());
        async move {
            let mut conn = db.write().await?;
            IDEMPOTENCY
                .delete_expired(&mut conn, clock.now(), BATCH)
                .await?;
            Ok(())
        }
    });
}
