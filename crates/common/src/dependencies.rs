//! What a service leans on: its pools, and whether those behind them answer. Looked at every few seconds.

use std::time::Duration;

use metrics::gauge;

use crate::db::Db;
use crate::jobs::Jobs;
use crate::redis::Cache;
use crate::server::Readiness;
use crate::telemetry::vitals::{INTERVAL, number};

/// Looks at the pools of a service until `jobs` end.
pub(crate) fn watch_pools(service: &'static str, db: &Db, cache: &Cache, jobs: &Jobs) {
    let (db, cache) = (db.clone(), cache.clone());
    jobs.every_unseen("pool vitals", INTERVAL, move || {
        for (pool, size) in db.pools() {
            let labels = [("service", service), ("pool", pool)];
            gauge!("techmart_db_pool_connections", &labels).set(number(size.connections));
            gauge!("techmart_db_pool_idle", &labels).set(number(size.idle));
            gauge!("techmart_db_pool_max", &labels).set(number(size.max));
        }
        if let Some(size) = cache.pool() {
            let labels = [("service", service)];
            gauge!("techmart_redis_pool_connections", &labels).set(number(size.connections));
            gauge!("techmart_redis_pool_idle", &labels).set(number(size.idle));
            gauge!("techmart_redis_pool_max", &labels).set(number(size.max));
        }
        async { Ok(()) }
    });
}

/// Asks the dependencies of a service until `jobs` end, so that their gauges move where nobody asks `/readyz`.
pub(crate) fn watch(readiness: &Readiness, jobs: &Jobs) {
    ask_every(INTERVAL, readiness, jobs);
}

fn ask_every(interval: Duration, readiness: &Readiness, jobs: &Jobs) {
    let readiness = readiness.clone();
    jobs.every_unseen("dependency vitals", interval, move || {
        let readiness = readiness.clone();
        async move {
            readiness.look_at_dependencies().await;
            Ok(())
        }
    });
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Instant;

    use super::*;
    use crate::server::Probe;
    use crate::telemetry::metrics_handle;

    #[tokio::test]
    async fn a_dependency_is_looked_at_without_anyone_asking() {
        let told = metrics_handle().unwrap();
        let up = Arc::new(AtomicBool::new(true));
        let (readiness, jobs, asked) = (Readiness::new(), Jobs::new(), Arc::clone(&up));
        readiness.add_probe(Probe::new("clock", move || {
            let up = asked.load(Ordering::Relaxed);
            async move {
                anyhow::ensure!(up, "gone");
                Ok(())
            }
        }));
        ask_every(Duration::from_millis(10), &readiness, &jobs);
        for now in [true, false, true] {
            up.store(now, Ordering::Relaxed);
            let line = format!(
                "techmart_dependency_up{{dependency=\"clock\"}} {}",
                u8::from(now)
            );
            let late = Instant::now() + Duration::from_secs(20);
            while !told.render().contains(&line) {
                assert!(Instant::now() < late, "{line}");
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
        assert!(jobs.shutdown(INTERVAL).await);
    }
}
