//! Writes that happen once per `Idempotency-Key`.

use axum::response::{IntoResponse as _, Response};
use common::access::CurrentUser;
use common::db::DbError;
use common::extract::IdempotencyKey;
use common::idempotency::{Idempotency, Outcome, request_hash};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::Value;
use sqlx::PgConnection;

use crate::error::Error;

const KEYS: Idempotency = Idempotency::new("catalog");
/// The whole write is one transaction, which outlives its request by less than this.
const LEASE: SignedDuration = SignedDuration::from_secs(60);

/// A write under a key: what was asked, by whom.
#[derive(Debug)]
pub(super) struct Once {
    scope: String,
    key: String,
    hash: [u8; 32],
}

/// What a key stands for.
#[derive(Debug)]
pub(super) enum Claim {
    /// Nothing yet: do the work, then [`Once::finish`].
    Fresh(Once),
    /// A write that was done: its answer.
    Done(Response),
}

impl Once {
    /// Claims the key for `operation` on `object`, in the transaction of the write: a write that is refused leaves the
    /// key free.
    pub(super) async fn begin(
        conn: &mut PgConnection,
        staff: &CurrentUser,
        IdempotencyKey(key): IdempotencyKey,
        (operation, object): (&'static str, &str),
        body: &impl Serialize,
        now: Timestamp,
    ) -> Result<Claim, Error> {
        let body = serde_json::to_vec(body).map_err(encode)?;
        let once = Self {
            scope: format!("{}:{operation}", staff.user_id),
            key,
            hash: request_hash(&[operation.as_bytes(), object.as_bytes(), &body]),
        };
        match KEYS
            .begin(conn, &once.scope, &once.key, &once.hash, now, LEASE)
            .await?
        {
            Outcome::Fresh | Outcome::Resume => Ok(Claim::Fresh(once)),
            Outcome::Replay(stored) => Ok(Claim::Done(stored.into_response())),
            Outcome::Mismatch => Err(Error::KeyReused),
            Outcome::InFlight { retry_after_s } => Err(Error::InProgress(retry_after_s)),
        }
    }

    /// Keeps the answer.
    pub(super) async fn finish(
        self,
        conn: &mut PgConnection,
        status: StatusCode,
        body: &impl Serialize,
    ) -> Result<Value, Error> {
        let body = serde_json::to_value(body).map_err(encode)?;
        KEYS.finish(conn, &self.scope, &self.key, status, &body)
            .await?;
        Ok(body)
    }
}

fn encode(error: serde_json::Error) -> DbError {
    sqlx::Error::Encode(error.into()).into()
}
