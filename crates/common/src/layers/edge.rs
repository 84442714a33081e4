//! The outermost layer: id, trace span and duration of each request.

use std::net::SocketAddr;
use std::time::Instant;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, Method};
use opentelemetry::trace::{Status, TraceContextExt};
use rand::RngExt;
use tracing::{Instrument, Span, field};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::REQUEST_ID;
use crate::extract::RequestMeta;
use crate::telemetry;

/// The longest request id that is taken over.
const REQUEST_ID_MAX: usize = 64;
/// The route label of paths that no route has, so that their number cannot blow the metrics up.
const NO_ROUTE: &str = "none";

pub(super) async fn observe(
    State(service): State<&'static str>,
    mut request: Request,
    next: Next,
) -> Response {
    let start = Instant::now();
    let id = request_id(request.headers());
    let method = method_label(request.method());
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| NO_ROUTE.to_owned(), |path| path.as_str().to_owned());
    let span = tracing::info_span!(
        "request",
        otel.name = span_name(method, &route),
        otel.kind = "server",
        http.request.method = method,
        http.route = route,
        http.response.status_code = field::Empty,
        request_id = id,
        trace_id = field::Empty,
    );
    continue_trace(&span, request.headers());
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|ConnectInfo(peer)| *peer);
    request.extensions_mut().insert(RequestMeta {
        request_id: id.as_str().into(),
        peer,
    });

    let mut response = next.run(request).instrument(span.clone()).await;

    let status = response.status().as_u16();
    let elapsed = start.elapsed();
    span.record("http.response.status_code", status);
    if response.status().is_server_error() {
        span.set_attribute("error.type", status.to_string());
        span.set_status(Status::error(""));
    }
    span.in_scope(|| {
        let duration_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(target: "access", duration_ms, "answered");
    });
    metrics::histogram!(
        "techmart_http_request_duration_seconds",
        "service" => service,
        "method" => method,
        "route" => route,
        "status" => status.to_string(),
    )
    .record(elapsed);
    if let Ok(value) = HeaderValue::try_from(id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

fn request_id(headers: &HeaderMap) -> String {
    headers
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(|id| (1..=REQUEST_ID_MAX).contains(&id.len()))
        .filter(|id| id.bytes().all(|byte| byte.is_ascii_graphic()))
        .map_or_else(
            || hex::encode(rand::rng().random::<[u8; 16]>()),
            str::to_owned,
        )
}

fn continue_trace(span: &Span, headers: &HeaderMap) {
    // Fails where no tracer is set up; then there is no trace to continue.
    if span.set_parent(telemetry::continued(headers)).is_ok() {
        let context = span.context();
        let trace = context.span().span_context().trace_id();
        span.record("trace_id", field::display(trace));
    }
}

/// Few names: a path that no route has is not part of one.
fn span_name(method: &str, route: &str) -> String {
    if route == NO_ROUTE {
        method.to_owned()
    } else {
        format!("{method} {route}")
    }
}

/// Methods nobody uses share one label.
fn method_label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
