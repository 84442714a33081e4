//! Keys and revocations as the database tells them.

use std::pin::Pin;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{AccessFeed, LEEWAY_S, LIFETIME_MAX_S, PublicKey, Revoked};
use crate::db::Db;

/// How long a revocation is remembered: as long as a token of the session may be accepted.
const REMEMBERED_FOR: SignedDuration = SignedDuration::from_secs(LIFETIME_MAX_S + 2 * LEEWAY_S);

/// A question to the database under way.
type Asked<'c, T> = Pin<Box<dyn Future<Output = Result<Vec<T>, sqlx::Error>> + Send + 'c>>;
/// Asks for key ids and JSON Web Keys.
type AskKeys = for<'c> fn(&'c mut PgConnection) -> Asked<'c, (String, Value)>;
/// Asks for the sessions revoked since a moment.
type AskRevoked = for<'c> fn(&'c mut PgConnection, Timestamp) -> Asked<'c, (Uuid, Timestamp)>;

/// The feed of a service that asks the database itself, through the functions that the keys' owner offers.
#[derive(Debug, Clone)]
pub struct SqlFeed {
    db: Db,
    keys: AskKeys,
    revoked: AskRevoked,
}

impl SqlFeed {
    /// Asks with `keys` and `revoked`.
    pub fn new(db: Db, keys: AskKeys, revoked: AskRevoked) -> Self {
        Self { db, keys, revoked }
    }
}

impl AccessFeed for SqlFeed {
    async fn keys(&self) -> anyhow::Result<Vec<PublicKey>> {
        let mut conn = self.db.read().await?;
        let rows = (self.keys)(&mut conn).await?;
        rows.into_iter()
            .map(|(kid, jwk)| {
                let x = jwk.get("x").and_then(Value::as_str);
                let x = x.ok_or_else(|| anyhow::anyhow!("the key {kid} has no member `x`"))?;
                Ok(PublicKey {
                    kid,
                    x: x.to_owned(),
                })
            })
            .collect()
    }

    async fn revoked_since(&self, since: Timestamp) -> anyhow::Result<Vec<Revoked>> {
        // The primary: a lagging replica would let a revoked session in.
        let mut conn = self.db.write().await?;
        let rows = (self.revoked)(&mut conn, since).await?;
        let revoked = |(session_id, revoked_at): (Uuid, Timestamp)| Revoked {
            session_id,
            revoked_at,
            expires_at: revoked_at
                .checked_add(REMEMBERED_FOR)
                .unwrap_or(Timestamp::MAX),
        };
        Ok(rows.into_iter().map(revoked).collect())
    }
}
