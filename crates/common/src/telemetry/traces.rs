//! Traces: who records spans, and where they go.
//!
//! Without an exporter nothing is recorded: spans only carry the trace id to the log lines. With one, ended spans wait in
//! a bounded queue for a thread that sends them in batches; when the queue is full they are dropped. What is sent and what is
//! dropped is counted (`sending`).

use anyhow::Context as _;
use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::resource::{EnvResourceDetector, TelemetryResourceDetector};
use opentelemetry_sdk::trace::{Sampler, SdkTracer, SdkTracerProvider, SpanProcessor};
use rand::RngExt as _;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

use super::environment::Environment;
use super::runs::Runs;
use super::{sending, statements};

/// Spans of other crates are theirs: only those of this one have bounded names and no secrets.
const OURS: &str = env!("CARGO_PKG_NAME");

/// What sends spans, or keeps trace ids alone.
pub(super) fn provider(
    asked: &Environment,
    resource: Resource,
) -> anyhow::Result<SdkTracerProvider> {
    if !asked.traces {
        return Ok(silent());
    }
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .build()
        .context("OTEL_EXPORTER_OTLP_…: traces")?;
    let batches = sending::in_batches(exporter, asked.queue_size);
    Ok(recording(asked.ratio, resource, batches))
}

/// Gives every request a trace id and records nothing.
pub(super) fn silent() -> SdkTracerProvider {
    SdkTracerProvider::builder()
        .with_sampler(Sampler::AlwaysOff)
        .build()
}

/// Gives recorded spans to `processor`. Without a ratio the sampler is the one that the environment names.
pub(super) fn recording(
    ratio: Option<f64>,
    resource: Resource,
    processor: impl SpanProcessor + 'static,
) -> SdkTracerProvider {
    let mut builder = SdkTracerProvider::builder()
        .with_resource(resource)
        .with_span_processor(Runs::new(processor));
    if let Some(ratio) = ratio {
        let roots = Sampler::TraceIdRatioBased(ratio);
        builder = builder.with_sampler(Sampler::ParentBased(Box::new(roots)));
    }
    builder.build()
}

/// Who this process is. What the environment says wins.
pub(super) fn resource(service: &str, asked: &Environment) -> Resource {
    let instance = uuid::Builder::from_random_bytes(rand::rng().random());
    let ours = [
        KeyValue::new("service.name", format!("techmart-{service}")),
        KeyValue::new("service.namespace", "techmart"),
        KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
        KeyValue::new("service.instance.id", instance.into_uuid().to_string()),
    ];
    let builder = Resource::builder_empty()
        .with_attributes(ours)
        .with_detectors(&[
            Box::new(TelemetryResourceDetector),
            Box::new(EnvResourceDetector::new()),
        ]);
    match &asked.service_name {
        Some(name) => builder.with_service_name(name.clone()).build(),
        None => builder.build(),
    }
}

/// The layers that turn our spans and sqlx's statements into spans of a trace.
pub(super) fn layers<S>(provider: &SdkTracerProvider, asked: &Environment) -> impl Layer<S> + use<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let spans = tracing_opentelemetry::layer()
        .with_tracer(tracer(provider))
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_tracked_inactivity(false)
        // Log lines are no part of a trace: the trace id leads from one to the other.
        .with_filter(filter_fn(is_our_span));
    let statements = asked.traces.then(statements::layer);
    spans.and_then(statements)
}

fn is_our_span(metadata: &Metadata<'_>) -> bool {
    metadata.is_span()
        && *metadata.level() <= Level::INFO
        && metadata
            .target()
            .strip_prefix(OURS)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn tracer(provider: &SdkTracerProvider) -> SdkTracer {
    provider.tracer("techmart")
}
