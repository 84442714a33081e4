//! Vectors of texts, kept by what was embedded and by which model.

use sqlx::PgConnection;
use uuid::Uuid;

/// A document whose text has no vector of a model yet.
#[derive(Debug)]
pub struct Missing {
    /// The product.
    pub product_id: Uuid,
    /// Its content, JSON.
    pub body: String,
}

/// Up to `limit` documents without a vector of `model`.
///
/// # Errors
/// When the database fails.
pub async fn list_missing(
    conn: &mut PgConnection,
    model: &str,
    limit: i64,
) -> Result<Vec<Missing>, sqlx::Error> {
    sqlx::query_as!(
        Missing,
        r#"select d.product_id as "product_id!", d.body::text as "body!"
             from (select product_id, body from search.document where not deleted and vector_model is null
                   union all
                   select product_id, body from search.document where not deleted and vector_model < $1
                   union all
                   select product_id, body from search.document where not deleted and vector_model > $1) d
            limit $2"#,
        model,
        limit
    )
    .fetch_all(conn)
    .await
}

/// Which of these texts have a vector of `model` already.
///
/// # Errors
/// When the database fails.
pub async fn list_known(
    conn: &mut PgConnection,
    model: &str,
    hashes: &[Vec<u8>],
) -> Result<Vec<Vec<u8>>, sqlx::Error> {
    sqlx::query_scalar!(
        "select meaning_hash from search.embedding where model = $1 and meaning_hash = any ($2)",
        model,
        hashes
    )
    .fetch_all(conn)
    .await
}

/// Keeps vectors of texts.
///
/// # Errors
/// When the database fails.
pub async fn insert_embeddings(
    conn: &mut PgConnection,
    model: &str,
    hashes: &[Vec<u8>],
    vectors: &[Vec<u8>],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into search.embedding (meaning_hash, model, vector)
         select h, $1, v from unnest($2::bytea[], $3::bytea[]) as new (h, v)
         on conflict (meaning_hash, model) do nothing",
        model,
        hashes,
        vectors
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives documents the vectors of their texts, as a change that every instance follows. Documents whose text changed
/// meanwhile are left for later; those from before there were hashes get theirs. The caller holds the lock of writers.
///
/// # Errors
/// When the database fails.
pub async fn give_vectors(
    conn: &mut PgConnection,
    model: &str,
    products: &[Uuid],
    hashes: &[Vec<u8>],
) -> Result<u64, sqlx::Error> {
    let done = sqlx::query!(
        "update search.document d
            set vector_model = $1, meaning_hash = new.meaning_hash, change_seq = nextval('search.change_seq'), updated_at = now()
           from unnest($2::uuid[], $3::bytea[]) as new (product_id, meaning_hash)
          where d.product_id = new.product_id
            and (d.meaning_hash = new.meaning_hash or d.meaning_hash is null)",
        model,
        products,
        hashes
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// How many documents there are, and how many have a vector of `model`.
///
/// # Errors
/// When the database fails.
pub async fn count(conn: &mut PgConnection, model: &str) -> Result<(i64, i64), sqlx::Error> {
    let row = sqlx::query!(
        r#"select count(*) as "all!", count(*) filter (where vector_model = $1) as "embedded!"
             from search.document where not deleted"#,
        model
    )
    .fetch_one(conn)
    .await?;
    Ok((row.all, row.embedded))
}

/// Forgets vectors that no document has any more: texts changed, models were replaced. Returns how many.
///
/// # Errors
/// When the database fails.
pub async fn delete_unused(conn: &mut PgConnection, model: &str) -> Result<u64, sqlx::Error> {
    let done = sqlx::query!(
        "delete from search.embedding e
          where e.created_at < now() - interval '7 days'
            and (e.model <> $1
                 or not exists (select from search.document d where d.meaning_hash = e.meaning_hash and not d.deleted))",
        model
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
