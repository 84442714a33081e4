//! What handlers share.

use axum::extract::FromRef;
use common::access::Verifier;
use common::db::Db;
use common::redis::Cache;
use kernel::{Currency, SharedClock};

use crate::cache::ReadCache;
use crate::config::{LimitSettings, Settings};

/// The state of the service. Clones share it.
#[derive(Debug, Clone)]
pub struct AppState {
    /// PostgreSQL.
    pub db: Db,
    /// The read cache.
    pub cache: ReadCache,
    /// The time.
    pub clock: SharedClock,
    /// Checks access tokens.
    pub verifier: Verifier,
    /// The shop's currency.
    pub currency: Currency,
    /// What requests may ask for.
    pub limits: LimitSettings,
}

impl AppState {
    /// The state from its parts and the settings.
    pub fn new(
        db: Db,
        cache: Cache,
        clock: SharedClock,
        verifier: Verifier,
        settings: &Settings,
    ) -> Self {
        Self {
            db,
            cache: ReadCache::new(cache, settings.cache),
            clock,
            verifier,
            currency: settings.shop.currency,
            limits: settings.limits,
        }
    }
}

impl FromRef<AppState> for Db {
    fn from_ref(state: &AppState) -> Self {
        state.db.clone()
    }
}

impl FromRef<AppState> for Verifier {
    fn from_ref(state: &AppState) -> Self {
        state.verifier.clone()
    }
}
