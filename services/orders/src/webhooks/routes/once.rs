//! Requests that are carried out once, however often they are sent.

use axum::response::{IntoResponse as _, Response};
use common::Problem;
use common::access::CurrentUser;
use common::idempotency::{Idempotency, Outcome, request_hash};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use sqlx::PgConnection;

use crate::webhooks::error::Error;

const KEYS: Idempotency = Idempotency::new("orders");
/// How long a request may take before its repetition takes over.
const LEASE: SignedDuration = SignedDuration::from_secs(30);

/// A request that is known by its key.
#[derive(Debug, Clone)]
pub(super) struct Once {
    scope: String,
    key: String,
    hash: [u8; 32],
}

impl Once {
    /// `operation` on `target` with `body`, asked for by `user`.
    pub(super) fn new(
        user: &CurrentUser,
        operation: &'static str,
        target: &impl ToString,
        key: String,
        body: &impl Serialize,
    ) -> Result<Self, Error> {
        let target = target.to_string();
        let body = serde_json::to_vec(body).map_err(anyhow::Error::from)?;
        Ok(Self {
            scope: format!("{}:{operation}", user.user_id),
            key,
            hash: request_hash(&[target.as_bytes(), &body]),
        })
    }

    /// Claims the key, or answers what was answered before.
    pub(super) async fn begin(
        &self,
        conn: &mut PgConnection,
        now: Timestamp,
    ) -> Result<Option<Response>, Error> {
        match KEYS
            .begin(conn, &self.scope, &self.key, &self.hash, now, LEASE)
            .await?
        {
            Outcome::Fresh | Outcome::Resume => Ok(None),
            Outcome::Replay(stored) => Ok(Some(stored.into_response())),
            Outcome::InFlight { retry_after_s } => Err(Problem::conflict(
                "request_in_progress",
                "The request is being answered",
            )
            .retry_after(retry_after_s)
            .into()),
            Outcome::Mismatch => Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                "The key was used with another request",
            )
            .detail("Send a new key for a new attempt.")
            .into()),
        }
    }

    /// Keeps the answer, which must hold no secret.
    pub(super) async fn finish(
        &self,
        conn: &mut PgConnection,
        status: StatusCode,
        answer: &impl Serialize,
    ) -> Result<(), Error> {
        let body = serde_json::to_value(answer).map_err(anyhow::Error::from)?;
        KEYS.finish(conn, &self.scope, &self.key, status, &body)
            .await?;
        Ok(())
    }
}
