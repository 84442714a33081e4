//! Logs, traces and metrics of a process. The rules for log lines are in docs/LOGGING.md.
//!
//! Trace ids are W3C ids: an incoming `traceparent` is continued and, where there is none, a new
//! trace is begun. Spans stay in the process as long as no exporter is configured.

use std::sync::OnceLock;

use anyhow::Context;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{LogFormat, LogSettings};

mod json;
#[cfg(test)]
mod tests;

/// Upper bounds of the duration histograms, in seconds.
const DURATION_BUCKETS_S: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// Flushes the traces when it is dropped. Keep it until the process ends.
#[derive(Debug)]
#[must_use = "dropping it ends telemetry"]
pub struct TelemetryGuard {
    provider: SdkTracerProvider,
}

/// Sets up logs, traces and metrics. Once per process; fails on a filter that cannot be read.
pub fn init(service: &'static str, settings: &LogSettings) -> anyhow::Result<TelemetryGuard> {
    let filter = EnvFilter::try_new(&settings.filter)
        .with_context(|| format!("log.filter: `{}` cannot be read", settings.filter))?;
    opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
    let resource = Resource::builder()
        .with_service_name(format!("techmart-{service}"))
        .build();
    let provider = SdkTracerProvider::builder().with_resource(resource).build();
    let spans = tracing_opentelemetry::layer().with_tracer(provider.tracer(service));
    let registry = tracing_subscriber::registry().with(filter).with(spans);
    match settings.format {
        LogFormat::Json => registry.with(json::JsonLayer::new(service)).try_init(),
        LogFormat::Text => registry.with(tracing_subscriber::fmt::layer()).try_init(),
    }
    .context("telemetry is set up already")?;
    metrics_handle()?;
    Ok(TelemetryGuard { provider })
}

/// The process's metrics in Prometheus's text form. Installs the recorder on first use.
pub fn metrics_handle() -> anyhow::Result<PrometheusHandle> {
    static HANDLE: OnceLock<Result<PrometheusHandle, String>> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            PrometheusBuilder::new()
                .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), DURATION_BUCKETS_S)
                .and_then(PrometheusBuilder::install_recorder)
                .map_err(|error| error.to_string())
        })
        .clone()
        .map_err(|error| anyhow::anyhow!("metrics: {error}"))
}

impl Drop for TelemetryGuard {
    fn drop(&mut self) {
        if let Err(error) = self.provider.shutdown() {
            tracing::warn!(error = %error, "traces could not be flushed");
        }
    }
}
