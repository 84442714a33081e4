//! The read model: one document per product, numbered in commit order.

use contract_catalog::feed::ProductDocument;
use kernel::ProductId;
use search_core::Milestone;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// Serialises writers over all instances, so that `change_seq` and milestones rise in commit order.
const WRITER_LOCK: i64 = 0x0073_6561_7263_6800;

/// A document as the followers read it.
#[derive(Debug)]
pub struct StoredDocument {
    /// The product.
    pub product_id: ProductId,
    /// Whether it is gone.
    pub deleted: bool,
    /// Its content, JSON.
    pub body: String,
    /// Its place among all changes.
    pub change_seq: i64,
    /// The vector of its text, where the model has computed it.
    pub vector: Option<Vec<u8>>,
    /// How much shoppers want it, 0 to 1.
    pub popularity: f32,
    /// How long ago it was written, in seconds.
    pub age_s: f64,
}

/// Takes the lock of writers, until the transaction ends, and leaves a milestone: it is there together with all that the
/// transaction writes, or not at all.
///
/// # Errors
/// When the database fails.
pub async fn lock_writers(conn: &mut PgConnection) -> Result<Milestone, sqlx::Error> {
    sqlx::query_as!(
        Milestone,
        "with turn as materialized (select pg_advisory_xact_lock($1))
         insert into search.milestone (token) select gen_random_uuid() from turn
         returning milestone_id as id, token",
        WRITER_LOCK
    )
    .fetch_one(conn)
    .await
}

/// Writes documents with the hashes of what they mean, unless a newer version is there. `again` writes the same version
/// once more, so that every instance reads it again. The caller holds [`lock_writers`].
///
/// # Errors
/// When the database fails.
pub async fn upsert_documents(
    conn: &mut PgConnection,
    documents: &[ProductDocument],
    meanings: &[Vec<u8>],
    again: bool,
) -> Result<u64, sqlx::Error> {
    let ids: Vec<Uuid> = documents.iter().map(|d| d.product_id.uuid()).collect();
    let versions: Vec<i64> = documents.iter().map(|d| d.version).collect();
    let deleted: Vec<bool> = documents.iter().map(|d| d.deleted).collect();
    let bodies: Vec<Value> = documents.iter().map(|d| d.body.clone()).collect();
    let done = sqlx::query!(
        "insert into search.document as d (product_id, version, deleted, body, meaning_hash)
         select * from unnest($1::uuid[], $2::bigint[], $3::boolean[], $4::jsonb[], $5::bytea[])
         on conflict (product_id) do update
            set version = excluded.version, deleted = excluded.deleted, body = excluded.body,
                vector_model = case when d.meaning_hash = excluded.meaning_hash then d.vector_model end,
                meaning_hash = excluded.meaning_hash,
                change_seq = nextval('search.change_seq'), updated_at = now()
          where d.version < excluded.version or ($6 and d.version = excluded.version)",
        &ids,
        &versions,
        &deleted,
        &bodies,
        meanings,
        again
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// The number of the latest change; 0 when there is none.
///
/// # Errors
/// When the database fails.
pub async fn last_change(conn: &mut PgConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(r#"select coalesce(max(change_seq), 0) as "last!" from search.document"#)
        .fetch_one(conn)
        .await
}
