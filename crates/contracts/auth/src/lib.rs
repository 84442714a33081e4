//! What the auth service offers to other services: public keys and revoked sessions, so that each can verify access
//! tokens by itself and no request waits for auth; whether an id is a customer's; and the names of what staff may do
//! ([`permission`]).
//!
//! Wraps SQL functions of schema `auth`; does no other IO. The futures are boxed so that the functions can be handed
//! over as plain function pointers.

pub mod permission;

use std::pin::Pin;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use kernel::UserId;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// A question to the database under way.
pub type Asked<'c, T> = Pin<Box<dyn Future<Output = Result<Vec<T>, sqlx::Error>> + Send + 'c>>;

/// The keys in use: key id and RFC 7517 JSON Web Key.
///
/// # Errors
/// When the database cannot be asked.
pub fn list_public_keys(conn: &mut PgConnection) -> Asked<'_, (String, Value)> {
    Box::pin(async move {
        let rows = sqlx::query!(
            r#"select kid as "kid!", public_jwk as "public_jwk!" from auth.public_keys_v1()"#
        )
        .fetch_all(conn)
        .await?;
        Ok(rows.into_iter().map(|r| (r.kid, r.public_jwk)).collect())
    })
}

/// The sessions revoked at `since` or later, oldest first: session and moment.
///
/// # Errors
/// When the database cannot be asked.
pub fn list_revoked(conn: &mut PgConnection, since: Timestamp) -> Asked<'_, (Uuid, Timestamp)> {
    Box::pin(async move {
        let rows = sqlx::query!(
            r#"select session_id as "session_id!", revoked_at as "revoked_at!" from auth.revoked_since_v1($1)"#,
            since.to_sqlx() as _
        )
        .fetch_all(conn)
        .await?;
        Ok(rows
            .into_iter()
            .map(|r| (r.session_id, r.revoked_at.to_jiff()))
            .collect())
    })
}

/// Whether an id is a customer's.
///
/// # Errors
/// When the database cannot be asked.
pub async fn customer_exists(
    conn: &mut PgConnection,
    user_id: UserId,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select auth.customer_exists_v1($1) as "exists!""#,
        user_id.uuid()
    )
    .fetch_one(conn)
    .await
}
