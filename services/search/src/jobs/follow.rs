//! From the read model to an engine's index.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use common::db::Db;
use common::jobs::{Jobs, backoff};
use common::redis::Wakeups;
use kernel::ProductId;
use search_core::{Change, Document, Entry, SearchEngine as _, document};
use search_embedded::Embedded;
use search_vectors::Embedding;

use crate::config::SearchSettings;
use crate::knowledge::Knowledge;
use crate::readiness::Readiness;
use crate::store::documents::{self, StoredDocument};

/// One instance's way from the read model to its own index.
#[derive(Debug, Clone)]
pub struct Follower {
    /// Where changes go.
    pub engine: Embedded,
    /// What learns from them, too.
    pub knowledge: Knowledge,
    /// Told when nothing is left to read for the first time.
    pub readiness: Readiness,
    /// PostgreSQL.
    pub db: Db,
    /// Vectors of this model are taken along.
    pub model: Option<String>,
    /// Changes taken in at a time.
    pub limit: i64,
}

impl Follower {
    /// Follows the read model until the process stops.
    pub fn run(self, mut wakeups: Wakeups, settings: &SearchSettings, jobs: &Jobs) {
        let poll = Duration::from_millis(settings.poll_ms);
        let stop = jobs.stopping();
        jobs.spawn("follow documents", async move {
            let mut failures = 0_u32;
            while !stop.is_cancelled() {
                let pause = match self.step().await {
                    Ok(true) => {
                        failures = 0;
                        continue;
                    }
                    Ok(false) => {
                        failures = 0;
                        self.readiness.set_complete();
                        poll
                    }
                    Err(error) => {
                        failures = failures.saturating_add(1);
                        tracing::warn!(
                            error = format!("{error:#}"),
                            "the read model cannot be followed"
                        );
                        backoff(failures)
                    }
                };
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = wakeups.wait(pause) => {}
                }
            }
        });
    }

    /// Takes in what changed since. Answers whether something had.
    ///
    /// # Errors
    /// When the database or the index fails; the same changes come again then.
    pub async fn step(&self) -> anyhow::Result<bool> {
        let cursor = self.engine.cursor().await?;
        let mut conn = self.db.read().await?;
        let model = self.model.as_deref();
        let rows = documents::list_changes(&mut conn, cursor, self.limit, model).await?;
        drop(conn);
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
            return self.catch_a_restored_past(cursor).await;
        };
        let (next, age_s) = (last.change_seq, first.age_s);
        let start = Instant::now();
        let ids: Vec<ProductId> = rows.iter().map(|row| row.product_id).collect();
        let before = self.engine.documents(&ids).await?;
        let changes: Vec<Change> =
            tokio::task::spawn_blocking(move || rows.into_iter().map(change).collect())
                .await
                .context("documents cannot be read")?;
        let after: Vec<Document> = changes
            .iter()
            .filter_map(|change| Some(change.entry.as_ref()?.document.clone()))
            .collect();
        // Learnt before they can be found, forgotten afterwards: an answer as of this change was read with its words.
        let after = self.taught(after, Knowledge::learn).await?;
        let applied = self.engine.apply(changes, next).await;
        let gone = if applied.is_ok() { before } else { after };
        self.taught(gone, Knowledge::forget).await?;
        applied?;
        if self.readiness.is_complete() {
            let age = Duration::try_from_secs_f64(age_s).unwrap_or_default();
            metrics::histogram!("techmart_search_change_age_seconds")
                .record(age.saturating_add(start.elapsed()));
        }
        Ok(true)
    }

    /// Nothing is left to take in. An index that is ahead of the read model belongs to another past of the database, one
    /// that was restored since: it is built anew, and the old one answers meanwhile. Answers whether it was so.
    async fn catch_a_restored_past(&self, cursor: i64) -> anyhow::Result<bool> {
        let mut conn = self.db.write().await?;
        let last = documents::last_change(&mut conn).await?;
        if cursor <= last {
            return Ok(false);
        }
        tracing::warn!(
            cursor,
            last,
            "the index knows more than the read model: it is built anew"
        );
        let rebuild = self.engine.rebuild().await?;
        let knowledge = self.knowledge.renewed();
        let model = self.model.as_deref();
        let mut read = 0;
        loop {
            let mut rows = documents::list_changes(&mut conn, read, self.limit, model).await?;
            // What changes meanwhile comes afterwards, as always: so nothing is learnt twice.
            rows.retain(|row| row.change_seq <= last);
            let Some(next) = rows.last().map(|row| row.change_seq) else {
                break;
            };
            let changes: Vec<Change> = rows.into_iter().map(change).collect();
            let documents: Vec<Document> = changes
                .iter()
                .filter_map(|change| Some(change.entry.as_ref()?.document.clone()))
                .collect();
            rebuild.apply(changes, next).await?;
            knowledge.learn(&documents);
            read = next;
        }
        self.engine.swap(rebuild).await?;
        self.knowledge.become_like(&knowledge);
        Ok(true)
    }

    /// Has the lexicon learn or forget products, and gives them back.
    async fn taught(
        &self,
        documents: Vec<Document>,
        how: fn(&Knowledge, &[Document]),
    ) -> anyhow::Result<Vec<Document>> {
        let knowledge = self.knowledge.clone();
        tokio::task::spawn_blocking(move || {
            how(&knowledge, &documents);
            documents
        })
        .await
        .context("documents cannot be learnt")
    }
}

/// A document that cannot be read is left out and reported: one broken product must not stop the others.
pub(crate) fn change(stored: StoredDocument) -> Change {
    let (product_id, revision) = (stored.product_id, stored.change_seq);
    let entry = if stored.deleted { None } else { entry(stored) };
    Change {
        product_id,
        revision,
        entry: entry.map(Box::new),
    }
}

fn entry(stored: StoredDocument) -> Option<Entry> {
    match document::read(&stored.body) {
        Ok(document) => Some(Entry::of(
            stored.change_seq,
            document,
            stored.body,
            stored.vector.as_deref().and_then(Embedding::from_bytes),
            stored.popularity,
        )),
        Err(error) => {
            metrics::counter!("techmart_search_documents_unreadable_total").increment(1);
            tracing::error!(product.id = %stored.product_id, error = %error, "a document cannot be read");
            None
        }
    }
}
