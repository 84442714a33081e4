//! Redis as a helper: every failure is a cache miss, never an error to the caller.
//!
//! Keys are `tm:<service>:<key>` and always expire. An operation has a deadline (50 ms unless
//! configured); after a few failures the breaker answers "miss" for a second without trying.
//! Without an address every operation is a miss. `rediss://` is TLS by rustls: the server's certificate and name are
//! checked against the public authorities, or against those of `redis.ca_file`.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use deadpool_redis::redis::{AsyncCommands, Client, FromRedisValue, RedisError, Script};
use deadpool_redis::{Pool, Runtime};
use secrecy::ExposeSecret;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::config::RedisSettings;
use crate::server::Probe;
use crate::telemetry::vitals::PoolSize;
use crate::telemetry::{self, ClientSpan};

mod address;
mod breaker;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tls_tests;
mod wakeups;

use breaker::Breaker;
pub use deadpool_redis::redis;
pub use wakeups::{Waker, Wakeups};

/// The cache of a service. Clones share the pool and the breaker.
#[derive(Clone)]
pub struct Cache {
    prefix: Arc<str>,
    inner: Option<Arc<Inner>>,
}

struct Inner {
    pool: Pool,
    client: Client,
    timeout: Duration,
    breaker: Breaker,
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("redis: {0}")]
    Redis(#[from] RedisError),
    #[error("redis: no connection: {0}")]
    Pool(#[from] deadpool_redis::PoolError),
    #[error("redis: no answer in time")]
    Deadline,
}

impl Failure {
    fn word(&self) -> &'static str {
        match self {
            Self::Redis(_) => "redis",
            Self::Pool(_) => "no_connection",
            Self::Deadline => "timeout",
        }
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache")
            .field("prefix", &self.prefix)
            .field("configured", &self.inner.is_some())
            .finish_non_exhaustive()
    }
}

impl Cache {
    /// The cache of `service`, without connecting. Fails if the address cannot be read.
    pub fn connect(service: &str, settings: &RedisSettings) -> anyhow::Result<Self> {
        let url = settings
            .url
            .as_ref()
            .map(|url| url.expose_secret().to_owned());
        Self::trusting(
            &settings.ca_file,
            url.as_deref().filter(|url| !url.is_empty()),
            service,
            Duration::from_millis(settings.timeout_ms),
            settings.pool_size_max,
        )
    }

    /// As [`Cache::connect`], from single values.
    pub fn new(
        url: Option<&str>,
        service: &str,
        timeout: Duration,
        pool_size_max: usize,
    ) -> anyhow::Result<Self> {
        Self::trusting(Path::new(""), url, service, timeout, pool_size_max)
    }

    fn trusting(
        ca_file: &Path,
        url: Option<&str>,
        service: &str,
        timeout: Duration,
        pool_size_max: usize,
    ) -> anyhow::Result<Self> {
        let prefix = format!("tm:{service}:").into();
        let Some(url) = url else {
            return Ok(Self {
                prefix,
                inner: None,
            });
        };
        let section = format!("TECHMART_{}__REDIS__", service.to_uppercase());
        let client = address::client(url, ca_file, &section)?;
        let manager = deadpool_redis::Manager::new(client.get_connection_info().clone())?;
        let pool = Pool::builder(manager)
            .max_size(pool_size_max)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(timeout))
            .create_timeout(Some(timeout))
            .recycle_timeout(Some(timeout))
            .build()?;
        Ok(Self {
            prefix,
            inner: Some(Arc::new(Inner {
                pool,
                client,
                timeout,
                breaker: Breaker::default(),
            })),
        })
    }

    /// A cache that is always empty.
    pub fn none(service: &str) -> Self {
        Self {
            prefix: format!("tm:{service}:").into(),
            inner: None,
        }
    }

    /// Whether an address is configured.
    pub fn is_configured(&self) -> bool {
        self.inner.is_some()
    }

    /// The value of `key`, if it is there and can be read as a `T`.
    pub async fn get_json<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        let key = self.key(key);
        let text: Option<Option<Vec<u8>>> = self
            .run("get", async |connection| {
                connection.get::<_, Option<Vec<u8>>>(&key).await
            })
            .await;
        let outcome = match &text {
            Some(Some(_)) => "hit",
            Some(None) => "miss",
            None => "error",
        };
        metrics::counter!("techmart_cache_reads_total", "outcome" => outcome).increment(1);
        serde_json::from_slice(&text??).ok()
    }

    /// Keeps `value` for `ttl` (at least a second). Whether it was stored.
    pub async fn set_json<T: Serialize + ?Sized>(
        &self,
        key: &str,
        value: &T,
        ttl: Duration,
    ) -> bool {
        let Ok(json) = serde_json::to_vec(value) else {
            return false;
        };
        let key = self.key(key);
        let seconds = ttl.as_secs().max(1);
        self.run("setex", async |connection| {
            connection
                .set_ex::<_, _, ()>(&key, json.as_slice(), seconds)
                .await
        })
        .await
        .is_some()
    }

    /// Forgets `key`. Whether the server took it.
    pub async fn delete(&self, key: &str) -> bool {
        let key = self.key(key);
        self.run("del", async |connection| {
            connection.del::<_, ()>(&key).await
        })
        .await
        .is_some()
    }

    /// Runs a Lua script with prefixed keys. `None` if there is no answer.
    pub async fn eval<T>(&self, script: &Script, keys: &[&str], args: &[&str]) -> Option<T>
    where
        T: FromRedisValue + Send,
    {
        let keys: Vec<String> = keys.iter().map(|key| self.key(key)).collect();
        self.run("evalsha", async |connection| {
            let mut call = script.prepare_invoke();
            for key in &keys {
                call.key(key);
            }
            for arg in args {
                call.arg(*arg);
            }
            call.invoke_async(connection).await
        })
        .await
    }

    /// Sends a hint to everyone who listens on `channel` (`tm:<channel>`, shared by all services).
    pub async fn publish(&self, channel: &str) {
        let channel = wakeups::name(channel);
        let given = telemetry::traceparent().unwrap_or_default();
        let _reached: Option<()> = self
            .run("publish", async |connection| {
                connection.publish(&channel, &given).await
            })
            .await;
    }

    /// The readiness probe, where an address is configured.
    pub fn probe(&self) -> Option<Probe> {
        let inner = Arc::clone(self.inner.as_ref()?);
        Some(Probe::new("redis", move || {
            let inner = Arc::clone(&inner);
            async move {
                let mut connection = inner.pool.get().await?;
                let _pong: String = redis::cmd("PING").query_async(&mut connection).await?;
                Ok(())
            }
        }))
    }

    fn key(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    /// The pool at this moment, where an address is configured.
    pub(crate) fn pool(&self) -> Option<PoolSize> {
        let status = self.inner.as_ref()?.pool.status();
        Some(PoolSize {
            connections: status.size,
            idle: status.available,
            max: status.max_size,
        })
    }

    /// Runs one operation under the deadline and the breaker.
    async fn run<T>(
        &self,
        name: &'static str,
        operation: impl AsyncFnOnce(&mut deadpool_redis::Connection) -> Result<T, RedisError>,
    ) -> Option<T> {
        let inner = self.inner.as_ref()?;
        if !inner.breaker.allows() {
            return None;
        }
        let span = ClientSpan::store("redis", name);
        let attempt = async {
            let mut connection = inner.pool.get().await?;
            Ok::<T, Failure>(operation(&mut connection).await?)
        };
        let result = tokio::time::timeout(inner.timeout, attempt)
            .await
            .unwrap_or(Err(Failure::Deadline));
        match result {
            Ok(value) => {
                inner.breaker.succeeded();
                Some(value)
            }
            Err(failure) => {
                span.failed(failure.word());
                if inner.breaker.failed() {
                    tracing::warn!(error = %failure, "redis is away, going on without it");
                }
                metrics::counter!("techmart_cache_failures_total").increment(1);
                None
            }
        }
    }
}
