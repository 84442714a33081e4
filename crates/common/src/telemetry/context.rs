//! How a trace crosses from one process to another: W3C's `traceparent`, in headers and in hints.

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator as _};
use opentelemetry::trace::{SpanContext, TraceContextExt as _};
use opentelemetry_sdk::propagation::TraceContextPropagator;

const TRACEPARENT: &str = "traceparent";

/// The trace that the headers continue; none of its own where they name none.
pub(crate) fn continued(headers: &HeaderMap) -> Context {
    TraceContextPropagator::new().extract_with_context(&Context::new(), &Incoming(headers))
}

/// Puts the headers by which the other side continues the trace of `context`.
pub(super) fn continue_by(headers: &mut HeaderMap, context: &Context) {
    TraceContextPropagator::new().inject_context(context, &mut Outgoing(headers));
}

/// Whether spans are recorded there.
pub(super) fn is_recorded(context: &Context) -> bool {
    context.has_active_span() && context.span().span_context().is_sampled()
}

/// The trace of whoever is current, as text; none where nothing is recorded.
pub(crate) fn traceparent() -> Option<String> {
    let context = Context::current();
    if !is_recorded(&context) {
        return None;
    }
    let mut text = Text(None);
    TraceContextPropagator::new().inject_context(&context, &mut text);
    text.0
}

/// Reads what [`traceparent`] wrote.
pub(crate) fn read_traceparent(text: &str) -> Option<SpanContext> {
    let context = TraceContextPropagator::new()
        .extract_with_context(&Context::new(), &Text(Some(text.to_owned())));
    let context = context.span().span_context().clone();
    context.is_valid().then_some(context)
}

struct Incoming<'a>(&'a HeaderMap);

impl Extractor for Incoming<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}

struct Outgoing<'a>(&'a mut HeaderMap);

impl Injector for Outgoing<'_> {
    fn set(&mut self, key: &str, value: String) {
        // The state of other vendors, where there is none, is an empty text.
        if value.is_empty() {
            return;
        }
        if let (Ok(key), Ok(value)) = (HeaderName::try_from(key), HeaderValue::try_from(value)) {
            self.0.insert(key, value);
        }
    }
}

/// `traceparent` alone.
struct Text(Option<String>);

impl Extractor for Text {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.as_deref().filter(|_| key == TRACEPARENT)
    }

    fn keys(&self) -> Vec<&str> {
        vec![TRACEPARENT]
    }
}

impl Injector for Text {
    fn set(&mut self, key: &str, value: String) {
        if key == TRACEPARENT {
            self.0 = Some(value);
        }
    }
}
