//! Takes down the metrics that are to be sent.

use std::sync::Arc;

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, SharedString, Unit};
use metrics_util::registry::Registry;

use crate::Options;
use crate::book::Book;

/// Histograms of anything else are not sent: their buckets are made for durations.
const DURATION: &str = "_seconds";

/// Takes down the metrics that the options name; the others cost a look at their names.
pub struct Recorder {
    names: Vec<String>,
    /// Handles by the whole key, so that only a new one looks for its series.
    registry: Registry<Key, Arc<Book>>,
}

impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recorder")
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}

impl Recorder {
    pub(crate) fn new(options: &Options, book: Arc<Book>) -> Self {
        Self {
            names: options.metrics.clone(),
            registry: Registry::new(book),
        }
    }

    fn is_sent(&self, name: &str) -> bool {
        self.names.iter().any(|pattern| {
            pattern
                .strip_suffix('*')
                .map_or(pattern == name, |start| name.starts_with(start))
        })
    }
}

impl metrics::Recorder for Recorder {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        if !self.is_sent(key.name()) {
            return Counter::noop();
        }
        self.registry
            .get_or_create_counter(key, |count| Counter::from_arc(Arc::clone(count)))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        if !self.is_sent(key.name()) {
            return Gauge::noop();
        }
        self.registry
            .get_or_create_gauge(key, |level| Gauge::from_arc(Arc::clone(level)))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        if !key.name().ends_with(DURATION) || !self.is_sent(key.name()) {
            return Histogram::noop();
        }
        self.registry
            .get_or_create_histogram(key, |spread| Histogram::from_arc(Arc::clone(spread)))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use metrics::{counter, gauge, histogram, with_local_recorder};

    use super::*;
    use crate::book::{Reading, Series};

    fn options(series_max: usize) -> Options {
        Options {
            namespace: "Test".to_owned(),
            endpoint: None,
            metrics: vec!["shown_*".to_owned(), "exact_total".to_owned()],
            dimensions: vec!["outcome".to_owned()],
            constant: ("service".to_owned(), "demo".to_owned()),
            series_max,
            interval: Duration::from_mins(1),
            timeout: Duration::from_secs(1),
        }
    }

    fn recorded(series_max: usize, work: impl FnOnce()) -> Arc<Book> {
        let options = options(series_max);
        let book = Arc::new(Book::new(&options));
        with_local_recorder(&Recorder::new(&options, Arc::clone(&book)), work);
        book
    }

    fn reading(taken: &[(Series, Reading)], name: &str, outcome: Option<&str>) -> Option<Reading> {
        let found = taken.iter().find(|(series, _)| {
            let told = series.dimensions.iter().find(|(key, _)| key == "outcome");
            series.name == name && told.map(|(_, value)| value.as_str()) == outcome
        });
        found.map(|(_, reading)| reading.clone())
    }

    fn set(count: f64, sum: f64, least: f64, most: f64) -> Reading {
        Reading::Set {
            count,
            sum,
            least,
            most,
        }
    }

    #[test]
    fn series_that_differ_in_other_labels_are_added_up_and_the_rest_is_left_out() {
        let book = recorded(10, || {
            counter!("shown_total", "outcome" => "good", "route" => "/a").increment(2);
            counter!("shown_total", "outcome" => "good", "route" => "/b").increment(3);
            counter!("shown_total", "outcome" => "bad", "service" => "other").increment(1);
            counter!("exact_total").absolute(7);
            counter!("exact_total").absolute(9);
            counter!("exact_total_more").increment(1);
            counter!("hidden_total").increment(1);
            gauge!("shown_level").set(4.0);
            gauge!("shown_level").decrement(3.0);
            histogram!("shown_seconds").record(0.25);
            histogram!("shown_rows").record(25.0);
        });
        let taken = book.take();
        assert_eq!(taken.len(), 5, "{taken:?}");
        assert_eq!(
            reading(&taken, "shown_total", Some("good")),
            Some(set(1.0, 5.0, 5.0, 5.0))
        );
        assert_eq!(
            reading(&taken, "shown_total", Some("bad")),
            Some(set(1.0, 1.0, 1.0, 1.0))
        );
        assert_eq!(
            reading(&taken, "exact_total", None),
            Some(set(1.0, 9.0, 9.0, 9.0))
        );
        assert_eq!(
            reading(&taken, "shown_level", None),
            Some(set(2.0, 5.0, 1.0, 4.0))
        );
        for (series, _) in &taken {
            let service = ("service".to_owned(), "demo".to_owned());
            assert!(series.dimensions.contains(&service), "{series:?}");
        }
        // A gauge stays what it is; a counter has nothing new to tell.
        let again = book.take();
        assert_eq!(
            reading(&again, "shown_level", None),
            Some(set(1.0, 1.0, 1.0, 1.0))
        );
        assert_eq!(again.len(), 1);
    }

    #[test]
    fn there_are_no_more_series_than_allowed() {
        let book = recorded(2, || {
            for outcome in ["a", "b", "c", "d"] {
                counter!("shown_total", "outcome" => outcome).increment(1);
            }
        });
        assert_eq!(book.take().len(), 2);
        assert_eq!(book.take_refused(), 2);
        assert_eq!(book.take_refused(), 0);
    }
}
