//! Background work as traces of its own.
//!
//! Jobs look often and mostly find nothing. The spans of a look are held back until it ends, and thrown away unless it did
//! something: it failed, a statement met a row, or someone outside was asked.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use opentelemetry::trace::{SpanContext, SpanId, SpanKind, Status, TraceContextExt as _, TraceId};
use opentelemetry::{Context, Value};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span as SdkSpan, SpanData, SpanProcessor};
use tracing::{Span, field};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use super::statements::{AFFECTED, RETURNED};

/// Spans held for one run at most; what comes later is dropped.
const SPANS_MAX: usize = 512;

/// The spans of runs that have not ended.
static HELD: LazyLock<Mutex<HashMap<TraceId, Vec<SpanData>>>> = LazyLock::new(Mutex::default);

fn held() -> MutexGuard<'static, HashMap<TraceId, Vec<SpanData>>> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One look of the job `name`: the root of a trace that is told if the look did something.
pub(crate) fn look(name: &'static str) -> Span {
    let span = root(&format!("job {name}"), "internal");
    span.record("job", name);
    let context = span.context();
    let context = context.span().span_context().clone();
    if context.is_sampled() {
        held().insert(context.trace_id(), Vec::new());
    }
    span
}

/// Work on something that is there for sure; `cause` is what woke it, in another trace.
pub(crate) fn work(name: &str, cause: Option<SpanContext>) -> Span {
    let span = root(name, "consumer");
    if let Some(cause) = cause {
        span.add_link(cause);
    }
    span
}

fn root(name: &str, kind: &'static str) -> Span {
    let span = tracing::info_span!(
        parent: None,
        "run",
        otel.name = name,
        otel.kind = kind,
        job = field::Empty,
        trace_id = field::Empty,
    );
    let context = span.context();
    let context = context.span().span_context().clone();
    if context.is_valid() {
        span.record("trace_id", field::display(context.trace_id()));
    }
    span
}

/// Marks a run as failed.
pub(crate) fn failed(span: &Span) {
    span.set_status(Status::error(""));
}

/// Passes ended spans on; those of runs when the run has ended and did something.
#[derive(Debug)]
pub(super) struct Runs<P>(P);

impl<P> Runs<P> {
    pub(super) fn new(next: P) -> Self {
        Self(next)
    }
}

impl<P: SpanProcessor> SpanProcessor for Runs<P> {
    fn on_start(&self, span: &mut SdkSpan, context: &Context) {
        self.0.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        let ended = {
            let mut held = held();
            let trace = span.span_context.trace_id();
            let Some(spans) = held.get_mut(&trace) else {
                drop(held);
                return self.0.on_end(span);
            };
            if span.parent_span_id == SpanId::INVALID {
                held.remove(&trace)
            } else {
                if spans.len() < SPANS_MAX {
                    spans.push(span);
                }
                return;
            }
        };
        let spans = ended.unwrap_or_default();
        if is_failed(&span) || spans.iter().any(did_something) {
            for span in spans {
                self.0.on_end(span);
            }
            self.0.on_end(span);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.0.set_resource(resource);
    }
}

fn is_failed(span: &SpanData) -> bool {
    matches!(span.status, Status::Error { .. })
}

fn did_something(span: &SpanData) -> bool {
    let number = |name: &str| {
        let found = span
            .attributes
            .iter()
            .find(|pair| pair.key.as_str() == name);
        match found.map(|pair| &pair.value) {
            Some(Value::I64(number)) => Some(*number),
            _ => None,
        }
    };
    let asked_outside = || {
        let mut attributes = span.attributes.iter();
        span.span_kind == SpanKind::Client
            && attributes.any(|pair| pair.key.as_str() == "http.request.method")
    };
    is_failed(span)
        || number(RETURNED).is_some_and(|rows| rows > 0)
        || number(AFFECTED).is_some_and(|rows| rows > 0)
        || asked_outside()
}
