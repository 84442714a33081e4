//! The settings of the service. Defaults and meaning stand in [`DEFAULTS`].

use common::config::{DbSettings, HttpSettings, RedisSettings, ServiceSettings, SiteSettings};
use serde::Deserialize;

use crate::domain::slots::SlotRules;

/// The service's defaults, TOML. The environment wins: `TECHMART_CATALOG__CACHE__PRODUCT_TTL_S=30`.
pub const DEFAULTS: &str = r#"
[http]
address = "127.0.0.1:8082"
ops_address = "127.0.0.1:9082"

[cache]
# How long a product's page is kept in Redis. It is forgotten at once when the product changes.
product_ttl_s = 60
# How long a list is kept in Redis. Staff writes and imports are seen at once, availability after this at the latest.
list_ttl_s = 10
# How long the category tree is kept in Redis. Staff writes and imports are seen at once, its counts after this.
categories_ttl_s = 60
# How long a fill from a lagging replica is refused after a change.
floor_ttl_s = 300
# How long a member of staff reads the primary after a write of theirs.
fresh_reads_s = 10
# Loads under way at most that callers can join.
flights_max = 10000

[limits]
# Brands and attributes that a list may be filtered by, each.
filters_max = 20
# The longest value of a filter, in bytes.
filter_length_max = 200

[stock]
# Pause between two looks for expired reservations.
sweep_interval_ms = 5000
# Reservations given back per transaction.
sweep_batch = 100
# Events of one claim of the consumer `availability`.
event_batch = 50
# Pause between two looks for variants to split or to merge.
slots_interval_ms = 5000
# Variants laid out anew per look.
slots_batch = 20
# How far back holds are counted.
heat_window_s = 60
# Entries of the ledger that are looked at for it at most, the newest.
heat_movements_max = 50000
# Pause between two looks whether the day's comparison of stock is due.
reconcile_interval_ms = 600000
# The hour (UTC) from which on it is.
reconcile_hour = 3
# Pause between two looks for idempotency keys whose answers need not be kept any more.
keys_interval_ms = 3600000
# Keys deleted per statement.
keys_batch = 1000

[stock.slots]
# The most slots that a place's stock of one variant is split into, 64 at most.
slots_max = 16
# Free units that a slot holds at least.
units_min = 20
# Holds within `heat_window_s` from which on a variant is hot and gets slots.
hot_holds = 300
# Holds within `heat_window_s` up to which it is cold and gets one.
cold_holds = 30

[import]
# Rows per transaction.
batch_rows = 500
# The longest line of a file, in bytes; a longer one is a bad row.
line_bytes_max = 1048576
# Bad rows that are printed; a report file gets all of them.
failures_shown = 10
"#;

/// All settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Listeners and their limits.
    pub http: HttpSettings,
    /// PostgreSQL.
    pub db: DbSettings,
    /// Redis.
    pub redis: RedisSettings,
    /// The public site.
    pub shop: SiteSettings,
    /// The read cache.
    pub cache: CacheSettings,
    /// What requests may ask for.
    pub limits: LimitSettings,
    /// Background work on stock.
    pub stock: StockSettings,
    /// Imports.
    pub import: ImportSettings,
}

/// Section `cache`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CacheSettings {
    /// How long a product's page is kept.
    pub product_ttl_s: u64,
    /// How long a list is kept.
    pub list_ttl_s: u64,
    /// How long the category tree is kept.
    pub categories_ttl_s: u64,
    /// How long stale fills are refused after a change.
    pub floor_ttl_s: u64,
    /// How long staff read the primary after a write.
    pub fresh_reads_s: u64,
    /// Loads under way at most that callers can join.
    pub flights_max: u64,
}

/// Section `limits`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitSettings {
    /// Brands and attributes that a list may be filtered by, each.
    pub filters_max: usize,
    /// The longest value of a filter, in bytes.
    pub filter_length_max: usize,
}

/// Section `stock`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StockSettings {
    /// Pause between two looks for expired reservations.
    pub sweep_interval_ms: u64,
    /// Reservations given back per transaction.
    pub sweep_batch: i32,
    /// Events of one claim.
    pub event_batch: i32,
    /// Pause between two looks for variants to split or to merge.
    pub slots_interval_ms: u64,
    /// Variants laid out anew per look.
    pub slots_batch: usize,
    /// How far back holds are counted.
    pub heat_window_s: i32,
    /// Entries of the ledger that are looked at for it at most.
    pub heat_movements_max: i64,
    /// Pause between two looks whether the day's comparison is due.
    pub reconcile_interval_ms: u64,
    /// The hour (UTC) from which on it is.
    pub reconcile_hour: u8,
    /// Pause between two looks for old idempotency keys.
    pub keys_interval_ms: u64,
    /// Keys deleted per statement.
    pub keys_batch: i64,
    /// When stock is split and merged.
    pub slots: SlotRules,
}

/// Section `import`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportSettings {
    /// Rows per transaction.
    pub batch_rows: usize,
    /// The longest line of a file, in bytes.
    pub line_bytes_max: usize,
    /// Bad rows that are printed.
    pub failures_shown: usize,
}

impl ServiceSettings for Settings {
    fn http(&self) -> &HttpSettings {
        &self.http
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_need_nothing_but_a_database() {
        let url = (
            "TECHMART_CATALOG__DB__URL".to_owned(),
            "postgres://localhost/techmart".to_owned(),
        );
        let settings: Settings = common::config::load_from("catalog", DEFAULTS, [url]).unwrap();
        assert_eq!(settings.http.address.port(), 8082);
        assert_eq!(settings.cache.fresh_reads_s, 10);
        let missing = common::config::load_from::<Settings>("catalog", DEFAULTS, []).unwrap_err();
        assert!(
            missing.place.contains("DB__URL") || missing.place.contains("DB"),
            "{missing}"
        );
    }
}
