//! Idempotency keys: the first answer to a key is kept and given again.
//!
//! The table lives in the schema of the service that uses it:
//!
//! ```sql
//! create table <schema>.idempotency_key (
//!     scope text not null, key text not null, request_hash bytea not null,
//!     state text not null check (state in ('in_progress', 'done')),
//!     locked_until timestamptz not null, status smallint, body jsonb,
//!     created_at timestamptz not null, expires_at timestamptz not null,
//!     primary key (scope, key));
//! ```
//!
//! [`Idempotency::begin`] runs in the transaction that does the first durable step, and
//! [`Idempotency::finish`] in the one that does the last. Between them the work may take several
//! transactions; if its holder dies, the lease runs out and the next caller resumes.

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx;
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, PgConnection, Row};

use crate::db::DbError;

#[cfg(test)]
mod tests;

/// How long an answer is kept.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The keys of one schema.
#[derive(Debug, Clone, Copy)]
pub struct Idempotency {
    schema: &'static str,
}

/// What to do with a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The key is new and now ours: do the work, then [`Idempotency::finish`].
    Fresh,
    /// Someone began and did not finish, and their lease has run out: go on from what is stored.
    Resume,
    /// Done before: give this answer.
    Replay(StoredResponse),
    /// Someone is at it.
    InFlight {
        /// When to ask again, in seconds.
        retry_after_s: u64,
    },
    /// The key was used with another request.
    Mismatch,
}

/// An answer that is given again, with `Idempotent-Replayed: true`.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredResponse {
    /// The HTTP status.
    pub status: u16,
    /// The JSON body.
    pub body: Value,
}

impl IntoResponse for StoredResponse {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let media_type = if status.is_client_error() || status.is_server_error() {
            crate::problem::MEDIA_TYPE
        } else {
            "application/json"
        };
        let replayed = HeaderName::from_static("idempotent-replayed");
        (
            status,
            [
                (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
                (replayed, HeaderValue::from_static("true")),
            ],
            self.body.to_string(),
        )
            .into_response()
    }
}

/// The hash of what makes two requests the same: method, path and body.
pub fn request_hash(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        // The length keeps neighbours apart.
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

impl Idempotency {
    /// The keys in `schema`.
    pub const fn new(schema: &'static str) -> Self {
        Self { schema }
    }

    /// Claims `key` within `scope` (who asks and for what) until `now + lease`, or tells what is
    /// known of it.
    pub async fn begin(
        &self,
        conn: &mut PgConnection,
        scope: &str,
        key: &str,
        request_hash: &[u8; 32],
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Outcome, DbError> {
        // A key that another transaction commits while the insert waits for it is not in the
        // statement's snapshot; the second look sees it.
        for _ in 0..2 {
            let found = self
                .claim(&mut *conn, scope, key, request_hash, now, lease)
                .await?;
            if let Some(outcome) = found {
                return Ok(outcome);
            }
        }
        Ok(Outcome::InFlight { retry_after_s: 1 })
    }

    async fn claim(
        &self,
        conn: &mut PgConnection,
        scope: &str,
        key: &str,
        request_hash: &[u8; 32],
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Option<Outcome>, DbError> {
        let table = self.table();
        let sql = format!(
            "with claimed as (
                insert into {table} as k
                    (scope, key, request_hash, state, locked_until, created_at, expires_at)
                values ($1, $2, $3, 'in_progress', $5, $4, $6)
                on conflict (scope, key) do update set
                    request_hash = excluded.request_hash,
                    state = excluded.state,
                    status = null,
                    body = null,
                    locked_until = excluded.locked_until,
                    created_at = case when k.expires_at <= $4 then excluded.created_at else k.created_at end,
                    expires_at = case when k.expires_at <= $4 then excluded.expires_at else k.expires_at end
                where k.expires_at <= $4
                   or (k.state = 'in_progress' and coalesce(k.locked_until, $4) <= $4
                       and k.request_hash = excluded.request_hash)
                returning created_at = $4 as fresh
            )
            select true as claimed, fresh, true as same, null::text as state,
                   null::smallint as status, null::jsonb as body, 0::bigint as wait_s
              from claimed
            union all
            select false, false, k.request_hash = $3, k.state, k.status, k.body,
                   greatest(1, ceil(extract(epoch from coalesce(k.locked_until, $4) - $4)))::bigint
              from {table} as k
             where k.scope = $1 and k.key = $2 and not exists (select 1 from claimed)"
        );
        let until = now.saturating_add(lease).unwrap_or(Timestamp::MAX);
        let expires = now.saturating_add(KEPT_FOR).unwrap_or(Timestamp::MAX);
        // Safe: the text holds nothing but the schema's name, a constant of the program.
        let row = sqlx::query(AssertSqlSafe(sql))
            .bind(scope)
            .bind(key)
            .bind(request_hash.as_slice())
            .bind(now.to_sqlx())
            .bind(until.to_sqlx())
            .bind(expires.to_sqlx())
            .fetch_optional(conn)
            .await?;
        row.map(|row| outcome(&row)).transpose()
    }

    /// Keeps the answer of `key`.
    pub async fn finish(
        &self,
        conn: &mut PgConnection,
        scope: &str,
        key: &str,
        status: StatusCode,
        body: &Value,
    ) -> Result<(), DbError> {
        let sql = format!(
            "update {} set state = 'done', status = $3, body = $4 where scope = $1 and key = $2",
            self.table()
        );
        // Safe: see `claim`.
        sqlx::query(AssertSqlSafe(sql))
            .bind(scope)
            .bind(key)
            .bind(i16::try_from(status.as_u16()).unwrap_or(500))
            .bind(body)
            .execute(conn)
            .await?;
        Ok(())
    }

    /// Gives an unfinished key back, after a failure that a retry may not meet again.
    pub async fn abandon(
        &self,
        conn: &mut PgConnection,
        scope: &str,
        key: &str,
    ) -> Result<(), DbError> {
        let sql = format!(
            "delete from {} where scope = $1 and key = $2 and state = 'in_progress'",
            self.table()
        );
        // Safe: see `claim`.
        sqlx::query(AssertSqlSafe(sql))
            .bind(scope)
            .bind(key)
            .execute(conn)
            .await?;
        Ok(())
    }

    /// Deletes up to `limit` keys whose answers need not be kept any more. How many it were.
    pub async fn delete_expired(
        &self,
        conn: &mut PgConnection,
        now: Timestamp,
        limit: i64,
    ) -> Result<u64, DbError> {
        let table = self.table();
        let sql = format!(
            "delete from {table} where (scope, key) in
                (select scope, key from {table} where expires_at <= $1 limit $2)"
        );
        // Safe: see `claim`.
        let done = sqlx::query(AssertSqlSafe(sql))
            .bind(now.to_sqlx())
            .bind(limit)
            .execute(conn)
            .await?;
        Ok(done.rows_affected())
    }

    fn table(&self) -> String {
        format!("{}.idempotency_key", self.schema)
    }
}

fn outcome(row: &sqlx::postgres::PgRow) -> Result<Outcome, DbError> {
    if row.try_get::<bool, _>("claimed")? {
        let fresh: bool = row.try_get("fresh")?;
        return Ok(if fresh {
            Outcome::Fresh
        } else {
            Outcome::Resume
        });
    }
    if !row.try_get::<bool, _>("same")? {
        return Ok(Outcome::Mismatch);
    }
    if row.try_get::<&str, _>("state")? == "done" {
        let status: i16 = row.try_get("status")?;
        let body: Option<Value> = row.try_get("body")?;
        return Ok(Outcome::Replay(StoredResponse {
            status: u16::try_from(status).unwrap_or(500),
            body: body.unwrap_or(Value::Null),
        }));
    }
    let wait: i64 = row.try_get("wait_s")?;
    Ok(Outcome::InFlight {
        retry_after_s: u64::try_from(wait).unwrap_or(1),
    })
}
