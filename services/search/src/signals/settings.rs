//! Section `signals` of the settings.

use serde::Deserialize;

/// Limits and times of what is counted.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignalSettings {
    /// Products, and texts, that are counted in memory between two writes; further ones are dropped.
    pub buffer_max: usize,
    /// How often counts are written down.
    pub flush_ms: u64,
    /// Requests with events that a client address may send at once.
    pub address_burst: u32,
    /// Seconds until it may send one more.
    pub address_refill_s: u32,
    /// Events of a kind about one product, and about one text, that count for one client address at once.
    pub client_burst: u32,
    /// Seconds until one more counts.
    pub client_refill_s: u32,
    /// How much stricter an instance is while it counts alone.
    pub alone_factor: u32,
    /// How long counts are kept.
    pub kept_days: u16,
    /// Texts that were searched less often than this are shown to nobody and recommended to nobody.
    pub searches_min: u32,
    /// How often popularity is computed anew.
    pub popularity_s: u64,
    /// Products whose score is changed at a time.
    pub popularity_batch: usize,
    /// Popular queries that are kept.
    pub popular_queries_max: u32,
}
