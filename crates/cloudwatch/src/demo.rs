//! A service that tests send metrics of.

use std::time::Duration;

use metrics::with_local_recorder;

use crate::{Exporter, Options};

/// An exporter that has one count of 3 to tell; a call may take that long.
pub(crate) fn exporter(timeout: Duration) -> Exporter {
    let (recorder, exporter) = crate::new(Options {
        namespace: "Shop".to_owned(),
        endpoint: None,
        metrics: vec!["demo_*".to_owned()],
        dimensions: Vec::new(),
        constant: ("service".to_owned(), "demo".to_owned()),
        series_max: 10,
        interval: Duration::from_mins(1),
        timeout,
    });
    with_local_recorder(&recorder, || metrics::counter!("demo_total").increment(3));
    exporter
}
