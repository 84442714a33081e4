//! How often someone may try: token buckets (as GCRA) in Redis, shared by all instances. While
//! Redis is away each instance counts for itself and is stricter; it never lets everyone in.

use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use http::{HeaderMap, StatusCode};
use kernel::SharedClock;

use crate::extract::RequestMeta;
use crate::problem::Problem;
use crate::redis::Cache;
use crate::redis::redis::Script;

/// Keys that an instance counts by itself at most; all further ones share a bucket.
const ALONE_KEYS_MAX: usize = 100_000;
const OVERFLOW: &str = "overflow";

/// Takes one token. KEYS[1]: the bucket; ARGV: milliseconds until one more token, burst in the same
/// unit. The value is when the bucket is full again. Answers 0, or the milliseconds to wait.
const TAKE: &str = r"
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local refill = tonumber(ARGV[1])
local burst = tonumber(ARGV[2])
local full = tonumber(redis.call('GET', KEYS[1]) or '0')
if full < now then full = now end
full = full + refill
local wait = full - burst - now
if wait > 0 then return wait end
redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', string.format('%.0f', full - now))
return 0
";

/// A kind of attempt and how many of them may come.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    name: &'static str,
    burst: u32,
    refill_ms: i64,
}

impl Rule {
    /// `burst` at once, and one more after each `refill_s`.
    pub fn new(name: &'static str, burst: u32, refill_s: u32) -> Self {
        Self {
            name,
            burst: burst.max(1),
            refill_ms: i64::from(refill_s.max(1)) * 1000,
        }
    }

    /// `burst` at once, and `rate` more in each minute.
    pub fn per_minute(name: &'static str, burst: u32, rate: u32) -> Self {
        Self {
            name,
            burst: burst.max(1),
            refill_ms: (60_000 / i64::from(rate.max(1))).max(1),
        }
    }

    fn burst_ms(self) -> i64 {
        self.refill_ms.saturating_mul(i64::from(self.burst))
    }

    fn stricter(self, factor: u32) -> Self {
        let refill_ms = self.refill_ms.saturating_mul(i64::from(factor));
        Self {
            name: self.name,
            burst: (self.burst / factor).max(1),
            refill_ms,
        }
    }
}

/// The attempt comes too early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many attempts")]
pub struct TooMany {
    /// Seconds until one more is allowed.
    pub retry_after_s: u64,
}

impl From<TooMany> for Problem {
    fn from(limit: TooMany) -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "rate_limited",
            "Too many attempts",
        )
        .detail(format!("Try again in {} seconds.", limit.retry_after_s))
        .retry_after(limit.retry_after_s)
    }
}

/// Which client a request comes from: what is counted together is an IPv4 address, or the /64 that one IPv6 customer has.
pub fn client(headers: &HeaderMap, meta: &RequestMeta) -> String {
    let forwarded = headers.get_all("x-forwarded-for").iter().next_back();
    let address: Option<IpAddr> = forwarded
        .and_then(|value| value.to_str().ok())
        // Only the last entry: the gateway wrote it. What stands before came from the client.
        .and_then(|value| value.rsplit(',').next())
        .and_then(|text| text.trim().parse().ok())
        .or_else(|| meta.peer.map(|peer| peer.ip()));
    match address.map(|address| address.to_canonical()) {
        None => "unknown".to_owned(),
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => {
            let prefix = u128::from(address) >> 64 << 64;
            format!("{}/64", Ipv6Addr::from(prefix))
        }
    }
}

/// Counts attempts. Clones count together.
#[derive(Clone)]
pub struct Limiter(Arc<Inner>);

struct Inner {
    cache: Cache,
    clock: SharedClock,
    script: Script,
    alone_factor: u32,
    /// When each bucket is full again, in milliseconds since 1970.
    alone: Mutex<HashMap<String, i64>>,
}

impl fmt::Debug for Limiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limiter")
            .field("cache", &self.0.cache)
            .finish_non_exhaustive()
    }
}

impl Limiter {
    /// Counts in `cache`, or alone and `alone_factor` times stricter.
    pub fn new(cache: Cache, clock: SharedClock, alone_factor: u32) -> Self {
        Self(Arc::new(Inner {
            cache,
            clock,
            script: Script::new(TAKE),
            alone_factor: alone_factor.max(1),
            alone: Mutex::default(),
        }))
    }

    /// Counts an attempt by `who`.
    ///
    /// # Errors
    /// When it comes too early; then it does not count.
    pub async fn take(&self, rule: Rule, who: &str) -> Result<(), TooMany> {
        let key = key(rule, who);
        let (refill, burst) = (rule.refill_ms.to_string(), rule.burst_ms().to_string());
        let shared: Option<i64> = self
            .0
            .cache
            .eval(&self.0.script, &[&key], &[&refill, &burst])
            .await;
        let wait_ms = match shared {
            Some(wait_ms) => wait_ms,
            None => self.take_alone(rule.stricter(self.0.alone_factor), key),
        };
        if wait_ms <= 0 {
            return Ok(());
        }
        metrics::counter!("techmart_limited_total", "rule" => rule.name).increment(1);
        Err(TooMany {
            retry_after_s: u64::try_from(wait_ms).unwrap_or(0).div_ceil(1000),
        })
    }

    /// Forgets the attempts of `who`.
    pub async fn reset(&self, rule: Rule, who: &str) {
        let key = key(rule, who);
        self.0
            .alone
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&key);
        // A server that is away forgets by itself in time.
        let _forgotten: bool = self.0.cache.delete(&key).await;
    }

    fn take_alone(&self, rule: Rule, key: String) -> i64 {
        let now = self.0.clock.now().as_millisecond();
        let mut buckets = self.0.alone.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= ALONE_KEYS_MAX && !buckets.contains_key(&key) {
            buckets.retain(|_, full| *full > now);
        }
        let room = buckets.len() < ALONE_KEYS_MAX || buckets.contains_key(&key);
        let key = if room { key } else { OVERFLOW.to_owned() };
        let before = buckets.get(&key).copied().unwrap_or(now).max(now);
        let full = before.saturating_add(rule.refill_ms);
        let wait = full.saturating_sub(rule.burst_ms()).saturating_sub(now);
        if wait <= 0 {
            buckets.insert(key, full);
        }
        wait
    }
}

fn key(rule: Rule, who: &str) -> String {
    format!("limit:{}:{who}", rule.name)
}

#[cfg(test)]
mod tests;
