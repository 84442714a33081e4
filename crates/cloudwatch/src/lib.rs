//! Sends a few of a process's metrics to CloudWatch.
//!
//! Map:
//! - [`Options`]: what is sent, where and how often. [`new`]: the recorder and the exporter that belong together.
//! - `book`: what has happened since the last look, by series. `spread`: durations as few distinct values.
//! - `datum`: one interval of the book as CloudWatch takes it. [`Exporter`]: the background task. `http`: how
//!   its requests travel.
//!
//! Invariants: recording never waits for the network and never fails; what cannot be sent in time is dropped and
//! counted (`techmart_cloudwatch_dropped_total`); the number of series has a limit, because each is billed.

mod book;
mod datum;
#[cfg(test)]
mod demo;
mod exporter;
mod http;
mod recorder;
mod spread;

use std::sync::Arc;
use std::time::Duration;

use book::Book;
pub use exporter::Exporter;
pub use recorder::Recorder;

/// What is sent, where and how often.
#[derive(Debug, Clone)]
pub struct Options {
    /// The namespace of all metrics.
    pub namespace: String,
    /// Where CloudWatch is, if not where the AWS region says.
    pub endpoint: Option<String>,
    /// Names of metrics; `*` at the end stands for any rest.
    pub metrics: Vec<String>,
    /// Labels that become dimensions. Series that differ in other labels alone are added up.
    pub dimensions: Vec<String>,
    /// A dimension that every series has, as in `("service", "catalog")`.
    pub constant: (String, String),
    /// Series at most.
    pub series_max: usize,
    /// Between two calls.
    pub interval: Duration,
    /// How long one call may take.
    pub timeout: Duration,
}

/// The recorder that takes metrics down, and the task that sends them.
pub fn new(options: Options) -> (Recorder, Exporter) {
    let book = Arc::new(Book::new(&options));
    let recorder = Recorder::new(&options, Arc::clone(&book));
    (recorder, Exporter::new(options, book))
}
