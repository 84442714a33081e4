//! From the read model to the index that all instances share. One instance at a time does it; the others wait to take
//! over. An index of another shape or model is rebuilt beside the live one.

use std::time::Duration;

use common::db::Db;
use common::jobs::{Jobs, backoff};
use common::redis::{Cache, Wakeups};
use search_core::{Change, SearchEngine as _};
use search_opensearch::{OpenSearch, Swapped};

use super::DOCUMENTS_CHANNEL;
use super::follow::change;
use super::lease::Lease;
use crate::config::SearchSettings;
use crate::engines::{EngineKind, Engines};
use crate::store::documents;

/// How often to look whether the index should be rebuilt.
const LOOK: Duration = Duration::from_secs(30);
/// While the server is away it is asked this often: it should catch up soon after it came back.
const PAUSE_MAX: Duration = Duration::from_secs(2);

/// How often to look whether the shared index may answer.
const WATCH: Duration = Duration::from_secs(1);
/// A shared index that lacks more changes than this does not answer: it is being filled, or nobody fills it.
const BEHIND_MAX: i64 = 1_000;

/// Lets the shared index answer while it is not far behind this instance's own, until the process stops.
pub fn watch(engines: &Engines, jobs: &Jobs) {
    let engines = engines.clone();
    jobs.every("watch opensearch", WATCH, move || {
        let engines = engines.clone();
        async move {
            let own = engines.embedded().cursor().await?;
            if let Some(remote) = engines.get(EngineKind::OpenSearch) {
                let behind = remote
                    .cursor()
                    .await
                    .map(|cursor| own.saturating_sub(cursor));
                engines.let_remote_answer(behind.is_ok_and(|behind| behind <= BEHIND_MAX));
            }
            Ok(())
        }
    });
}

/// Follows the read model into a shared index.
#[derive(Debug)]
struct Filler {
    remote: OpenSearch,
    lease: Lease,
    db: Db,
    model: Option<String>,
    limit: i64,
}

/// Follows until the process stops.
pub fn run(
    remote: OpenSearch,
    db: &Db,
    cache: &Cache,
    model: Option<String>,
    settings: &SearchSettings,
    jobs: &Jobs,
) {
    let filler = Filler {
        remote,
        lease: Lease::new(db.clone(), "opensearch"),
        db: db.clone(),
        model,
        limit: settings.changes_max,
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
        let cursor = self.remote.cursor().await?;
        let Some((changes, next)) = self.changes(cursor).await? else {
            return Ok(Turn::Idle);
        };
        self.remote.apply(changes, next).await?;
        Ok(Turn::More)
    }

    /// Fills a new index from the first change on and lets it answer. If it is cut off, the next leader goes on.
    async fn rebuild(&self) -> anyhow::Result<()> {
        let mut rebuild = self.remote.begin_rebuild().await?;
        loop {
            anyhow::ensure!(self.lease.take().await?, "another instance leads now");
            if let Some((changes, next)) = self.changes(rebuild.cursor()).await? {
                rebuild.apply(&changes, next).await?;
            } else if rebuild.swap().await? == Swapped::Done {
                return Ok(());
            }
        }
    }

    /// What changed after `cursor`, and where to go on.
    async fn changes(&self, cursor: i64) -> anyhow::Result<Option<(Vec<Change>, i64)>> {
        let mut conn = self.db.read().await?;
        let model = self.model.as_deref();
        let rows = documents::list_changes(&mut conn, cursor, self.limit, model).await?;
        drop(conn);
        let Some(next) = rows.last().map(|last| last.change_seq) else {
            return Ok(None);
        };
        let changes =
            tokio::task::spawn_blocking(move || rows.into_iter().map(change).collect()).await?;
        Ok(Some((changes, next)))
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
