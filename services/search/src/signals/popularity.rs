//! From counts to the score of each product, 0 to 1, and to the popular queries. One instance at a time does it.
//!
//! A product's signals of the last 30 days are weighed (a look 1, an opened result 2, a cart 5, an order 20), the older
//! the less (half after ten days), and their sum is put on a logarithmic scale whose end is where the shop's thousandth
//! best product stands. Scores move in steps of a twentieth, so that few products change at a time.

use std::time::Duration;

use common::db::Db;
use common::jobs::Jobs;
use common::redis::Cache;
use jiff::{SignedDuration, Timestamp};
use kernel::SharedClock;

use super::settings::SignalSettings;
use crate::jobs::DOCUMENTS_CHANNEL;
use crate::merchandising;
use crate::store::{documents, popularity, revisions};

/// Scores products until the process stops.
pub fn run(db: &Db, cache: &Cache, clock: &SharedClock, settings: &SignalSettings, jobs: &Jobs) {
    let (db, cache, clock) = (db.clone(), cache.clone(), clock.clone());
    let settings = settings.clone();
    let interval = Duration::from_secs(settings.popularity_s);
    jobs.every("score popularity", interval, move || {
        let (db, cache, clock) = (db.clone(), cache.clone(), clock.clone());
        let settings = settings.clone();
        async move {
            let changed = score(&db, &cache, clock.now(), &settings).await?;
            if changed > 0 {
                tracing::info!(changed, "products became more or less popular");
            }
            Ok(())
        }
    });
}

/// Scores all products, unless another instance does, or did so lately. How many scores changed.
///
/// # Errors
/// When the database fails. What was changed stays; the next run does the rest.
pub async fn score(
    db: &Db,
    cache: &Cache,
    now: Timestamp,
    settings: &SignalSettings,
) -> anyhow::Result<u64> {
    // The instances' jobs do not start at the same moment; a tenth less keeps the pace of one.
    let pause_ms = settings.popularity_s.saturating_mul(900);
    let pause = SignedDuration::from_millis(i64::try_from(pause_ms).unwrap_or(i64::MAX));
    let mut tx = db.begin().await?;
    if !popularity::begin_run(&mut tx, "popularity", now, now.saturating_sub(pause)?).await? {
        return Ok(0);
    }
    let scores = popularity::list_changes(&mut tx, now).await?;
    let searches_min = i64::from(settings.searches_min);
    let most = i64::from(settings.popular_queries_max);
    popularity::replace_popular(&mut tx, now, searches_min, most).await?;
    revisions::raise_popular_revision(&mut tx).await?;
    tx.commit().await?;
    cache.publish(merchandising::CHANNEL).await;

    let mut changed = 0_u64;
    for batch in scores.chunks(settings.popularity_batch.max(1)) {
        let mut tx = db.begin().await?;
        documents::lock_writers(&mut tx).await?;
        changed = changed.saturating_add(popularity::set_scores(&mut tx, batch).await?);
        tx.commit().await?;
        cache.publish(DOCUMENTS_CHANNEL).await;
    }
    Ok(changed)
}
