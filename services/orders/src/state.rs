//! What handlers share.

use axum::extract::FromRef;
use common::access::Verifier;
use common::db::Db;
use contract_orders::OrderTokenKey;
use kernel::SharedClock;

/// Cheap to clone.
#[derive(Debug, Clone, FromRef)]
pub struct AppState {
    /// PostgreSQL.
    pub db: Db,
    /// Who is asking.
    pub verifier: Verifier,
    /// The time.
    #[from_ref(skip)]
    pub clock: SharedClock,
    /// Verifies guests' tokens.
    #[from_ref(skip)]
    pub token_key: OrderTokenKey,
}
