//! Public halves of signing keys.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde_json::Value;
use sqlx::PgConnection;

/// Publishes a key. False if it was retired: then it stays so.
///
/// # Errors
/// When the database cannot be asked.
pub async fn insert_key(
    conn: &mut PgConnection,
    kid: &str,
    public_jwk: &Value,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"insert into auth.signing_key (kid, algorithm, public_jwk) values ($1, 'EdDSA', $2)
           on conflict (kid) do update set public_jwk = excluded.public_jwk
           returning retired_at is null as "in_use!""#,
        kid,
        public_jwk
    )
    .fetch_one(conn)
    .await
}

/// Takes a key out of use: tokens signed with it stop working. False if there is no such key.
///
/// # Errors
/// When the database cannot be asked.
pub async fn update_retired(
    conn: &mut PgConnection,
    kid: &str,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "update auth.signing_key set retired_at = coalesce(retired_at, $2) where kid = $1",
        kid,
        now.to_sqlx() as _
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}
