//! Forgets milestones that no index needs any more.

use std::time::Duration;

use common::db::Db;
use common::jobs::Jobs;

use crate::store::milestones;

/// How often old ones are deleted.
const INTERVAL: Duration = Duration::from_hours(1);
/// An index that was away for longer is built anew, since nothing tells any more whether it may go on.
pub const KEPT_DAYS: i32 = 7;

/// Forgets until the process stops.
pub fn run(db: &Db, jobs: &Jobs) {
    let db = db.clone();
    jobs.every("forget milestones", INTERVAL, move || {
        let db = db.clone();
        async move {
            let mut conn = db.write().await?;
            milestones::delete_old(&mut conn, KEPT_DAYS).await?;
            Ok(())
        }
    });
}
