//! Products are embedded in the background, one instance at a time. Until its vector is there, a product is found by
//! its words.

use std::collections::HashSet;
use std::time::Duration;

use common::db::Db;
use common::jobs::{Jobs, backoff};
use common::redis::Cache;
use uuid::Uuid;

use super::DOCUMENTS_CHANNEL;
use super::lease::Lease;
use crate::meaning;
use crate::semantic::Semantic;
use crate::store::{documents, embeddings};

/// How often to look for new texts when there were none.
const IDLE: Duration = Duration::from_secs(1);
/// How often vectors that nothing uses any more are deleted.
const TIDY: Duration = Duration::from_hours(1);

/// Embeds until the process stops; does nothing without a model.
pub fn run(db: &Db, cache: &Cache, semantic: &Semantic, batch: i64, jobs: &Jobs) {
    let Some(model) = semantic.fingerprint().map(str::to_owned) else {
        return;
    };
    let (db, cache, semantic) = (db.clone(), cache.clone(), semantic.clone());
    let stop = jobs.stopping();
    let lease = Lease::new(db.clone(), "embedding");
    let tidy = (db.clone(), model.clone());
    jobs.spawn("embed products", async move {
        let mut failures = 0_u32;
        while !stop.is_cancelled() {
            let done = async {
                if lease.take().await? {
                    step(&db, &semantic, &model, batch).await
                } else {
                    Ok(0)
                }
            };
            let pause = match done.await {
                Ok(0) => {
                    failures = 0;
                    IDLE
                }
                Ok(_) => {
                    failures = 0;
                    cache.publish(DOCUMENTS_CHANNEL).await;
                    continue;
                }
                Err(error) => {
                    failures = failures.saturating_add(1);
                    tracing::warn!(error = format!("{error:#}"), "products cannot be embedded");
                    backoff(failures)
                }
            };
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(pause) => {}
            }
        }
        lease.give_back().await;
    });
    jobs.every("forget vectors", TIDY, move || {
        let (db, model) = tidy.clone();
        async move {
            let mut conn = db.write().await?;
            embeddings::delete_unused(&mut conn, &model).await?;
            Ok(())
        }
    });
}

/// Embeds up to `batch` texts. Answers how many documents got a vector. The computing happens outside any transaction:
/// two instances at once do the same work twice, and write it once.
///
/// # Errors
/// When the database fails.
pub async fn step(db: &Db, semantic: &Semantic, model: &str, batch: i64) -> anyhow::Result<u64> {
    let mut conn = db.write().await?;
    let missing = embeddings::list_missing(&mut conn, model, batch).await?;
    if missing.is_empty() {
        return Ok(0);
    }
    let texts: Vec<String> = missing.iter().map(|m| meaning::text(&m.body)).collect();
    let hashes: Vec<Vec<u8>> = texts.iter().map(|text| meaning::hash(text)).collect();
    let known: HashSet<Vec<u8>> = embeddings::list_known(&mut conn, model, &hashes)
        .await?
        .into_iter()
        .collect();
    drop(conn);

    let mut wanted = HashSet::new();
    let (new_hashes, new_texts): (Vec<_>, Vec<_>) = hashes
        .iter()
        .zip(texts)
        .filter(|(hash, _)| !known.contains(*hash) && wanted.insert((*hash).clone()))
        .map(|(hash, text)| (hash.clone(), text))
        .unzip();
    let vectors = semantic.embed(new_texts).await?;
    let vectors: Vec<Vec<u8>> = vectors.iter().map(|v| v.to_bytes().to_vec()).collect();

    let products: Vec<Uuid> = missing.iter().map(|m| m.product_id).collect();
    let mut tx = db.begin().await?;
    embeddings::insert_embeddings(&mut tx, model, &new_hashes, &vectors).await?;
    documents::lock_writers(&mut tx).await?;
    let given = embeddings::give_vectors(&mut tx, model, &products, &hashes).await?;
    tx.commit().await?;
    metrics::counter!("techmart_search_products_embedded_total").increment(given);
    Ok(given)
}
