//! From the read model to this instance's index.

use std::sync::Arc;
use std::time::{Duration, Instant};

use common::db::Db;
use common::jobs::{Jobs, backoff};
use common::redis::Wakeups;

use crate::config::SearchSettings;
use crate::domain::document;
use crate::engine::{Change, Engine};
use crate::store::documents::{self, StoredDocument};

/// Follows the read model until the process stops. The index is complete once nothing is left to read.
pub fn run(
    engine: Arc<Engine>,
    db: Db,
    mut wakeups: Wakeups,
    settings: &SearchSettings,
    jobs: &Jobs,
) {
    let (poll, limit) = (
        Duration::from_millis(settings.poll_ms),
        settings.changes_max,
    );
    let stop = jobs.stopping();
    jobs.spawn("follow documents", async move {
        let mut cursor = 0;
        let mut failures = 0_u32;
        while !stop.is_cancelled() {
            let pause = match step(&engine, &db, cursor, limit, engine.is_complete()).await {
                Ok(Some(next)) => {
                    cursor = next;
                    failures = 0;
                    continue;
                }
                Ok(None) => {
                    failures = 0;
                    if !engine.is_complete() {
                        engine.set_complete();
                        tracing::info!(products = engine.len(), "the index has caught up");
                    }
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

/// Takes in what changed after `cursor`. Answers the new cursor, or `None` when nothing changed.
async fn step(
    engine: &Arc<Engine>,
    db: &Db,
    cursor: i64,
    limit: i64,
    live: bool,
) -> anyhow::Result<Option<i64>> {
    let mut conn = db.write().await?;
    let changed = documents::list_changes(&mut conn, cursor, limit).await?;
    drop(conn);
    let (Some(first), Some(last)) = (changed.first(), changed.last()) else {
        return Ok(None);
    };
    let (next, age_s) = (last.change_seq, first.age_s);
    let start = Instant::now();
    let index = Arc::clone(engine);
    tokio::task::spawn_blocking(move || {
        let batch: Vec<Change> = changed.into_iter().map(change).collect();
        index.apply(&batch)
    })
    .await??;
    if live {
        let age = Duration::try_from_secs_f64(age_s).unwrap_or_default();
        let age = age.saturating_add(start.elapsed());
        metrics::histogram!("techmart_search_change_age_seconds").record(age);
    }
    metrics::gauge!("techmart_search_products")
        .set(u32::try_from(engine.len()).unwrap_or(u32::MAX));
    Ok(Some(next))
}

/// A document that cannot be read is left out and reported: one broken product must not stop the others.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the text is dropped as soon as it is read"
)]
fn change(stored: StoredDocument) -> Change {
    let (product_id, revision) = (stored.product_id, stored.change_seq);
    if stored.deleted {
        return Change {
            product_id,
            revision,
            document: None,
        };
    }
    match document::read(&stored.body) {
        Ok(document) => Change {
            product_id,
            revision,
            document: Some(document),
        },
        Err(error) => {
            metrics::counter!("techmart_search_documents_unreadable_total").increment(1);
            tracing::error!(product.id = %product_id, error = %error, "a document cannot be read");
            Change {
                product_id,
                revision,
                document: None,
            }
        }
    }
}
