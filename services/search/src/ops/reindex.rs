//! Rebuilds the read model from the catalogue. Search goes on meanwhile; every instance reads all documents again.

use common::db::Db;
use contract_catalog::feed;

use crate::jobs::apply;

/// Products read at a time.
const BATCH: i32 = 500;

/// Writes every product's document again. `progress` hears how many were written so far.
///
/// # Errors
/// When the database fails. What was written stays; running it again is safe.
pub async fn reindex(db: &Db, mut progress: impl FnMut(u64)) -> anyhow::Result<u64> {
    let mut after = None;
    let mut written = 0_u64;
    loop {
        let mut tx = db.begin().await?;
        let ids = feed::list_product_ids(&mut tx, after, BATCH).await?;
        let Some(last) = ids.last() else {
            return Ok(written);
        };
        after = Some(*last);
        let read = feed::list_documents(&mut tx, &ids).await?;
        written = written.saturating_add(apply::write(&mut tx, &read, true).await?);
        tx.commit().await?;
        progress(written);
    }
}
