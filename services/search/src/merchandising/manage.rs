//! Changing synonyms and rules. Every change is one transaction: the revision first, which keeps others out until the
//! end, then the change, its entry in the log, and the answer under the request's key.

use common::access::CurrentUser;
use common::audit::{Audit, Entry};
use common::db::DbError;
use common::extract::RequestMeta;
use common::idempotency::{Idempotency, Outcome, request_hash};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use sqlx::{PgConnection, Postgres, Transaction};

use super::CHANNEL;
use super::error::Error;
use crate::state::AppState;

mod rules;
mod synonyms;

pub use rules::{create_rule, delete_rule, update_rule};
pub use synonyms::{create_synonym, delete_synonym, list_defaults, update_synonym};

/// The answers to staff requests that must not happen twice.
pub const IDEMPOTENCY: Idempotency = Idempotency::new("search");
const AUDIT: Audit = Audit::new("search");
/// All work of a key happens in one transaction, so that nobody ever sees one that was begun and not finished.
const LEASE: SignedDuration = SignedDuration::from_secs(60);

/// Something that was made.
#[derive(Debug)]
pub struct Made<T> {
    /// As it was then.
    pub object: T,
    /// Whether the same request was answered before.
    pub replayed: bool,
}

/// Who asks for a change, and in which request.
#[derive(Debug, Clone, Copy)]
pub struct Author<'a> {
    /// The member of staff.
    pub staff: &'a CurrentUser,
    /// The request.
    pub meta: &'a RequestMeta,
}

/// A request that may be sent again.
struct Once<'a> {
    scope: String,
    key: &'a str,
    hash: [u8; 32],
    now: Timestamp,
}

impl<'a> Once<'a> {
    fn new(
        operation: &str,
        staff: &CurrentUser,
        key: &'a str,
        request: &impl Serialize,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let canonical = encode(request)?;
        Ok(Self {
            scope: format!("{}:{operation}", staff.user_id),
            key,
            hash: request_hash(&[operation.as_bytes(), canonical.to_string().as_bytes()]),
            now,
        })
    }

    /// The answer given before, if it was.
    async fn begin<T: DeserializeOwned>(
        &self,
        conn: &mut PgConnection,
    ) -> Result<Option<T>, Error> {
        let outcome = IDEMPOTENCY
            .begin(conn, &self.scope, self.key, &self.hash, self.now, LEASE)
            .await?;
        match outcome {
            Outcome::Fresh | Outcome::Resume => Ok(None),
            Outcome::Replay(stored) => serde_json::from_value(stored.body)
                .map(Some)
                .map_err(|error| sqlx::Error::Decode(error.into()).into()),
            Outcome::Mismatch => Err(Error::KeyReused),
            Outcome::InFlight { retry_after_s } => Err(Error::InProgress(retry_after_s)),
        }
    }

    async fn finish(&self, conn: &mut PgConnection, body: &Value) -> Result<(), DbError> {
        IDEMPOTENCY
            .finish(conn, &self.scope, self.key, StatusCode::CREATED, body)
            .await
    }
}

/// Commits, and has the change in force here at once and elsewhere in a moment.
async fn commit(state: &AppState, tx: Transaction<'static, Postgres>) -> Result<(), Error> {
    tx.commit().await?;
    state.cache.publish(CHANNEL).await;
    if let Err(error) = state.merchandising.refresh().await {
        tracing::warn!(
            error = format!("{error:#}"),
            "the change is not in force here yet"
        );
    }
    Ok(())
}

fn entry<'a>(
    author: Author<'a>,
    action: &'a str,
    object_type: &'a str,
    id: impl ToString,
    now: Timestamp,
) -> Entry<'a> {
    Entry::new(author.staff, action, object_type, id)
        .at(now)
        .request(author.meta)
}

fn encode(value: &impl Serialize) -> Result<Value, sqlx::Error> {
    serde_json::to_value(value).map_err(|error| sqlx::Error::Encode(error.into()))
}

/// The members in which two states differ, as they were and as they are.
fn difference(
    before: &impl Serialize,
    after: &impl Serialize,
) -> Result<(Value, Value), sqlx::Error> {
    let members = |value: Value| match value {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    let (mut old, mut new) = (members(encode(before)?), members(encode(after)?));
    let unchanged: Vec<String> = old
        .iter()
        .filter(|(name, value)| name.as_str() == "updated_at" || new.get(*name) == Some(*value))
        .map(|(name, _)| name.clone())
        .collect();
    for name in unchanged {
        old.remove(&name);
        new.remove(&name);
    }
    Ok((Value::Object(old), Value::Object(new)))
}
