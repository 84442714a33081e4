//! The sections of settings that every service shares. Defaults and meaning: `defaults.toml`.

use std::net::SocketAddr;

use kernel::Currency;
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// What the plumbing needs to know of a service's settings.
pub trait ServiceSettings: DeserializeOwned {
    /// The section `http`.
    fn http(&self) -> &HttpSettings;
    /// The section `log`.
    fn log(&self) -> &LogSettings;
}

/// Section `http`: the listeners and their limits.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpSettings {
    /// Where the service listens for requests.
    pub address: SocketAddr,
    /// Where `/livez`, `/readyz` and `/metrics` are.
    pub ops_address: SocketAddr,
    /// From the first byte of a request to the end of its headers.
    pub header_timeout_ms: u64,
    /// From the headers to the end of the body.
    pub body_timeout_ms: u64,
    /// Without a request, or without progress of an answer.
    pub idle_timeout_ms: u64,
    /// From the headers to the answer.
    pub request_timeout_ms: u64,
    /// Open connections at most.
    pub connections_max: usize,
    /// Requests being worked on at most.
    pub requests_max: usize,
    /// The largest request body.
    pub body_limit_bytes: usize,
    /// From the signal to stop until no connection is accepted any more.
    pub drain_ms: u64,
    /// From then until requests under way are cut off.
    pub drain_hard_ms: u64,
}

/// Section `db`: the pools and the deadlines of their sessions.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DbSettings {
    /// Address of the primary. Required.
    pub url: SecretString,
    /// Address of a read replica.
    #[serde(default)]
    pub read_url: Option<SecretString>,
    /// Connections per pool at most.
    pub pool_size_max: u32,
    /// How long a request waits for a connection.
    pub acquire_timeout_ms: u64,
    /// A statement's deadline.
    pub statement_timeout_ms: u64,
    /// How long a statement waits for a lock.
    pub lock_timeout_ms: u64,
    /// How long a transaction may idle.
    pub idle_in_transaction_timeout_ms: u64,
    /// A connection's age at most.
    pub lifetime_max_s: u64,
    /// How long a connection may idle.
    pub idle_timeout_s: u64,
}

/// Section `redis`: the cache. Without an address the service runs without it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedisSettings {
    /// Address, `redis://…`.
    #[serde(default)]
    pub url: Option<SecretString>,
    /// An operation's deadline.
    pub timeout_ms: u64,
    /// Connections at most.
    pub pool_size_max: usize,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object per line.
    Json,
    /// For a person at a terminal.
    Text,
}

/// Section `log`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    /// What is logged, as in `info,sqlx=warn`.
    pub filter: String,
    /// How it looks.
    pub format: LogFormat,
}

/// Section `shop`: what the public sees of the site.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteSettings {
    /// The public origin, without a slash at the end.
    pub origin: String,
    /// The one currency of the site.
    pub currency: Currency,
}
