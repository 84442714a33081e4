//! From the read model to an engine's index.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use common::jobs::{Jobs, backoff};
use common::redis::Wakeups;
use kernel::ProductId;
use search_core::{Change, Document, Entry, Place, SearchEngine as _, document};
use search_embedded::Embedded;
use search_vectors::Embedding;

use crate::config::SearchSettings;
use crate::knowledge::Knowledge;
use crate::ops::source::{Beginning, Next, Source};
use crate::readiness::Readiness;
use crate::store::documents::StoredDocument;

/// One instance's way from the read model to its own index.
#[derive(Debug, Clone)]
pub struct Follower {
    /// Where changes go.
    pub engine: Embedded,
    /// What learns from them, too.
    pub knowledge: Knowledge,
    /// Told when nothing is left to read for the first time.
    pub readiness: Readiness,
    /// Where changes come from.
    pub source: Source,
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
        let place = self.engine.place().await?;
        match self.source.read(place).await? {
            Next::Changes(rows, next) => self.take_in(rows, next).await.map(|()| true),
            Next::Nothing(next) if next == place => Ok(false),
            Next::Nothing(next) => {
                self.engine.apply(Vec::new(), next).await?;
                Ok(false)
            }
            Next::OtherPast => {
                let cursor = place.cursor;
                tracing::warn!(
                    cursor,
                    "the index knows another past than the database: it is built anew"
                );
                self.build_anew().await.map(|()| true)
            }
        }
    }

    async fn take_in(&self, rows: Vec<StoredDocument>, next: Place) -> anyhow::Result<()> {
        let age_s = rows.first().map_or(0.0, |first| first.age_s);
        let start = Instant::now();
        let ids: Vec<ProductId> = rows.iter().map(|row| row.product_id).collect();
        let before = self.engine.documents(&ids).await?;
        let changes = changes(rows).await?;
        // Learnt before they can be found, forgotten afterwards: an answer as of this change was read with its words.
        let after = self.taught(documents(&changes), Knowledge::learn).await?;
        let applied = self.engine.apply(changes, next).await;
        let gone = if applied.is_ok() { before } else { after };
        self.taught(gone, Knowledge::forget).await?;
        applied?;
        if self.readiness.is_complete() {
            let age = Duration::try_from_secs_f64(age_s).unwrap_or_default();
            metrics::histogram!("techmart_search_change_age_seconds")
                .record(age.saturating_add(start.elapsed()));
        }
        Ok(())
    }

    /// Builds an index beside the live one, which answers meanwhile, and lets it take its place.
    async fn build_anew(&self) -> anyhow::Result<()> {
        let Beginning {
            mut place,
            last_change,
        } = self.source.begin().await?;
        let rebuild = self.engine.rebuild().await?;
        let knowledge = self.knowledge.renewed();
        rebuild.apply(Vec::new(), place).await?;
        loop {
            let (mut rows, next) = match self.source.read(place).await? {
                Next::Changes(rows, next) => (rows, next),
                Next::Nothing(_) => break,
                Next::OtherPast => anyhow::bail!("the database was put back once more"),
            };
            place = next;
            // What changes meanwhile comes afterwards, as always: so nothing is learnt twice.
            rows.retain(|row| row.change_seq <= last_change);
            let Some(last) = rows.last() else {
                break;
            };
            place.cursor = last.change_seq;
            let changes = changes(rows).await?;
            knowledge.learn(&documents(&changes));
            rebuild.apply(changes, place).await?;
        }
        self.engine.swap(rebuild).await?;
        self.knowledge.become_like(&knowledge);
        Ok(())
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

/// Rows as engines take them in.
pub(crate) async fn changes(rows: Vec<StoredDocument>) -> anyhow::Result<Vec<Change>> {
    tokio::task::spawn_blocking(move || rows.into_iter().map(change).collect())
        .await
        .context("documents cannot be read")
}

fn documents(changes: &[Change]) -> Vec<Document> {
    changes
        .iter()
        .filter_map(|change| Some(change.entry.as_ref()?.document.clone()))
        .collect()
}

/// A document that cannot be read is left out and reported: one broken product must not stop the others.
fn change(stored: StoredDocument) -> Change {
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
