//! Counts in memory. Nobody waits for it: what does not fit is dropped, and counted as such.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use common::idempotency::request_hash;
use common::limiter::{Limiter, Rule, TooMany};
use common::redis::Cache;
use kernel::SharedClock;
use uuid::Uuid;

use super::counts::{Counts, ProductCounts, QueryCounts};
use super::event::{EventKind, SearchEvent};
use super::privacy::{self, Verdict};
use super::settings::SignalSettings;

/// How long one client's repetition of a text counts as one search, in seconds.
const SAME_SEARCH_S: i64 = 3600;

/// A search that was answered: the first page, without filters.
#[derive(Debug, Clone)]
pub struct Searched {
    /// What was typed.
    pub text: String,
    /// How many products were found.
    pub total: u64,
    /// Whether something else was searched than what was typed, as that found nothing.
    pub corrected: bool,
    /// Whether an engine was away: then finding nothing says nothing about the text.
    pub degraded: bool,
}

/// Counts what shoppers do. Clones count together.
#[derive(Clone)]
pub struct Recorder(Arc<Inner>);

struct Inner {
    counts: Mutex<Counts>,
    seen: Mutex<Seen>,
    /// How texts were answered, by their hashes.
    outcomes: Mutex<HashMap<u64, Outcome>>,
    hasher: RandomState,
    clock: SharedClock,
    limiter: Limiter,
    rules: Rules,
    buffer_max: usize,
    kept_days: u16,
    searches_min: u32,
}

struct Rules {
    address: Rule,
    view: Rule,
    click: Rule,
    cart: Rule,
    query: Rule,
    search: Rule,
}

/// Who searched what in this hour, as hashes with a key of this process that is kept nowhere.
#[derive(Default)]
struct Seen {
    hour: i64,
    hashes: HashSet<u64>,
}

/// What became of a search.
#[derive(Debug, Clone, Copy, Default)]
struct Outcome {
    zero: bool,
    corrected: bool,
}

impl Outcome {
    fn counts(self) -> QueryCounts {
        QueryCounts {
            searches: 1,
            zero_results: self.zero.into(),
            corrected: self.corrected.into(),
            ..QueryCounts::default()
        }
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").finish_non_exhaustive()
    }
}

impl Recorder {
    /// Nothing counted yet. `cache` is where clients are limited over all instances.
    pub fn new(cache: Cache, clock: SharedClock, settings: &SignalSettings) -> Self {
        let client = |name| Rule::new(name, settings.client_burst, settings.client_refill_s);
        let refill = settings.address_refill_s;
        Self(Arc::new(Inner {
            counts: Mutex::default(),
            seen: Mutex::default(),
            outcomes: Mutex::default(),
            hasher: RandomState::new(),
            limiter: Limiter::new(cache, clock.clone(), settings.alone_factor),
            clock,
            rules: Rules {
                address: Rule::new("search_events", settings.address_burst, refill),
                view: client("signal_view"),
                click: client("signal_click"),
                cart: client("signal_cart"),
                query: client("signal_query"),
                search: Rule::new("signal_search", 1, 3600),
            },
            buffer_max: settings.buffer_max,
            kept_days: settings.kept_days,
            searches_min: settings.searches_min,
        }))
    }

    /// Counts a search by a client. Who searches the same again and again counts once an hour, so that nobody makes a text
    /// look popular; nothing of the client is kept.
    pub fn searched(&self, client: &str, search: &Searched) {
        let outcome = Outcome {
            zero: search.total == 0 && !search.degraded,
            corrected: search.corrected && !search.degraded,
        };
        let mut outcomes = lock(&self.0.outcomes);
        if outcomes.len() >= self.0.buffer_max {
            outcomes.clear();
        }
        outcomes.insert(self.0.hasher.hash_one(&search.text), outcome);
        drop(outcomes);
        if self.is_first(client, &search.text) {
            self.count_query(&search.text, outcome.counts());
        }
    }

    /// Counts a search by a client that was answered as the same one was before.
    pub fn repeated(&self, client: &str, text: &str) {
        if !self.is_first(client, text) {
            return;
        }
        let hash = self.0.hasher.hash_one(text);
        let outcome = lock(&self.0.outcomes).get(&hash).copied();
        self.count_query(text, outcome.unwrap_or_default().counts());
    }

    /// Whether a client may send events now.
    ///
    /// # Errors
    /// When it sends too many.
    pub async fn admit(&self, client: &str) -> Result<(), TooMany> {
        self.0.limiter.take(self.0.rules.address, client).await
    }

    /// Counts what a client's shopper did, as far as one client counts.
    pub async fn record(&self, client: &str, events: Vec<SearchEvent>) {
        for event in events {
            if self.may_count_product(client, &event).await {
                self.count_product(&event);
            } else {
                dropped("client");
            }
            let query = event.query.as_deref().unwrap_or_default();
            if event.kind != EventKind::View
                && !query.trim().is_empty()
                && self.may_count_query(client, query, &event).await
            {
                self.count_query(query, from_result(&event));
            }
        }
    }

    /// The time by which is counted.
    pub fn clock(&self) -> SharedClock {
        self.0.clock.clone()
    }

    /// How many days counts are kept.
    pub fn kept_days(&self) -> u16 {
        self.0.kept_days
    }

    /// How often a text must have been searched to be shown.
    pub fn searches_min(&self) -> u32 {
        self.0.searches_min
    }

    /// Takes out what was counted so far.
    pub fn take(&self) -> Counts {
        mem::take(&mut *self.counts())
    }

    /// Puts back what could not be written down.
    pub fn put_back(&self, counts: Counts) {
        let refused = self.counts().merge(counts, self.0.buffer_max);
        for _ in 0..refused {
            dropped("full");
        }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        lock(&self.0.counts)
    }

    fn count_query(&self, typed: &str, added: QueryCounts) {
        // Judged before the lock is taken.
        let verdict = privacy::judge(typed);
        if verdict == Verdict::Forget {
            dropped("privacy");
            return;
        }
        if !self.counts().add_query(verdict, added, self.0.buffer_max) {
            dropped("full");
        }
    }

    fn count_product(&self, event: &SearchEvent) {
        let added = ProductCounts {
            views: u32::from(event.kind == EventKind::View),
            clicks: u32::from(event.kind == EventKind::Click),
            carts: u32::from(event.kind == EventKind::Cart),
        };
        let room = self
            .counts()
            .add_product(event.product_id, added, self.0.buffer_max);
        if !room {
            return dropped("full");
        }
        metrics::counter!("techmart_search_signals_total", "kind" => event.kind.as_str())
            .increment(1);
    }

    async fn may_count_product(&self, client: &str, event: &SearchEvent) -> bool {
        let rule = match event.kind {
            EventKind::View => self.0.rules.view,
            EventKind::Click => self.0.rules.click,
            EventKind::Cart => self.0.rules.cart,
        };
        let who = pseudonym(&[client, &event.product_id.to_string()]);
        self.0.limiter.take(rule, &who).await.is_ok()
    }

    /// A search has one click and one cart, and a client's clicks for one text are limited as those for one product.
    async fn may_count_query(&self, client: &str, query: &str, event: &SearchEvent) -> bool {
        let kind = event.kind.as_str();
        if let Some(search) = &event.search_id {
            let who = pseudonym(&[search, kind]);
            if self
                .0
                .limiter
                .take(self.0.rules.search, &who)
                .await
                .is_err()
            {
                return false;
            }
        }
        let who = pseudonym(&[client, query, kind]);
        self.0.limiter.take(self.0.rules.query, &who).await.is_ok()
    }

    fn is_first(&self, client: &str, text: &str) -> bool {
        let hash = self.0.hasher.hash_one((client, text));
        let hour = self.0.clock.now().as_second() / SAME_SEARCH_S;
        let mut seen = lock(&self.0.seen);
        if seen.hour != hour || seen.hashes.len() >= self.0.buffer_max {
            seen.hashes.clear();
            seen.hour = hour;
        }
        seen.hashes.insert(hash)
    }
}

fn from_result(event: &SearchEvent) -> QueryCounts {
    let clicked = event.kind == EventKind::Click;
    let place = event.position.filter(|_| clicked);
    QueryCounts {
        clicks: u32::from(clicked),
        placed_clicks: u32::from(place.is_some()),
        place_sum: place.map_or(0, u64::from),
        carts: u32::from(event.kind == EventKind::Cart),
        ..QueryCounts::default()
    }
}

/// A name for a limit that shows neither the client nor what it looked at. It lives as long as the limit does.
fn pseudonym(parts: &[&str]) -> String {
    let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
    let hash = request_hash(&parts);
    let front = hash.first_chunk().copied().unwrap_or_default();
    Uuid::from_bytes(front).simple().to_string()
}

fn lock<T>(held: &Mutex<T>) -> MutexGuard<'_, T> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

fn dropped(reason: &'static str) {
    metrics::counter!("techmart_search_signals_dropped_total", "reason" => reason).increment(1);
}

#[cfg(test)]
mod tests;
