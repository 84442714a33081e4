//! Settings of the search service.

use std::path::PathBuf;

use common::config::{DbSettings, HttpSettings, RedisSettings, ServiceSettings, SiteSettings};
use search_opensearch::NearestBy;
use secrecy::SecretString;
use serde::Deserialize;

use crate::engines::EngineKind;
use crate::signals::SignalSettings;

/// The defaults, each with its meaning.
pub const DEFAULTS: &str = r#"
[http]
address = "127.0.0.1:8086"
ops_address = "127.0.0.1:9086"

[search]
# Who answers: "embedded" (in this process) or "opensearch". The embedded index is always kept: it answers when
# OpenSearch is away.
engine = "embedded"
# Folder of the embedded index, one per instance; empty: in memory, read from the database at every start.
index_dir = ""
# Memory that the index may use while it takes changes in, in bytes; 15000000 is the least.
index_memory_bytes = 50000000
# The sentence model (made by `techmart-search model fetch`); empty or missing: search by words only.
model_file = ""
# Products nearest in meaning that a search may add.
nearest = 200
# Least cosine of such a product, in hundredths.
similarity_min_percent = 30
# The same where no product holds the words of the query. Anything typed is somewhat near to something: 0.35 is noise.
alone_similarity_min_percent = 40
# Query vectors remembered.
query_vectors = 10000
# Texts embedded at a time while products are embedded in the background.
embed_batch = 32
# A query longer than this is refused, in characters.
query_chars_max = 256
# Values of one filter in one search.
filter_values_max = 50
# Changes taken into an index at a time. More start faster and need more memory.
changes_max = 1000
# How often an instance looks for changes when no hint came, in milliseconds.
poll_ms = 250
# An answer may come from the cache for this long after a change, in milliseconds; 0: no cache.
cache_stale_ms = 1000

[opensearch]
url = ""
username = ""
password = ""
# Indices are called after it, with a version; the alias has this name.
index = "techmart-products"
shards = 1
replicas = 0
# How the nearest products are found: "auto" (by the k-NN plugin where there is one: approximate) or "exact" (every
# product is compared: fine up to some ten thousand).
nearest = "auto"
# Deadline of one search, after which the embedded index answers, and of one bulk request.
search_timeout_ms = 500
bulk_timeout_ms = 30000
# After a failure the embedded index answers for this long before OpenSearch is asked again.
retry_after_ms = 2000

[signals]
# Products, and texts, that are counted in memory between two writes; further ones are dropped.
buffer_max = 100000
# How often counts are written down, in milliseconds.
flush_ms = 5000
# Requests with events that a client address may send at once, and seconds until one more.
address_burst = 60
address_refill_s = 1
# Events of a kind about one product, and about one text, that count for one client address at once, and seconds until
# one more counts.
client_burst = 3
client_refill_s = 1200
# While Redis is away each instance counts for itself, with bursts and refills this much stricter.
alone_factor = 2
# How long counts are kept, in days.
kept_days = 90
# Texts that were searched less often than this are shown to nobody and recommended to nobody.
searches_min = 3
# How often popularity is computed anew, in seconds.
popularity_s = 600
# Products whose popularity is changed at a time.
popularity_batch = 500
# Popular queries that are kept for suggestions.
popular_queries_max = 500
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
    /// The shop.
    pub shop: SiteSettings,
    /// Searching.
    pub search: SearchSettings,
    /// The other engine.
    pub opensearch: OpenSearchSettings,
    /// What shoppers do with results.
    pub signals: SignalSettings,
}

/// Section `search`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchSettings {
    /// Who answers.
    pub engine: EngineKind,
    /// Folder of the embedded index; empty: in memory.
    pub index_dir: PathBuf,
    /// Memory that the index may use while it takes changes in.
    pub index_memory_bytes: usize,
    /// The sentence model; empty or missing: words only.
    pub model_file: PathBuf,
    /// Products nearest in meaning that a search may add.
    pub nearest: usize,
    /// Least cosine of such a product, in hundredths.
    pub similarity_min_percent: u8,
    /// Least cosine where no word matches, in hundredths.
    pub alone_similarity_min_percent: u8,
    /// Query vectors remembered.
    pub query_vectors: u64,
    /// Texts embedded at a time.
    pub embed_batch: i64,
    /// A query longer than this is refused, in characters.
    pub query_chars_max: usize,
    /// Values of one filter in one search.
    pub filter_values_max: usize,
    /// Changes taken into an index at a time.
    pub changes_max: i64,
    /// How often an instance looks for changes when no hint came.
    pub poll_ms: u64,
    /// How long after a change an answer may come from the cache.
    pub cache_stale_ms: u64,
}

/// Section `opensearch`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenSearchSettings {
    /// Its address.
    pub url: String,
    /// Who we are to it; empty: nobody.
    pub username: String,
    /// The password of that user.
    pub password: SecretString,
    /// Prefix of the indices, and name of the alias.
    pub index: String,
    /// Shards of an index.
    pub shards: u16,
    /// Replicas of each shard.
    pub replicas: u16,
    /// How the nearest products are found.
    pub nearest: NearestSetting,
    /// Deadline of a search.
    pub search_timeout_ms: u64,
    /// Deadline of a bulk request.
    pub bulk_timeout_ms: u64,
    /// How long the other engine answers after a failure.
    pub retry_after_ms: u64,
}

/// How `OpenSearch` finds the nearest products.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NearestSetting {
    /// By the k-NN plugin, where there is one.
    Auto,
    /// By comparing every product.
    Exact,
}

impl From<NearestSetting> for NearestBy {
    fn from(setting: NearestSetting) -> Self {
        match setting {
            NearestSetting::Auto => Self::Auto,
            NearestSetting::Exact => Self::Script,
        }
    }
}

impl ServiceSettings for Settings {
    fn http(&self) -> &HttpSettings {
        &self.http
    }
}
