//! The one middleware stack. From the outside in:
//!
//! 1. request id: taken from a valid `X-Request-Id` (1 to 64 visible characters) or made; returned;
//! 2. trace span: continues `traceparent`; method, route, status and duration, never the query
//!    string or a header;
//! 3. the histogram `techmart_http_request_duration_seconds{service,method,route,status}`;
//! 4. compression;
//! 5. finishing: request id in problems, the one log line of an error's source, security headers;
//! 6. catch panic: 500 `internal`;
//! 7. deadline: 503 `deadline_exceeded`;
//! 8. load shedding: 503 `overloaded`;
//! 9. body limit (413) and body deadline (408);
//! 10. the router, with problems for 404 and 405.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use http::StatusCode;
use http::header::{self, HeaderName, HeaderValue};
use tokio::sync::Semaphore;
use tower_http::compression::CompressionLayer;

use crate::config::HttpSettings;
use crate::error_chain::{error_chain, panic_text};
use crate::extract::RequestMeta;
use crate::problem::{self, ErrorSource, Problem};
use crate::server::with_deadline;

mod edge;
#[cfg(test)]
mod tests;

/// The header that carries the request's id.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const NO_STORE: HeaderValue = HeaderValue::from_static("private, no-store");
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");

/// Seconds after which a shed request may come again.
const SHED_RETRY_AFTER_S: u64 = 1;

/// The router with the whole stack around it. Call it last, on the complete router.
pub fn apply(router: Router, settings: &HttpSettings, service: &'static str) -> Router {
    let permits = Arc::new(Semaphore::new(settings.requests_max));
    let body_timeout = Duration::from_millis(settings.body_timeout_ms);
    let deadline = Duration::from_millis(settings.request_timeout_ms);
    router
        .fallback(problem::no_route)
        .method_not_allowed_fallback(problem::no_method)
        .layer(DefaultBodyLimit::max(settings.body_limit_bytes))
        .layer(from_fn(move |request: Request, next: Next| {
            let request = request.map(|body| with_deadline(body, body_timeout));
            next.run(request)
        }))
        .layer(from_fn_with_state(permits, shed))
        .layer(from_fn_with_state(deadline, limit_time))
        .layer(from_fn(catch_panic))
        .layer(from_fn(finish))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(service, edge::observe))
}

async fn shed(State(permits): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    let Ok(_permit) = permits.try_acquire() else {
        metrics::counter!("techmart_http_shed_total").increment(1);
        return Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "overloaded",
            "Too many requests at the moment",
        )
        .retry_after(SHED_RETRY_AFTER_S)
        .into_response();
    };
    next.run(request).await
}

async fn limit_time(State(deadline): State<Duration>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(deadline, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "deadline_exceeded",
            "The answer took too long",
        )
        .detail("What was asked for may still have happened; ask again with the same key.")
        .retry_after(SHED_RETRY_AFTER_S)
        .into_response(),
    }
}

async fn catch_panic(request: Request, next: Next) -> Response {
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(panic) => {
            metrics::counter!("techmart_http_panics_total").increment(1);
            Problem::internal(format!("panic: {}", panic_text(panic.as_ref()))).into_response()
        }
    }
}

async fn finish(meta: RequestMeta, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let code = problem::fill_request_id(&mut response, &meta.request_id);
    let source = response.extensions_mut().remove::<ErrorSource>();
    log(response.status(), code, source.as_ref());
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(NO_STORE);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    response
}

/// The one log line of an error: its code and the chain of its sources.
fn log(status: StatusCode, code: Option<&'static str>, source: Option<&ErrorSource>) {
    let Some(ErrorSource(source)) = source else {
        return;
    };
    let chain = error_chain(source.as_ref());
    let code = code.unwrap_or_default();
    if status == StatusCode::INTERNAL_SERVER_ERROR {
        tracing::error!(code, error = chain, "request failed");
    } else if status.is_server_error() {
        tracing::warn!(code, error = chain, "request failed");
    } else {
        tracing::info!(code, error = chain, "request refused");
    }
}
