//! Logs, traces and metrics of a process. The rules for them are in docs/LOGGING.md.
//!
//! Trace ids are W3C ids: an incoming `traceparent` is continued and, where there is none, a new
//! trace is begun. Spans are recorded and sent where OpenTelemetry's standard variables name an
//! OTLP endpoint; otherwise they only carry the trace id to the log lines.
//!
//! Map: `json` log lines, `filter` which of them; `environment` what OTEL_… asks for; `traces` who records spans, `sending` how they
//! go, `context` how they cross processes; [`ClientSpan`], `statements` and `runs` the spans of calls, SQL and background work;
//! `metering`, `otlp_metrics` and the crate `cloudwatch` where metrics go; `vitals` the process's own.

use std::time::Duration;

use anyhow::Context;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{CloudWatchSettings, LogFormat, LogSettings};
use crate::jobs::Jobs;

mod buckets;
mod client;
mod context;
mod environment;
mod filter;
mod json;
mod metering;
mod otlp_metrics;
pub(crate) mod runs;
mod sending;
mod statements;
#[cfg(test)]
mod tests;
mod traces;
pub(crate) mod vitals;

pub use client::ClientSpan;
pub(crate) use context::{continued, read_traceparent, traceparent};
pub use metering::metrics_handle;

use environment::Environment;
use metering::Others;

/// How long each of the last flushes may take.
const FLUSH_DEADLINE: Duration = Duration::from_secs(5);

/// Keeps telemetry going. Call [`TelemetryGuard::shutdown`] last of all.
#[derive(Debug)]
#[must_use = "dropping it ends telemetry"]
pub struct TelemetryGuard {
    traces: SdkTracerProvider,
    metrics: Option<SdkMeterProvider>,
    tasks: Jobs,
}

/// Sets up logs, traces and metrics. Once per process, within its runtime; fails on a setting or a variable
/// that cannot be used.
pub fn init(
    service: &'static str,
    log: &LogSettings,
    cloudwatch: &CloudWatchSettings,
) -> anyhow::Result<TelemetryGuard> {
    let filter = filter::read(&log.filter)
        .with_context(|| format!("log.filter: `{}` cannot be read", log.filter))?;
    let asked = Environment::read()?;
    let resource = traces::resource(service, &asked);
    let provider = traces::provider(&asked, resource.clone())?;
    opentelemetry::global::set_tracer_provider(provider.clone());
    let registry = tracing_subscriber::registry().with(traces::layers(&provider, &asked));
    match log.format {
        LogFormat::Json => registry
            .with(json::JsonLayer::new(service).with_filter(filter))
            .try_init(),
        LogFormat::Text => registry
            .with(tracing_subscriber::fmt::layer().with_filter(filter))
            .try_init(),
    }
    .context("telemetry is set up already")?;
    let tasks = Jobs::new();
    let metrics = asked.metrics.then(|| otlp_metrics::provider(resource));
    let metrics = metrics.transpose()?;
    metering::install(Others {
        otlp: metrics.as_ref().map(otlp_metrics::Recorder::new),
        cloudwatch: cloudwatch.enabled.then(|| {
            let (recorder, exporter) = cloudwatch::new(cloudwatch.options(service));
            tasks.spawn("cloudwatch", exporter.run(tasks.stopping()));
            recorder
        }),
    })?;
    vitals::watch_process(&tasks);
    Ok(TelemetryGuard {
        traces: provider,
        metrics,
        tasks,
    })
}

/// The span of background work on something that is there for sure: the root of a trace of its own.
pub fn work(name: &'static str) -> tracing::Span {
    runs::work(name, None)
}

impl TelemetryGuard {
    /// Sends what there still is, each way within a deadline.
    pub async fn shutdown(self) {
        self.tasks.shutdown(FLUSH_DEADLINE).await;
        let flushed = tokio::task::spawn_blocking(move || {
            if let Err(error) = self.traces.shutdown_with_timeout(FLUSH_DEADLINE) {
                tracing::warn!(error = %error, "traces could not be flushed");
            }
            if let Some(metrics) = &self.metrics
                && let Err(error) = metrics.shutdown_with_timeout(FLUSH_DEADLINE)
            {
                tracing::warn!(error = %error, "metrics could not be flushed");
            }
        });
        // Fails only if it panics; the process ends either way.
        let _flushed = flushed.await;
    }
}
