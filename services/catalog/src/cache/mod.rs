//! The read cache: Redis in front of PostgreSQL. Redis away only makes reads slower.
//!
//! - Products: an entry carries the product's version. A change stores the new version as a floor and removes the
//!   entry in one step; a fill below the floor (from a replica that lags) is refused, and the caller loads from the
//!   primary.
//! - Lists and the category tree: an entry carries the epoch that was current before it was loaded. A staff write or
//!   an import begins a new epoch, which makes every older entry worthless; for some seconds after it lists are loaded
//!   from the primary.
//! - Loads of one key at the same time are one load per process.
//! - Who wrote something reads the primary, past the cache, for some seconds.

mod fresh;
mod scripts;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use common::db::{Db, DbError};
use common::redis::Cache;
use common::single_flight::SingleFlight;
use kernel::UserId;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sqlx::Postgres;
use sqlx::pool::PoolConnection;

use crate::config::CacheSettings;
use crate::store::refresh::Refreshed;
use fresh::FreshReaders;

/// How long an answer is shared with callers that arrive a moment after its load.
const LINGER: Duration = Duration::from_millis(20);
const EPOCH: &str = "lists:epoch";
const RECENT: &str = "lists:recent";

/// An answer with the version it shows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Entry {
    /// Version of a product; epoch of a list.
    pub version: i64,
    /// The answer's JSON.
    pub body: Box<RawValue>,
}

/// A product that was loaded.
#[derive(Debug)]
pub struct Loaded {
    /// Its id, as text.
    pub id: String,
    /// The entry for it.
    pub entry: Entry,
}

/// Where to load from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The replica, where there is one.
    Replica,
    /// The primary.
    Primary,
}

impl Source {
    /// A connection to it.
    ///
    /// # Errors
    /// When there is none to be had.
    pub async fn connection(self, db: &Db) -> Result<PoolConnection<Postgres>, DbError> {
        match self {
            Self::Replica => db.read().await,
            Self::Primary => db.write().await,
        }
    }
}

/// The read cache. Clones share it.
#[derive(Debug, Clone)]
pub struct ReadCache {
    redis: Cache,
    settings: CacheSettings,
    products: SingleFlight<String, Option<Arc<Entry>>>,
    lists: SingleFlight<String, Arc<Entry>>,
    /// Part of every load's name; changes with every write that this process knows of.
    turn: Arc<AtomicU64>,
    fresh: FreshReaders,
}

impl ReadCache {
    /// A cache on this Redis.
    pub fn new(redis: Cache, settings: CacheSettings) -> Self {
        Self {
            products: SingleFlight::new(settings.flights_max, LINGER),
            lists: SingleFlight::new(settings.flights_max, LINGER),
            turn: Arc::default(),
            fresh: FreshReaders::new(redis.clone(), Duration::from_secs(settings.fresh_reads_s)),
            redis,
            settings,
        }
    }

    /// A product by id or slug; `None` if `load` finds none.
    ///
    /// # Errors
    /// When `load` fails.
    pub async fn product<F, Fut>(
        &self,
        key: &str,
        load: F,
    ) -> Result<Option<Arc<Entry>>, Arc<DbError>>
    where
        F: Fn(Source) -> Fut,
        Fut: Future<Output = Result<Option<Loaded>, DbError>>,
    {
        let flight = async {
            let name = product_key(key);
            if let Some(entry) = self.redis.get_json::<Entry>(&name).await {
                count("product", "hit");
                return Ok(Some(Arc::new(entry)));
            }
            count("product", "miss");
            let Some(loaded) = load(Source::Replica).await? else {
                return Ok(None);
            };
            if self.fill_product(&name, &loaded).await {
                return Ok(Some(Arc::new(loaded.entry)));
            }
            count("product", "stale");
            let Some(loaded) = load(Source::Primary).await? else {
                return Ok(None);
            };
            self.fill_product(&name, &loaded).await;
            Ok(Some(Arc::new(loaded.entry)))
        };
        self.products.get(self.flight(key), Box::pin(flight)).await
    }

    /// A list by a name that tells it from all others.
    ///
    /// # Errors
    /// When `load` fails.
    pub async fn list<F, Fut>(
        &self,
        name: &str,
        ttl: Duration,
        load: F,
    ) -> Result<Arc<Entry>, Arc<DbError>>
    where
        F: Fn(Source) -> Fut,
        Fut: Future<Output = Result<Box<RawValue>, DbError>>,
    {
        let flight = async {
            let key = format!("list:{name}");
            let found = scripts::get_list(&self.redis, &key, EPOCH, RECENT).await;
            let (epoch, recent) = found
                .as_ref()
                .map_or((0, false), |found| (found.epoch, found.recent));
            if let Some(entry) = found
                .and_then(|found| found.entry)
                .filter(|entry| entry.version == epoch)
            {
                count("list", "hit");
                return Ok(Arc::new(entry));
            }
            count("list", "miss");
            let source = if recent {
                Source::Primary
            } else {
                Source::Replica
            };
            let entry = Entry {
                version: epoch,
                body: load(source).await?,
            };
            self.redis.set_json(&key, &entry, ttl).await;
            Ok(Arc::new(entry))
        };
        self.lists.get(self.flight(name), Box::pin(flight)).await
    }

    /// How long a list is kept.
    pub fn list_ttl(&self) -> Duration {
        Duration::from_secs(self.settings.list_ttl_s)
    }

    /// How long the category tree is kept.
    pub fn categories_ttl(&self) -> Duration {
        Duration::from_secs(self.settings.categories_ttl_s)
    }

    /// Products changed: their entries go, and none older than these versions comes back.
    pub async fn forget_products(&self, products: &[Refreshed]) {
        let ttl = self.settings.floor_ttl_s;
        for some in products.chunks(scripts::PRODUCTS_MAX) {
            let keys: Vec<String> = some
                .iter()
                .flat_map(|product| {
                    let id = product.product_id.to_string();
                    [product_key(&id), product_key(&product.slug), floor_key(&id)]
                })
                .collect();
            let versions: Vec<i64> = some.iter().map(|product| product.version).collect();
            scripts::forget_products(&self.redis, &keys, &versions, ttl).await;
        }
        self.end_flights();
    }

    /// What lists show changed: every list loaded before now is worthless.
    pub async fn forget_lists(&self) {
        scripts::begin_epoch(&self.redis, EPOCH, RECENT, self.settings.fresh_reads_s).await;
        self.end_flights();
    }

    /// Nobody joins a load any more that began before now.
    fn end_flights(&self) {
        self.turn.fetch_add(1, Ordering::AcqRel);
    }

    /// The name of a load that begins now.
    fn flight(&self, key: &str) -> String {
        format!("{}:{key}", self.turn.load(Ordering::Acquire))
    }

    /// A member of staff changed products.
    pub async fn written(&self, by: UserId, products: &[Refreshed]) {
        self.fresh.remember(by).await;
        self.forget_products(products).await;
        self.forget_lists().await;
        self.wake_consumers().await;
    }

    /// Tells the consumers of the catalogue's events that there are some, so that they need not wait for their poll.
    pub async fn wake_consumers(&self) {
        self.redis.publish(contract_catalog::feed::SCHEMA).await;
    }

    /// Whether this caller wrote something a moment ago and must see it.
    pub async fn wants_primary(&self, user: UserId) -> bool {
        self.fresh.contains(user).await
    }

    /// Whether the entry was new enough to be kept; also true where Redis is away.
    async fn fill_product(&self, name: &str, loaded: &Loaded) -> bool {
        let Ok(json) = serde_json::to_string(&loaded.entry) else {
            return true;
        };
        let floor = floor_key(&loaded.id);
        let ttl = self.settings.product_ttl_s;
        scripts::fill_product(&self.redis, name, &floor, loaded.entry.version, ttl, &json)
            .await
            .unwrap_or(true)
    }
}

fn product_key(key: &str) -> String {
    format!("product:{key}")
}

fn floor_key(id: &str) -> String {
    format!("product:floor:{id}")
}

fn count(kind: &'static str, outcome: &'static str) {
    metrics::counter!("techmart_catalog_cache_reads_total", "kind" => kind, "outcome" => outcome)
        .increment(1);
}
