//! The sections of settings that every service shares. Defaults and meaning: `defaults.toml`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use kernel::Currency;
use secrecy::SecretString;
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};

/// What a process of several services needs to know of each one's settings.
pub trait ServiceSettings: DeserializeOwned {
    /// The section `http`.
    fn http(&self) -> &HttpSettings;
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
    #[serde(deserialize_with = "positive")]
    pub header_timeout_ms: u64,
    /// From the headers to the end of the body.
    #[serde(deserialize_with = "positive")]
    pub body_timeout_ms: u64,
    /// Without a request, or without progress of an answer.
    #[serde(deserialize_with = "positive")]
    pub idle_timeout_ms: u64,
    /// From the headers to the answer.
    #[serde(deserialize_with = "positive")]
    pub request_timeout_ms: u64,
    /// Open connections at most.
    #[serde(deserialize_with = "positive")]
    pub connections_max: usize,
    /// Requests being worked on at most.
    #[serde(deserialize_with = "positive")]
    pub requests_max: usize,
    /// The largest request body.
    #[serde(deserialize_with = "positive")]
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
    /// A second password, tried when the first is refused: for the time of a change.
    #[serde(default)]
    pub other_password: Option<SecretString>,
    /// Connections per pool at most.
    #[serde(deserialize_with = "positive")]
    pub pool_size_max: u32,
    /// How long a request waits for a connection.
    #[serde(deserialize_with = "positive")]
    pub acquire_timeout_ms: u64,
    /// A statement's deadline.
    #[serde(deserialize_with = "positive")]
    pub statement_timeout_ms: u64,
    /// How long a statement waits for a lock.
    #[serde(deserialize_with = "positive")]
    pub lock_timeout_ms: u64,
    /// How long a transaction may idle.
    #[serde(deserialize_with = "positive")]
    pub idle_in_transaction_timeout_ms: u64,
    /// A connection's age at most.
    #[serde(deserialize_with = "positive")]
    pub lifetime_max_s: u64,
    /// How long a connection may idle.
    #[serde(deserialize_with = "positive")]
    pub idle_timeout_s: u64,
}

/// Section `redis`: the cache. Without an address the service runs without it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedisSettings {
    /// Address: `redis://…`, or `rediss://…` for TLS.
    #[serde(default)]
    pub url: Option<SecretString>,
    /// Authorities to trust for `rediss://`, PEM; empty: the public ones.
    pub ca_file: PathBuf,
    /// An operation's deadline.
    #[serde(deserialize_with = "positive")]
    pub timeout_ms: u64,
    /// Connections at most.
    #[serde(deserialize_with = "positive")]
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

/// Section `log`. The plumbing's own: no service has it among its settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    /// What is logged: a level, and `target=level` for some targets, as in `info,sqlx=warn`.
    pub filter: String,
    /// How it looks.
    pub format: LogFormat,
}

/// Section `cloudwatch`: metrics for CloudWatch. The plumbing's own: no service has it among its settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloudWatchSettings {
    /// Whether metrics are sent at all.
    pub enabled: bool,
    /// The namespace of all metrics.
    pub namespace: String,
    /// Where CloudWatch is, if not where the AWS region says.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// Between two calls.
    #[serde(deserialize_with = "positive")]
    pub interval_ms: u64,
    /// One call.
    #[serde(deserialize_with = "positive")]
    pub timeout_ms: u64,
    /// Series at most.
    #[serde(deserialize_with = "positive")]
    pub series_max: usize,
    /// Labels that become dimensions.
    pub dimensions: Vec<String>,
    /// Names of metrics.
    pub metrics: Vec<String>,
}

impl CloudWatchSettings {
    /// What the exporter of `service` is told.
    pub(crate) fn options(&self, service: &str) -> cloudwatch::Options {
        let names = self.metrics.iter();
        cloudwatch::Options {
            namespace: self.namespace.clone(),
            endpoint: self.endpoint.clone(),
            metrics: names
                .map(|name| name.replace("{service}", service))
                .collect(),
            dimensions: self.dimensions.clone(),
            constant: ("service".to_owned(), service.to_owned()),
            series_max: self.series_max,
            interval: Duration::from_millis(self.interval_ms),
            timeout: Duration::from_millis(self.timeout_ms),
        }
    }
}

/// Section `shop`: what the public sees of the site.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteSettings {
    /// The public origin, without a slash at the end.
    #[serde(deserialize_with = "origin")]
    pub origin: String,
    /// The one currency of the site.
    pub currency: Currency,
}

/// A limit: a number above 0.
fn positive<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default + PartialOrd,
{
    let value = T::deserialize(deserializer)?;
    if value > T::default() {
        Ok(value)
    } else {
        Err(D::Error::custom("expected a number above 0"))
    }
}

/// `http://host` or `https://host`, with a port where needed and nothing after it.
fn origin<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    let host = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']) => Ok(text),
        _ => Err(D::Error::custom(
            "expected an origin such as https://shop.example.com, without a path",
        )),
    }
}
