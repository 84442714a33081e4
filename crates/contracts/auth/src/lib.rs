//! What the auth service offers to other services: public keys and revoked sessions, so that each can verify access
//! tokens by itself and no request waits for auth.
//!
//! Wraps SQL functions of schema `auth`; does no other IO.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use kernel::SessionId;
use sqlx::PgConnection;

/// The public half of a signing key.
#[derive(Debug, Clone)]
pub struct PublicKey {
    /// Its id, as in a token's header.
    pub kid: String,
    /// RFC 7517 JSON Web Key.
    pub jwk: serde_json::Value,
}

/// A session that was ended before its time.
#[derive(Debug, Clone, Copy)]
pub struct Revoked {
    /// The session.
    pub session_id: SessionId,
    /// When it ended.
    pub revoked_at: Timestamp,
}

/// The keys in use.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list_public_keys(conn: &mut PgConnection) -> Result<Vec<PublicKey>, sqlx::Error> {
    sqlx::query_as!(
        PublicKey,
        r#"select kid as "kid!", public_jwk as "jwk!" from auth.public_keys_v1()"#
    )
    .fetch_all(conn)
    .await
}

/// The sessions revoked at `since` or later, oldest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list_revoked(
    conn: &mut PgConnection,
    since: Timestamp,
) -> Result<Vec<Revoked>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select session_id as "session_id!", revoked_at as "revoked_at!" from auth.revoked_since_v1($1)"#,
        since.to_sqlx() as _
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Revoked { session_id: r.session_id.into(), revoked_at: r.revoked_at.to_jiff() })
        .collect())
}
