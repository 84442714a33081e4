//! Metrics by OTLP: what the `metrics` facade records, recorded by OpenTelemetry's SDK under the same names.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata,
    SharedString, Unit,
};
use metrics_util::registry::{Registry, Storage};
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Meter, MeterProvider as _};
use opentelemetry_otlp::{MetricExporter, Protocol, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};

use super::buckets::DURATION_BUCKETS_S;

/// What sends metrics: a thread that looks once an interval (`OTEL_METRIC_EXPORT_INTERVAL`).
pub(super) fn provider(resource: Resource) -> anyhow::Result<SdkMeterProvider> {
    let exporter = MetricExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .build()
        .context("OTEL_EXPORTER_OTLP_…: metrics")?;
    let reader = PeriodicReader::builder(exporter).build();
    Ok(SdkMeterProvider::builder()
        .with_resource(resource)
        .with_reader(reader)
        .build())
}

/// Records with the SDK. Instruments are kept by the whole key.
pub(super) struct Recorder(Registry<Key, Instruments>);

impl Recorder {
    pub(super) fn new(provider: &SdkMeterProvider) -> Self {
        Self(Registry::new(Instruments(provider.meter("techmart"))))
    }
}

impl metrics::Recorder for Recorder {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        self.0
            .get_or_create_counter(key, |counter| Counter::from_arc(Arc::clone(counter)))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        self.0
            .get_or_create_gauge(key, |gauge| Gauge::from_arc(Arc::clone(gauge)))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        self.0
            .get_or_create_histogram(key, |histogram| Histogram::from_arc(Arc::clone(histogram)))
    }
}

struct Instruments(Meter);

struct Sum {
    instrument: opentelemetry::metrics::Counter<u64>,
    labels: Vec<KeyValue>,
    /// The total of a counter that is told in totals.
    total: AtomicU64,
}

struct Level {
    instrument: opentelemetry::metrics::Gauge<f64>,
    labels: Vec<KeyValue>,
    now: Mutex<f64>,
}

struct Durations {
    instrument: opentelemetry::metrics::Histogram<f64>,
    labels: Vec<KeyValue>,
}

impl Storage<Key> for Instruments {
    type Counter = Arc<Sum>;
    type Gauge = Arc<Level>;
    type Histogram = Arc<Durations>;

    fn counter(&self, key: &Key) -> Self::Counter {
        let builder = self.0.u64_counter(key.name().to_owned());
        Arc::new(Sum {
            instrument: builder.build(),
            labels: labels(key),
            total: AtomicU64::new(0),
        })
    }

    fn gauge(&self, key: &Key) -> Self::Gauge {
        let builder = self.0.f64_gauge(key.name().to_owned());
        Arc::new(Level {
            instrument: builder.with_unit(unit(key.name())).build(),
            labels: labels(key),
            now: Mutex::new(0.0),
        })
    }

    fn histogram(&self, key: &Key) -> Self::Histogram {
        let mut builder = self.0.f64_histogram(key.name().to_owned());
        if key.name().ends_with("_seconds") {
            builder = builder.with_boundaries(DURATION_BUCKETS_S.to_vec());
        }
        Arc::new(Durations {
            instrument: builder.with_unit(unit(key.name())).build(),
            labels: labels(key),
        })
    }
}

fn labels(key: &Key) -> Vec<KeyValue> {
    key.labels()
        .map(|label| KeyValue::new(label.key().to_owned(), label.value().to_owned()))
        .collect()
}

/// The unit stands at the end of a metric's name.
fn unit(name: &str) -> &'static str {
    match name.rsplit('_').next() {
        Some("seconds") => "s",
        Some("bytes") => "By",
        _ => "",
    }
}

impl CounterFn for Sum {
    fn increment(&self, value: u64) {
        self.instrument.add(value, &self.labels);
    }

    fn absolute(&self, value: u64) {
        let before = self.total.fetch_max(value, Ordering::Relaxed);
        self.increment(value.saturating_sub(before));
    }
}

impl Level {
    fn change(&self, change: impl FnOnce(f64) -> f64) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        *now = change(*now);
        self.instrument.record(*now, &self.labels);
    }
}

#[expect(clippy::float_arithmetic, reason = "the facade's gauges are floats")]
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

impl HistogramFn for Durations {
    fn record(&self, value: f64) {
        self.instrument.record(value, &self.labels);
    }
}
