//! A staff request that moves money, once per key.

use common::extract::CurrentUser;
use common::idempotency::{Outcome, StoredResponse, request_hash};
use http::StatusCode;
use jiff::SignedDuration;
use serde::Serialize;
use sqlx::PgConnection;

use crate::error::Error;
use crate::state::{AppState, IDEMPOTENCY};

/// How long a request may take: it is one transaction.
const LEASE: SignedDuration = SignedDuration::from_secs(30);

/// A key of a member of staff, for one kind of request.
pub(super) struct Once {
    scope: String,
    key: String,
}

/// Claims the key in the transaction that does the work. The answer of before, if there is one.
pub(super) async fn begin<T: Serialize>(
    conn: &mut PgConnection,
    state: &AppState,
    staff: &CurrentUser,
    what: &str,
    key: String,
    body: &T,
) -> Result<Result<Once, StoredResponse>, Error> {
    let scope = format!("{} {what}", staff.user_id);
    let canonical = serde_json::to_vec(body)
        .map_err(|_| Error::Internal("a request cannot be written as JSON"))?;
    let hash = request_hash(&[&canonical]);
    let outcome = IDEMPOTENCY
        .begin(conn, &scope, &key, &hash, state.now(), LEASE)
        .await?;
    match outcome {
        Outcome::Fresh | Outcome::Resume => Ok(Ok(Once { scope, key })),
        Outcome::Replay(stored) => Ok(Err(stored)),
        Outcome::InFlight { retry_after_s } => Err(Error::CompletionInProgress { retry_after_s }),
        Outcome::Mismatch => Err(Error::IdempotencyKeyReused),
    }
}

impl Once {
    /// Keeps the answer, in the same transaction.
    pub(super) async fn finish<T: Serialize>(
        self,
        conn: &mut PgConnection,
        status: StatusCode,
        answer: &T,
    ) -> Result<(), Error> {
        let body = serde_json::to_value(answer)
            .map_err(|_| Error::Internal("an answer cannot be written as JSON"))?;
        IDEMPOTENCY
            .finish(conn, &self.scope, &self.key, status, &body)
            .await?;
        Ok(())
    }
}
