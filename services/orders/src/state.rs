//! What handlers share.

use std::sync::Arc;

use axum::extract::FromRef;
use common::access::Verifier;
use common::audit::Audit;
use common::db::Db;
use common::idempotency::Idempotency;
use contract_orders::OrderTokenKeys;
use kernel::SharedClock;
use mail::mailbox::Mailbox;

use crate::domain::allowed::Policy;
use crate::domain::paper::Papers;
use crate::webhooks::Webhooks;

/// The keys of requests that were answered.
pub const IDEMPOTENCY: Idempotency = Idempotency::new("orders");
/// Who changed what.
pub const AUDIT: Audit = Audit::new("orders");

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
    pub token_keys: OrderTokenKeys,
    /// The rules of the shop.
    #[from_ref(skip)]
    pub policy: Arc<Policy>,
    /// What documents say about the shop.
    #[from_ref(skip)]
    pub papers: Arc<Papers>,
    /// Messages, as staff see them.
    pub mailbox: Mailbox,
    /// Events for other people's systems.
    pub webhooks: Webhooks,
}
