//! Settings of the cart service.

use common::config::{
    DbSettings, HttpSettings, LogSettings, RedisSettings, ServiceSettings, SiteSettings,
};
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
    /// Logs.
    pub log: LogSettings,
    /// The shop.
    pub shop: SiteSettings,
    /// Carts.
    pub cart: CartSettings,
}

/// Section `cart`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CartSettings {
    /// Lines of one cart at most.
    pub lines_max: usize,
    /// How long a view stays in Redis, in seconds.
    pub view_ttl_s: u64,
}

impl ServiceSettings for Settings {
    fn http(&self) -> &HttpSettings {
        &self.http
    }

    fn log(&self) -> &LogSettings {
        &self.log
    }
}
