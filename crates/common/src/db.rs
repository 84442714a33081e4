//! PostgreSQL: a pool for the primary, and one for a read replica where there is one.
//!
//! Pools connect lazily, so that a service starts while its database is away. Every session gets
//! deadlines from the settings. A session that has become read-only (the primary was switched over)
//! is closed when it is next handed out: after one second of idling, or at once for five seconds
//! after any query failed with a sign of a lost or demoted server.
//!
//! A pool may know two passwords ([`door`]).

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use metrics::Histogram;
use secrecy::ExposeSecret;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{Postgres, Transaction};

use crate::config::DbSettings;
use crate::server::Probe;
use crate::telemetry::vitals::PoolSize;

use self::door::Door;

mod door;
mod error;
mod health;
mod schema;
#[cfg(test)]
mod tests;

pub use error::{
    DbError, Retryable, constraint, is_retryable, is_unavailable, retry_serialization, sqlstate,
};
pub use schema::expect_schema;

/// How long reads avoid a replica after it could not be reached.
const REPLICA_PAUSE: Duration = Duration::from_secs(5);

/// The database of a service. Clones share the pools.
#[derive(Debug, Clone)]
pub struct Db {
    primary: Door,
    read: Option<Door>,
    replica_down_until: Arc<AtomicU64>,
    started: Instant,
    /// How long callers waited for a connection: of the primary, of the replica.
    waits: [Histogram; 2],
}

const PRIMARY: &str = "primary";
const REPLICA: &str = "replica";

impl Db {
    /// Sets the pools up without connecting. Fails if an address cannot be read.
    pub fn connect(service: &str, settings: &DbSettings) -> anyhow::Result<Self> {
        let primary = pool(
            service,
            settings,
            settings.url.expose_secret(),
            "db.url",
            true,
        )?;
        let read = settings
            .read_url
            .as_ref()
            .map(|url| pool(service, settings, url.expose_secret(), "db.read_url", false))
            .transpose()?;
        Ok(Self::new(service, primary, read))
    }

    /// A database on pools that exist already.
    pub fn from_pools(primary: PgPool, read: Option<PgPool>) -> Self {
        Self::new("", Door::of(primary), read.map(Door::of))
    }

    fn new(service: &str, primary: Door, read: Option<Door>) -> Self {
        let waits = |pool: &'static str| {
            metrics::histogram!(
                "techmart_db_pool_acquire_seconds",
                "service" => service.to_owned(), "pool" => pool
            )
        };
        Self {
            primary,
            read,
            replica_down_until: Arc::default(),
            started: Instant::now(),
            waits: [waits(PRIMARY), waits(REPLICA)],
        }
    }

    /// The pool of the primary.
    pub fn primary(&self) -> &PgPool {
        self.primary.pool()
    }

    /// Begins a transaction on the primary.
    pub async fn begin(&self) -> Result<Transaction<'static, Postgres>, DbError> {
        let begun = timed(&self.waits[0], self.primary.begin()).await;
        begun.map_err(DbError::from)
    }

    /// A connection to the primary, outside any transaction.
    pub async fn write(&self) -> Result<PoolConnection<Postgres>, DbError> {
        let acquired = timed(&self.waits[0], self.primary.acquire()).await;
        acquired.map_err(DbError::from)
    }

    /// A connection for reads that may lag: the replica's, or the primary's if there is no replica
    /// or it cannot be reached.
    pub async fn read(&self) -> Result<PoolConnection<Postgres>, DbError> {
        let now = self.elapsed_ms();
        if let Some(read) = &self.read
            && now >= self.replica_down_until.load(Ordering::Relaxed)
        {
            match timed(&self.waits[1], read.acquire()).await {
                Ok(connection) => return Ok(connection),
                Err(error) => {
                    tracing::warn!(error = %error, "read replica not reachable, using the primary");
                    metrics::counter!("techmart_db_replica_failures_total").increment(1);
                    let pause = u64::try_from(REPLICA_PAUSE.as_millis()).unwrap_or(u64::MAX);
                    let until = self.elapsed_ms().saturating_add(pause);
                    self.replica_down_until.store(until, Ordering::Relaxed);
                }
            }
        }
        self.write().await
    }

    /// The readiness probe of the primary.
    pub fn probe(&self) -> Probe {
        let pool = self.primary.clone();
        Probe::new("postgres", move || {
            let pool = pool.clone();
            async move {
                let mut connection = pool.acquire().await?;
                sqlx::query("select 1").execute(&mut *connection).await?;
                Ok(())
            }
        })
    }

    /// Closes the pools and waits for connections that are in use.
    pub async fn close(&self) {
        if let Some(read) = &self.read {
            read.pool().close().await;
        }
        self.primary.pool().close().await;
    }

    /// The pools at this moment, by name.
    pub(crate) fn pools(&self) -> impl Iterator<Item = (&'static str, PoolSize)> {
        let pools = [
            (PRIMARY, Some(&self.primary)),
            (REPLICA, self.read.as_ref()),
        ];
        pools.into_iter().filter_map(|(name, pool)| {
            let pool = pool?.pool();
            let max = usize::try_from(pool.options().get_max_connections()).unwrap_or(usize::MAX);
            let size = PoolSize {
                connections: usize::try_from(pool.size()).unwrap_or(usize::MAX),
                idle: pool.num_idle(),
                max,
            };
            Some((name, size))
        })
    }

    fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// The outcome of getting a connection, its time told: with `BEGIN`, where a transaction is begun.
async fn timed<T>(waits: &Histogram, getting: impl Future<Output = T>) -> T {
    let start = Instant::now();
    let outcome = getting.await;
    waits.record(start.elapsed());
    outcome
}

fn pool(
    service: &str,
    settings: &DbSettings,
    url: &str,
    key: &str,
    writes: bool,
) -> anyhow::Result<Door> {
    let variable = format!(
        "TECHMART_{}__{}",
        service.to_uppercase(),
        key.replace('.', "__").to_uppercase()
    );
    let options = PgConnectOptions::from_str(url)
        .map_err(|_| anyhow::anyhow!("{variable}: not a postgres:// address"))?
        .application_name(&format!("techmart-{service}"))
        .options([
            (
                "statement_timeout",
                settings.statement_timeout_ms.to_string(),
            ),
            ("lock_timeout", settings.lock_timeout_ms.to_string()),
            (
                "idle_in_transaction_session_timeout",
                settings.idle_in_transaction_timeout_ms.to_string(),
            ),
            // One plan per statement: parameters never change which index is right here, and
            // planning costs more than the short queries of a shop.
            ("plan_cache_mode", "force_generic_plan".to_owned()),
            ("timezone", "UTC".to_owned()),
        ]);
    let pool = PgPoolOptions::new()
        .max_connections(settings.pool_size_max)
        .acquire_timeout(Duration::from_millis(settings.acquire_timeout_ms))
        .max_lifetime(Duration::from_secs(settings.lifetime_max_s))
        .idle_timeout(Duration::from_secs(settings.idle_timeout_s))
        .test_before_acquire(false)
        .before_acquire(move |connection: &mut PgConnection, meta| {
            Box::pin(health::keep(connection, meta.idle_for, writes))
        })
        .connect_lazy_with(options.clone());
    // Empty is none: where the value is a field of a secret, the variable is always there.
    let other = settings.other_password.as_ref();
    let other = other.map(ExposeSecret::expose_secret);
    Ok(match other.filter(|other| !other.is_empty()) {
        Some(other) => {
            let second = options.clone().password(other);
            Door::of_two(pool, [options, second])
        }
        None => Door::of(pool),
    })
}
