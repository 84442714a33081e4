//! What handlers share.

use axum::extract::FromRef;
use common::access::Verifier;
use common::db::Db;
use common::redis::Cache;
use kernel::Currency;

use crate::config::CartSettings;

/// Cheap to clone.
#[derive(Debug, Clone, FromRef)]
pub struct AppState {
    /// PostgreSQL.
    pub db: Db,
    /// Redis.
    pub cache: Cache,
    /// Who is asking.
    pub verifier: Verifier,
    /// Currency of new carts.
    #[from_ref(skip)]
    pub currency: Currency,
    /// Limits.
    #[from_ref(skip)]
    pub settings: CartSettings,
}
