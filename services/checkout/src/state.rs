//! What every part of the service has at hand.

use std::sync::Arc;

use axum::extract::FromRef;
use common::access::Verifier;
use common::audit::Audit;
use common::db::Db;
use common::idempotency::Idempotency;
use common::jobs::Jobs;
use common::redis::Cache;
use contract_orders::OrderTokenKey;
use jiff::Timestamp;
use kernel::{CartId, CheckoutId, OrderId, SharedClock};

use crate::config::Settings;
use crate::provider::Provider;

/// The stored answers of this service.
pub const IDEMPOTENCY: Idempotency = Idempotency::new("checkout");

/// Who changed what.
pub const AUDIT: Audit = Audit::new("checkout");

/// The state of the service. Clones share everything.
#[derive(Debug, Clone)]
pub struct AppState {
    /// PostgreSQL.
    pub db: Db,
    /// The cart service's cache.
    pub cart_cache: Cache,
    /// The time.
    pub clock: SharedClock,
    /// Knows who asks.
    pub verifier: Verifier,
    /// The payment provider.
    pub provider: Provider,
    /// The settings.
    pub settings: Arc<Settings>,
    /// Work that outlives its request.
    pub jobs: Jobs,
}

impl FromRef<AppState> for Verifier {
    fn from_ref(state: &AppState) -> Self {
        state.verifier.clone()
    }
}

impl FromRef<AppState> for Db {
    fn from_ref(state: &AppState) -> Self {
        state.db.clone()
    }
}

impl AppState {
    /// The time now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The token that opens an order. The same order always gets the same one: it counts from the moment that the
    /// order's id was made, so that it need not be stored.
    pub fn order_token(&self, order_id: OrderId) -> String {
        let key: &OrderTokenKey = &self.settings.order_token.key;
        let (seconds, _) = order_id
            .uuid()
            .get_timestamp()
            .map_or((0, 0), |at| at.to_unix());
        let life = self.settings.order_token.ttl_days.saturating_mul(24 * 3600);
        let until = i64::try_from(seconds).unwrap_or(0).saturating_add(life);
        key.sign(
            order_id,
            Timestamp::from_second(until).unwrap_or(Timestamp::MAX),
        )
    }

    /// Forgets the cached view of a cart that was changed. A failure costs a stale view for seconds.
    pub async fn forget_cart(&self, cart_id: CartId) {
        let key = contract_cart::view_cache_key(cart_id);
        let forgotten = contract_cart::forgotten_view();
        self.cart_cache
            .set_json(&key, &forgotten, contract_cart::FORGOTTEN_FOR)
            .await;
    }
}

/// The moment `life` after `now`.
pub fn after(now: Timestamp, life: jiff::SignedDuration) -> Timestamp {
    now.saturating_add(life).unwrap_or(Timestamp::MAX)
}

/// What makes a key of a request its own: who asks, for what.
pub fn idempotency_scope(owner: &contract_cart::Owner, checkout_id: CheckoutId) -> String {
    let principal = match owner {
        contract_cart::Owner::Customer(id) => id.to_string(),
        contract_cart::Owner::Guest(hash) => format!("guest:{}", hex::encode(hash)),
    };
    format!("{principal} complete {checkout_id}")
}
