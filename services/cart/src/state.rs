//! What handlers share.

use axum::extract::FromRef;
use common::access::Verifier;
use common::db::Db;
use common::limiter::{Limiter, Rule};
use common::redis::Cache;
use kernel::{Currency, SharedClock};

use crate::config::{CartSettings, Settings};

/// Cheap to clone.
#[derive(Debug, Clone, FromRef)]
pub struct AppState {
    /// PostgreSQL.
    pub db: Db,
    /// Redis.
    pub cache: Cache,
    /// Who is asking.
    pub verifier: Verifier,
    /// The time.
    #[from_ref(skip)]
    pub clock: SharedClock,
    /// How often a client may try coupon codes.
    #[from_ref(skip)]
    pub limiter: Limiter,
    /// How often a client may try coupon codes.
    #[from_ref(skip)]
    pub coupon_rule: Rule,
    /// Currency of new carts.
    #[from_ref(skip)]
    pub currency: Currency,
    /// Limits.
    #[from_ref(skip)]
    pub settings: CartSettings,
}

impl AppState {
    /// What handlers share, with these settings.
    pub fn new(
        db: Db,
        cache: Cache,
        clock: SharedClock,
        verifier: Verifier,
        settings: &Settings,
    ) -> Self {
        let limit = settings.limit;
        Self {
            limiter: Limiter::new(cache.clone(), clock.clone(), limit.alone_factor),
            coupon_rule: Rule::new(
                "coupon",
                limit.coupon_address_burst,
                limit.coupon_address_refill_s,
            ),
            db,
            cache,
            verifier,
            clock,
            currency: settings.shop.currency,
            settings: settings.cart.clone(),
        }
    }
}
