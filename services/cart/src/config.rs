//! Settings of the cart service.

use common::config::{DbSettings, HttpSettings, RedisSettings, ServiceSettings, SiteSettings};
use serde::Deserialize;

/// The defaults, each with its meaning.
pub const DEFAULTS: &str = r#"
[http]
address = "127.0.0.1:8083"
ops_address = "127.0.0.1:9083"

[cart]
# Lines of one cart at most.
lines_max = 100
# How long a view stays in Redis. A view is rewritten after every change, so this only bounds how long a price or
# stock figure may be old.
view_ttl_s = 15
# How often answers that need not be kept any more are deleted, and how many at once.
clear_interval_ms = 60000
clear_batch = 500

[limit]
# Coupon codes tried per client address (IPv4) or /64 (IPv6): at once, and seconds until one more.
coupon_address_burst = 20
coupon_address_refill_s = 15
# While Redis is away each instance counts for itself, with bursts and refills this much stricter.
alone_factor = 2
"#;

/// Settings of the cart service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Listeners.
    pub http: HttpSettings,
    /// PostgreSQL.
    pub db: DbSettings,
    /// Redis.
    pub redis: RedisSettings,
    /// The shop.
    pub shop: SiteSettings,
    /// Carts.
    pub cart: CartSettings,
    /// How often someone may try.
    pub limit: LimitSettings,
}

/// Section `cart`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CartSettings {
    /// Lines of one cart at most.
    pub lines_max: usize,
    /// How long a view stays in Redis, in seconds.
    pub view_ttl_s: u64,
    /// How often old answers are deleted.
    pub clear_interval_ms: u64,
    /// How many of them at once.
    pub clear_batch: i64,
}

/// Section `limit`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitSettings {
    /// Coupon codes that a client address may try at once.
    pub coupon_address_burst: u32,
    /// Seconds until it may try one more.
    pub coupon_address_refill_s: u32,
    /// How much stricter an instance is while it counts alone.
    pub alone_factor: u32,
}

impl ServiceSettings for Settings {
    fn http(&self) -> &HttpSettings {
        &self.http
    }
}
