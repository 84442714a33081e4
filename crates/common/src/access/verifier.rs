//! Checks access tokens.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use arc_swap::ArcSwap;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use kernel::{SessionId, SharedClock};
use moka::future::Cache;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{AccessClaims, LEEWAY_S, LIFETIME_MAX_S, PublicKey, Role, TYPE};

/// The longest token that is looked at, in bytes.
const TOKEN_BYTES_MAX: usize = 2048;
/// Verified tokens that are remembered.
const REMEMBERED_MAX: u64 = 20_000;
/// How long a verified token is remembered at most.
const REMEMBERED_FOR: Duration = Duration::from_mins(15);

/// Why a token was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is no token of ours, or it was revoked.
    #[error("the token is not valid")]
    Invalid,
    /// It has run out.
    #[error("the token has expired")]
    Expired,
    /// The keys have not been loaded yet.
    #[error("the keys are not loaded")]
    NotReady,
}

/// Checks access tokens of one issuer. Clones share keys, revocations and memory.
#[derive(Clone)]
pub struct Verifier(Arc<Inner>);

struct Inner {
    clock: SharedClock,
    validation: Validation,
    keys: ArcSwap<HashMap<String, Key>>,
    revoked: RwLock<HashMap<Uuid, Timestamp>>,
    remembered: Cache<[u8; 32], Arc<AccessClaims>>,
}

struct Key {
    x: String,
    decoding: DecodingKey,
}

/// The members a token's header may have. All are required, and no other is accepted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("keys", &self.0.keys.load().len())
            .finish_non_exhaustive()
    }
}

impl Verifier {
    /// A verifier without keys, for tokens that `issuer` issued.
    pub fn new(issuer: &str, clock: SharedClock) -> Self {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&["shop", "admin"]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Times are checked here, against the injected clock.
        validation.validate_exp = false;
        Self(Arc::new(Inner {
            clock,
            validation,
            keys: ArcSwap::default(),
            revoked: RwLock::default(),
            remembered: Cache::builder()
                .max_capacity(REMEMBERED_MAX)
                .time_to_live(REMEMBERED_FOR)
                .build(),
        }))
    }

    /// Uses these keys and no others. Fails if one is no Ed25519 key, and then changes nothing.
    pub fn replace_keys(&self, keys: &[PublicKey]) -> anyhow::Result<()> {
        let current = self.0.keys.load();
        let same = current.len() == keys.len()
            && keys
                .iter()
                .all(|key| current.get(&key.kid).is_some_and(|known| known.x == key.x));
        if same {
            return Ok(());
        }
        let mut map = HashMap::new();
        for key in keys {
            let bytes = URL_SAFE_NO_PAD.decode(&key.x)?;
            anyhow::ensure!(bytes.len() == 32, "key {} is not an Ed25519 key", key.kid);
            let decoding = DecodingKey::from_ed_components(&key.x)?;
            let x = key.x.clone();
            map.insert(key.kid.clone(), Key { x, decoding });
        }
        self.0.keys.store(Arc::new(map));
        // What a key that is gone has signed must not live on.
        self.0.remembered.invalidate_all();
        Ok(())
    }

    /// Refuses the tokens of a session until `until`, when the last of them has run out.
    pub fn add_revoked(&self, session: Uuid, until: Timestamp) {
        let now = self.0.clock.now();
        let mut revoked = self
            .0
            .revoked
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        revoked.retain(|_, until| *until >= now);
        revoked.insert(session, until);
    }

    /// Whether keys have been loaded.
    pub fn is_ready(&self) -> bool {
        !self.0.keys.load().is_empty()
    }

    /// The clock that tokens are checked against.
    pub fn clock(&self) -> &SharedClock {
        &self.0.clock
    }

    /// The claims of a valid token.
    pub async fn verify(&self, token: &str) -> Result<Arc<AccessClaims>, TokenError> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(TokenError::Invalid);
        }
        let hash: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let claims = match self.0.remembered.get(&hash).await {
            Some(claims) => claims,
            None => Arc::new(self.decode(token)?),
        };
        self.check_times(&claims)?;
        if self.is_revoked(claims.sid) {
            return Err(TokenError::Invalid);
        }
        self.0.remembered.insert(hash, Arc::clone(&claims)).await;
        Ok(claims)
    }

    fn decode(&self, token: &str) -> Result<AccessClaims, TokenError> {
        let keys = self.0.keys.load();
        if keys.is_empty() {
            return Err(TokenError::NotReady);
        }
        let header = token.split('.').next().unwrap_or_default();
        let header = URL_SAFE_NO_PAD
            .decode(header)
            .map_err(|_| TokenError::Invalid)?;
        let header: Header = serde_json::from_slice(&header).map_err(|_| TokenError::Invalid)?;
        if header.alg != "EdDSA" || header.typ != TYPE {
            return Err(TokenError::Invalid);
        }
        let key = keys.get(&header.kid).ok_or(TokenError::Invalid)?;
        let claims = jsonwebtoken::decode::<AccessClaims>(token, &key.decoding, &self.0.validation)
            .map_err(|_| TokenError::Invalid)?
            .claims;
        // Nobody else is given one.
        if claims.scope.is_some() && claims.role != Role::Staff {
            return Err(TokenError::Invalid);
        }
        Ok(claims)
    }

    fn check_times(&self, claims: &AccessClaims) -> Result<(), TokenError> {
        let now = self.0.clock.now().as_second();
        let early = claims.iat > now.saturating_add(LEEWAY_S);
        let lifetime = claims.exp.saturating_sub(claims.iat);
        if early || !(1..=LIFETIME_MAX_S).contains(&lifetime) {
            return Err(TokenError::Invalid);
        }
        if claims.exp.saturating_add(LEEWAY_S) <= now {
            return Err(TokenError::Expired);
        }
        Ok(())
    }

    fn is_revoked(&self, session: SessionId) -> bool {
        let revoked = self
            .0
            .revoked
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        revoked.contains_key(&session.uuid())
    }
}
