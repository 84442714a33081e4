//! How an instance keeps up with what staff decide.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use common::db::Db;
use common::jobs::{Jobs, backoff};
use common::redis::Cache;
use tokio::sync::Mutex;

use super::CHANNEL;
use super::active::Active;
use crate::store::{popularity, revisions, rules, synonyms};

/// The longest wait between two looks: a change is in force after this and the time to read it.
const POLL: Duration = Duration::from_secs(1);
/// The longest wait after failures.
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// What staff decided, always at hand. Clones share it.
#[derive(Clone)]
pub struct Merchandising(Arc<Inner>);

struct Inner {
    db: Db,
    active: ArcSwap<Active>,
    /// What was read last: revisions of what staff decided and of popular queries. Held while reading, so that an older
    /// state never replaces a newer one.
    read: Mutex<(i64, i64)>,
}

impl fmt::Debug for Merchandising {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Merchandising")
            .field("revision", &self.current().revision)
            .finish_non_exhaustive()
    }
}

impl Merchandising {
    /// What is built in, until the first [`Merchandising::refresh`].
    pub fn new(db: Db) -> Self {
        Self(Arc::new(Inner {
            db,
            active: ArcSwap::from_pointee(Active::built_in()),
            read: Mutex::default(),
        }))
    }

    /// What is in force. Costs next to nothing.
    pub fn current(&self) -> Arc<Active> {
        self.0.active.load_full()
    }

    /// Reads what is in force, if it has changed since. Whether it had.
    ///
    /// # Errors
    /// When the database fails; what was read before stays in force.
    pub async fn refresh(&self) -> anyhow::Result<bool> {
        let mut read = self.0.read.lock().await;
        let mut conn = self.0.db.write().await?;
        // First the revision: what is read after it is of this one or newer, and then the next look finds another.
        let latest = revisions::get_revisions(&mut conn).await?;
        if latest == *read {
            return Ok(false);
        }
        let popular = popularity::list_popular(&mut conn).await?;
        let active = if latest.0 == read.0 {
            self.current().with_popular(popular)
        } else {
            let synonyms = synonyms::list_enabled(&mut conn).await?;
            let rules = rules::list_enabled(&mut conn).await?;
            drop(conn);
            // Milliseconds of work with thousands of entries.
            tokio::task::spawn_blocking(move || Active::new(latest.0, &synonyms, rules, popular))
                .await?
        };
        self.0.active.store(Arc::new(active));
        *read = latest;
        Ok(true)
    }
}

/// Keeps `merchandising` up to date until the process stops. While the database is away the last state stays.
pub fn follow(cache: &Cache, merchandising: &Merchandising, jobs: &Jobs) {
    let mut wakeups = cache.subscribe_wakeups(CHANNEL, jobs);
    let (merchandising, stop) = (merchandising.clone(), jobs.stopping());
    jobs.spawn("follow merchandising", async move {
        let mut failures = 0_u32;
        while !stop.is_cancelled() {
            let pause = match merchandising.refresh().await {
                Ok(changed) => {
                    failures = 0;
                    if changed {
                        let revision = merchandising.current().revision;
                        tracing::info!(revision, "synonyms and rules are in force");
                    }
                    POLL
                }
                Err(error) => {
                    failures = failures.saturating_add(1);
                    metrics::counter!("techmart_search_merchandising_failures_total").increment(1);
                    tracing::warn!(
                        error = format!("{error:#}"),
                        "synonyms and rules cannot be read, the last ones stay"
                    );
                    backoff(failures).min(PAUSE_MAX)
                }
            };
            tokio::select! {
                () = stop.cancelled() => break,
                () = wakeups.wait(pause) => {}
            }
        }
    });
}
