//! Settings of the search service.

use common::config::{
    DbSettings, HttpSettings, LogSettings, RedisSettings, ServiceSettings, SiteSettings,
};
use serde::Deserialize;

/// The defaults, each with its meaning.
pub const DEFAULTS: &str = r#"
[http]
address = "127.0.0.1:8086"
ops_address = "127.0.0.1:9086"

[search]
# A query longer than this is refused, in characters.
query_chars_max = 256
# Slugs of brands in one search.
brands_max = 50
# Memory that the index may use while it takes changes in, in bytes; 15000000 is the least.
index_memory_bytes = 15000000
# Changes taken into the index at a time. More start faster and need more memory.
changes_max = 1000
# How often an instance looks for changes when no hint came, in milliseconds.
poll_ms = 250
"#;

/// Settings of the search service.
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
    /// The index.
    pub search: SearchSettings,
}

/// Section `search`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchSettings {
    /// A query longer than this is refused, in characters.
    pub query_chars_max: usize,
    /// Slugs of brands in one search.
    pub brands_max: usize,
    /// Memory that the index may use while it takes changes in.
    pub index_memory_bytes: usize,
    /// Changes taken into the index at a time.
    pub changes_max: i64,
    /// How often an instance looks for changes when no hint came.
    pub poll_ms: u64,
}

impl ServiceSettings for Settings {
    fn http(&self) -> &HttpSettings {
        &self.http
    }

    fn log(&self) -> &LogSettings {
        &self.log
    }
}
