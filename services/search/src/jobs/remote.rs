//! From the read model to the index that all instances share. One instance at a time does it; the others wait to take
//! over. An index of another shape or model is rebuilt beside the live one.

use std::time::Duration;

use common::jobs::{Jobs, backoff};
use common::redis::{Cache, Wakeups};
use futures::FutureExt as _;
use search_core::{EngineError, SearchEngine as _};
use search_opensearch::OpenSearch;

use super::DOCUMENTS_CHANNEL;
use super::follow::changes;
use super::lease::Lease;
use crate::config::SearchSettings;
use crate::engines::Engines;
use crate::ops::shared_index;
use crate::ops::source::{Next, Source};

/// How often to look whether the index should be rebuilt.
const LOOK: Duration = Duration::from_secs(30);
/// While the server is away it is asked this often: it should catch up soon after it came back.
const PAUSE_MAX: Duration = Duration::from_secs(2);

/// How often to look whether the shared index may answer.
const WATCH: Duration = Duration::from_secs(1);
/// A shared index that lacks more changes than this does not answer: it is being filled, or nobody fills it.
const BEHIND_MAX: i64 = 1_000;

/// Lets the shared index answer while it is not far behind this instance's own, until the process stops.
pub fn watch(remote: &OpenSearch, engines: &Engines, jobs: &Jobs) {
    let (remote, engines) = (remote.clone(), engines.clone());
    jobs.every("watch opensearch", WATCH, move || {
        let (remote, engines) = (remote.clone(), engines.clone());
        async move {
            let own = engines.embedded().cursor().await?;
            let behind = async {
                // Another instance may have rebuilt it.
                remote.look().await?;
                Ok::<_, EngineError>(own.saturating_sub(remote.cursor().await?))
            };
            let may_answer = behind.await.is_ok_and(|behind| behind <= BEHIND_MAX);
            engines.let_remote_answer(may_answer);
            Ok(())
        }
    });
}

/// Follows the read model into a shared index.
#[derive(Debug)]
struct Filler {
    remote: OpenSearch,
    lease: Lease,
    source: Source,
}

/// Follows until the process stops.
pub fn run(
    remote: OpenSearch,
    source: Source,
    cache: &Cache,
    settings: &SearchSettings,
    jobs: &Jobs,
) {
    let filler = Filler {
        remote,
        lease: Lease::new(source.db.clone(), "opensearch"),
        source,
    };
    let wakeups = cache.subscribe_wakeups(DOCUMENTS_CHANNEL, jobs);
    let poll = Duration::from_millis(settings.poll_ms);
    let stop = jobs.stopping();
    jobs.spawn("fill opensearch", async move {
        tokio::select! {
            () = stop.cancelled() => {}
            () = filler.fill(wakeups, poll) => {}
        }
        filler.lease.give_back().await;
    });
}

impl Filler {
    async fn fill(&self, mut wakeups: Wakeups, poll: Duration) {
        let mut failures = 0_u32;
        let mut looked: Option<tokio::time::Instant> = None;
        loop {
            let is_time = looked.is_none_or(|at| at.elapsed() >= LOOK);
            let pause = match self.turn(is_time).await {
                Ok(Turn::Waiting) => {
                    looked = None;
                    poll
                }
                Ok(turn) => {
                    failures = 0;
                    if is_time {
                        looked = Some(tokio::time::Instant::now());
                    }
                    if turn == Turn::More {
                        continue;
                    }
                    poll
                }
                Err(error) => {
                    failures = failures.saturating_add(1);
                    looked = None;
                    tracing::warn!(error = format!("{error:#}"), "OpenSearch cannot be filled");
                    backoff(failures).min(PAUSE_MAX)
                }
            };
            wakeups.wait(pause).await;
        }
    }

    /// One step, if this instance leads.
    async fn turn(&self, look: bool) -> anyhow::Result<Turn> {
        if !self.lease.take().await? {
            return Ok(Turn::Waiting);
        }
        if look && let Some(need) = self.remote.needs_rebuild().await? {
            tracing::info!(?need, "the shared index is rebuilt");
            self.rebuild().await?;
            return Ok(Turn::More);
        }
        let place = self.remote.place().await?;
        match self.source.read(place).await? {
            Next::Changes(rows, next) => {
                self.remote.apply(changes(rows).await?, next).await?;
                Ok(Turn::More)
            }
            Next::Nothing(next) if next == place => Ok(Turn::Idle),
            Next::Nothing(next) => {
                self.remote.apply(Vec::new(), next).await?;
                Ok(Turn::Idle)
            }
            Next::OtherPast => {
                let cursor = place.cursor;
                tracing::warn!(
                    cursor,
                    "OpenSearch knows another past than the database: the shared index is rebuilt"
                );
                self.rebuild().await?;
                Ok(Turn::More)
            }
        }
    }

    /// Rebuilds for as long as this instance leads.
    async fn rebuild(&self) -> anyhow::Result<()> {
        let still_leads = |_| {
            let lease = self.lease.clone();
            async move {
                anyhow::ensure!(lease.take().await?, "another instance leads now");
                Ok(())
            }
            .boxed()
        };
        shared_index::rebuild(&self.remote, &self.source, still_leads).await
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// Another instance leads.
    Waiting,
    /// There was nothing to do.
    Idle,
    /// There may be more to do.
    More,
}
