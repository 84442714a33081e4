//! From the catalogue's events to the read model. Every instance may do it: claims keep events apart, a lock keeps
//! writers apart.

use common::db::Db;
use common::events::{Event, Worker};
use common::jobs::Jobs;
use common::redis::Cache;
use contract_catalog::feed::{self, ProductDocument};
use kernel::ProductId;
use sqlx::PgConnection;

use super::DOCUMENTS_CHANNEL;
use crate::meaning;
use crate::store::documents;

/// Events taken at a time.
const BATCH: i32 = 500;

/// Follows the events until the process stops.
pub fn run(db: &Db, cache: &Cache, jobs: &Jobs) {
    let worker = Worker::new(db.clone(), feed::SCHEMA, "search", BATCH);
    let wakeups = cache.subscribe_wakeups(feed::SCHEMA, jobs);
    let (db, cache) = (db.clone(), cache.clone());
    worker.run_batches(jobs, wakeups, move |events| {
        let (db, cache) = (db.clone(), cache.clone());
        async move {
            apply(&db, &events).await?;
            cache.publish(DOCUMENTS_CHANNEL).await;
            Ok(())
        }
    });
}

/// Writes the documents of the products that events are about, as they are now.
///
/// # Errors
/// When the database fails; the events are delivered again then.
pub async fn apply(db: &Db, events: &[Event]) -> anyhow::Result<()> {
    let ids: Vec<ProductId> = events
        .iter()
        .map(|e| ProductId::from(e.aggregate_id))
        .collect();
    let mut tx = db.begin().await?;
    let read = feed::list_documents(&mut tx, &ids).await?;
    write(&mut tx, &read, false).await?;
    tx.commit().await?;
    Ok(())
}

/// Writes documents into the read model. Returns how many were news.
///
/// # Errors
/// When the database fails.
pub async fn write(
    conn: &mut PgConnection,
    read: &[ProductDocument],
    again: bool,
) -> Result<u64, sqlx::Error> {
    let meanings: Vec<Vec<u8>> = read.iter().map(|d| meaning::hash_value(&d.body)).collect();
    documents::lock_writers(&mut *conn).await?;
    documents::upsert_documents(conn, read, &meanings, again).await
}
