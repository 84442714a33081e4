//! What has happened since the last look, by series.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use metrics::{CounterFn, GaugeFn, Key};
use metrics_util::registry::Storage;

use crate::Options;
use crate::spread::{Spread, as_f64};

/// A metric with its dimensions, as CloudWatch knows it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) dimensions: Vec<(String, String)>,
}

/// What a series came to in an interval.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Reading {
    /// Sum, count and extremes.
    Set {
        count: f64,
        sum: f64,
        least: f64,
        most: f64,
    },
    /// Values, and how often each occurred.
    Values { values: Vec<f64>, counts: Vec<f64> },
}

/// Everything that is taken down.
#[derive(Debug)]
pub(crate) struct Book {
    dimensions: Vec<String>,
    constant: (String, String),
    series_max: usize,
    entries: Mutex<HashMap<Series, Entry>>,
    /// Times that a series found no room.
    refused: AtomicU64,
}

#[derive(Debug, Clone)]
enum Entry {
    Count(Arc<Count>),
    Level(Arc<Level>),
    Spread(Arc<Spread>),
}

/// A counter.
#[derive(Debug, Default)]
pub(crate) struct Count {
    new: AtomicU64,
    /// The total of one that is told in totals.
    total: AtomicU64,
}

impl CounterFn for Count {
    fn increment(&self, value: u64) {
        self.new.fetch_add(value, Ordering::Relaxed);
    }

    fn absolute(&self, value: u64) {
        let before = self.total.fetch_max(value, Ordering::Relaxed);
        self.increment(value.saturating_sub(before));
    }
}

/// A gauge: its value now, and what it was within the interval.
#[derive(Debug, Default)]
pub(crate) struct Level(Mutex<Seen>);

#[derive(Debug, Default, Clone, Copy)]
struct Seen {
    now: f64,
    /// Count, sum, least, most.
    interval: Option<(f64, f64, f64, f64)>,
    ever: bool,
}

#[expect(
    clippy::float_arithmetic,
    reason = "a gauge is measured; its statistics are sums of what was measured"
)]
impl Level {
    fn change(&self, change: impl FnOnce(f64) -> f64) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let value = change(seen.now);
        if !value.is_finite() {
            return;
        }
        seen.now = value;
        seen.ever = true;
        let (count, sum, least, most) = seen.interval.unwrap_or((0.0, 0.0, value, value));
        seen.interval = Some((count + 1.0, sum + value, least.min(value), most.max(value)));
    }

    /// One that nobody touched is still at its last value.
    fn take(&self) -> Option<Reading> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !seen.ever {
            return None;
        }
        let now = seen.now;
        let (count, sum, least, most) = seen.interval.take().unwrap_or((1.0, now, now, now));
        Some(Reading::Set {
            count,
            sum,
            least,
            most,
        })
    }
}

#[expect(clippy::float_arithmetic, reason = "see `Level::change`")]
impl GaugeFn for Level {
    fn increment(&self, value: f64) {
        self.change(|now| now + value);
    }

    fn decrement(&self, value: f64) {
        self.change(|now| now - value);
    }

    fn set(&self, value: f64) {
        self.change(|_| value);
    }
}

impl Book {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            dimensions: options.dimensions.clone(),
            constant: options.constant.clone(),
            series_max: options.series_max,
            entries: Mutex::default(),
            refused: AtomicU64::new(0),
        }
    }

    /// What has happened since the last call. Series of which there is nothing to tell are left out.
    pub(crate) fn take(&self) -> Vec<(Series, Reading)> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let readings = entries.iter().filter_map(|(series, entry)| {
            let reading = match entry {
                Entry::Count(count) => {
                    let new = count.new.swap(0, Ordering::Relaxed);
                    let sum = as_f64(new);
                    (new > 0).then_some(Reading::Set {
                        count: 1.0,
                        sum,
                        least: sum,
                        most: sum,
                    })
                }
                Entry::Level(level) => level.take(),
                Entry::Spread(spread) => {
                    let (values, counts) = spread.take();
                    (!values.is_empty()).then_some(Reading::Values { values, counts })
                }
            };
            Some((series.clone(), reading?))
        });
        readings.collect()
    }

    /// How often a series found no room since the last call.
    pub(crate) fn take_refused(&self) -> u64 {
        self.refused.swap(0, Ordering::Relaxed)
    }

    /// Labels that are no dimension are left out, so that several keys may be one series.
    fn series(&self, key: &Key) -> Series {
        let mut dimensions = vec![self.constant.clone()];
        for label in key.labels() {
            let known = self.dimensions.iter().any(|name| name == label.key());
            // CloudWatch refuses an empty value.
            if known && label.key() != self.constant.0 && !label.value().is_empty() {
                dimensions.push((label.key().to_owned(), label.value().to_owned()));
            }
        }
        dimensions.sort_unstable();
        Series {
            name: key.name().to_owned(),
            dimensions,
        }
    }

    /// The entry of a key. One that finds no room counts into nothing.
    fn entry<T: Default>(
        &self,
        key: &Key,
        wrap: impl FnOnce(Arc<T>) -> Entry,
        unwrap: impl FnOnce(&Entry) -> Option<Arc<T>>,
    ) -> Arc<T> {
        let series = self.series(key);
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = entries.get(&series).and_then(unwrap) {
            return found;
        }
        let new = Arc::new(T::default());
        if entries.len() < self.series_max && !entries.contains_key(&series) {
            entries.insert(series, wrap(Arc::clone(&new)));
        } else {
            self.refused.fetch_add(1, Ordering::Relaxed);
        }
        new
    }
}

impl Storage<Key> for Book {
    type Counter = Arc<Count>;
    type Gauge = Arc<Level>;
    type Histogram = Arc<Spread>;

    fn counter(&self, key: &Key) -> Self::Counter {
        self.entry(key, Entry::Count, |entry| match entry {
            Entry::Count(count) => Some(Arc::clone(count)),
            _ => None,
        })
    }

    fn gauge(&self, key: &Key) -> Self::Gauge {
        self.entry(key, Entry::Level, |entry| match entry {
            Entry::Level(level) => Some(Arc::clone(level)),
            _ => None,
        })
    }

    fn histogram(&self, key: &Key) -> Self::Histogram {
        self.entry(key, Entry::Spread, |entry| match entry {
            Entry::Spread(spread) => Some(Arc::clone(spread)),
            _ => None,
        })
    }
}
