//! Answers that were given a moment ago, shared by all instances over Redis. Only speed depends on it.
//!
//! An answer carries the number of the last change that its index had taken in, and when it was asked for. It is given
//! again while no further change is known here, or until that is longer ago than the setting allows after one: so an
//! answer is never staler than that, however hot the query and however long the search took.

use std::time::Duration;

use common::redis::Cache;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::domain::query::SearchRequest;

/// No answer lives longer, changes or not: rules of staff begin and end by the clock.
const LIFE: Duration = Duration::from_secs(10);
/// The shape of the answers; another shape, another key.
const SHAPE: u8 = 1;

/// Answers of all instances. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Answers {
    cache: Cache,
    stale: Duration,
}

/// What is known here: an answer from before may be too old.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// The last change of the catalogue that this instance has taken in.
    pub change: i64,
    /// The last change that staff made to synonyms and rules.
    pub revision: i64,
    /// When this was known, or a moment before.
    pub at: Timestamp,
}

impl Known {
    /// Of an engine whose changes are not known here: its answers are young, but never current.
    #[must_use]
    pub fn unsure(self) -> Self {
        Self {
            change: i64::MIN,
            ..self
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    change: i64,
    revision: i64,
    at_ms: i64,
    body: String,
}

impl Answers {
    /// Answers in this cache, at most so old after a change; zero: none are kept.
    pub fn new(cache: Cache, stale: Duration) -> Self {
        Self { cache, stale }
    }

    /// The answer to a request, if one is there that is new enough.
    pub async fn get(&self, request: &SearchRequest, known: Known) -> Option<String> {
        if self.stale.is_zero() {
            return None;
        }
        let kept: Kept = self.cache.get_json(&key(request)).await?;
        let age = known.at.as_millisecond().saturating_sub(kept.at_ms);
        let is_young = age < i64::try_from(self.stale.as_millis()).unwrap_or(i64::MAX);
        let is_current = kept.change >= known.change;
        (kept.revision == known.revision && (is_current || is_young)).then_some(kept.body)
    }

    /// Keeps an answer that was made with what was known when it was asked for.
    pub async fn put(&self, request: &SearchRequest, known: Known, body: &str) {
        if self.stale.is_zero() {
            return;
        }
        let kept = Kept {
            change: known.change,
            revision: known.revision,
            at_ms: known.at.as_millisecond(),
            body: body.to_owned(),
        };
        self.cache.set_json(&key(request), &kept, LIFE).await;
    }
}

fn key(request: &SearchRequest) -> String {
    // A digest that nobody can make collide: a query must not be answered with another's results.
    let digest = Sha256::digest(format!("{request:?}"));
    format!("answer:{SHAPE}:{}", hex::encode(digest))
}
