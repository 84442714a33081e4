//! Spans of calls to something outside.

use http::HeaderMap;
use opentelemetry::trace::{SpanKind, Status, TraceContextExt as _, Tracer as _};
use opentelemetry::{Context, KeyValue};

use super::context;
use super::context::is_recorded;

/// A call to something outside: from [`ClientSpan::http`] or [`ClientSpan::store`] until it is dropped. Part of the trace in
/// which it begins; nothing where none is recorded. Names and attributes are constants and templates, never values.
#[derive(Debug)]
#[must_use = "the span ends when it is dropped"]
pub struct ClientSpan(Option<Context>);

impl ClientSpan {
    /// A request over HTTP. `template` is its path without ids, as in `/v1/things/{id}`.
    pub fn http(method: &str, host: Option<&str>, template: impl FnOnce() -> String) -> Self {
        Self::start(|| {
            let template = template();
            let name = format!("{method} {template}");
            let mut attributes = vec![
                KeyValue::new("http.request.method", method.to_owned()),
                KeyValue::new("url.template", template),
            ];
            if let Some(host) = host {
                attributes.push(KeyValue::new("server.address", host.to_owned()));
            }
            (name, attributes)
        })
    }

    /// A call to a store: `redis`, `opensearch`.
    pub fn store(system: &'static str, operation: &'static str) -> Self {
        Self::start(|| {
            let attributes = vec![
                KeyValue::new("db.system.name", system),
                KeyValue::new("db.operation.name", operation),
            ];
            (format!("{system} {operation}"), attributes)
        })
    }

    fn start(describe: impl FnOnce() -> (String, Vec<KeyValue>)) -> Self {
        let parent = Context::current();
        if !is_recorded(&parent) {
            return Self(None);
        }
        let (name, attributes) = describe();
        let tracer = opentelemetry::global::tracer("techmart");
        let span = tracer
            .span_builder(name)
            .with_kind(SpanKind::Client)
            .with_attributes(attributes)
            .start_with_context(&tracer, &parent);
        Self(Some(parent.with_span(span)))
    }

    /// The headers by which the other side continues the trace.
    pub fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let current = Context::current();
        context::continue_by(&mut headers, self.0.as_ref().unwrap_or(&current));
        headers
    }

    /// The status that the other side answered with.
    pub fn answered(&self, status: u16) {
        if let Some(context) = &self.0 {
            let span = context.span();
            span.set_attribute(KeyValue::new(
                "http.response.status_code",
                i64::from(status),
            ));
            if status >= 400 {
                span.set_attribute(KeyValue::new("error.type", status.to_string()));
                span.set_status(Status::error(""));
            }
        }
    }

    /// There was no answer: a word for the reason.
    pub fn failed(&self, reason: &'static str) {
        if let Some(context) = &self.0 {
            let span = context.span();
            span.set_attribute(KeyValue::new("error.type", reason));
            span.set_status(Status::error(""));
        }
    }
}

impl Drop for ClientSpan {
    fn drop(&mut self) {
        if let Some(context) = &self.0 {
            context.span().end();
        }
    }
}
