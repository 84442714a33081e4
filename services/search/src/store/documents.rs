//! The read model: one document per product, numbered in commit order.

use contract_catalog::feed::ProductDocument;
use kernel::ProductId;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// Serialises writers over all instances, so that `change_seq` rises in commit order.
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
    /// How long ago it was written, in seconds.
    pub age_s: f64,
}

/// Writes documents, unless a newer version is there. `again` writes the same version once more, so that every
/// instance reads it again. Whoever writes holds the lock until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn upsert_documents(
    conn: &mut PgConnection,
    documents: &[ProductDocument],
    again: bool,
) -> Result<u64, sqlx::Error> {
    let ids: Vec<Uuid> = documents.iter().map(|d| d.product_id.uuid()).collect();
    let versions: Vec<i64> = documents.iter().map(|d| d.version).collect();
    let deleted: Vec<bool> = documents.iter().map(|d| d.deleted).collect();
    let bodies: Vec<Value> = documents.iter().map(|d| d.body.clone()).collect();
    sqlx::query!("select pg_advisory_xact_lock($1)", WRITER_LOCK)
        .execute(&mut *conn)
        .await?;
    let done = sqlx::query!(
        "insert into search.document as d (product_id, version, deleted, body)
         select * from unnest($1::uuid[], $2::bigint[], $3::boolean[], $4::jsonb[])
         on conflict (product_id) do update
            set version = excluded.version, deleted = excluded.deleted, body = excluded.body,
                change_seq = nextval('search.change_seq'), updated_at = now()
          where d.version < excluded.version or ($5 and d.version = excluded.version)",
        &ids,
        &versions,
        &deleted,
        &bodies,
        again
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Up to `limit` documents changed after `after`, in order.
///
/// # Errors
/// When the database fails.
pub async fn list_changes(
    conn: &mut PgConnection,
    after: i64,
    limit: i64,
) -> Result<Vec<StoredDocument>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select product_id, deleted, case when deleted then '' else body::text end as "body!", change_seq,
                  extract(epoch from clock_timestamp() - updated_at)::float8 as "age_s!"
             from search.document where change_seq > $1 order by change_seq limit $2"#,
        after,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| StoredDocument {
            product_id: r.product_id.into(),
            deleted: r.deleted,
            body: r.body,
            change_seq: r.change_seq,
            age_s: r.age_s,
        })
        .collect())
}
