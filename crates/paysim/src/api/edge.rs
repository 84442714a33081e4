//! What every request gets: an id, a log line, and for browsers the headers they ask for.

use std::time::Instant;

use axum::{extract::Request, middleware::Next, response::Response};
use http::{HeaderValue, Method, StatusCode, header};

use crate::ids;

/// The id of a request, shown in `Request-Id` and in its events.
#[derive(Debug, Clone)]
pub(super) struct RequestId(pub(super) String);

/// Gives the request an id and logs how it ended. The query is not logged: it can hold a client
/// secret.
pub(super) async fn observe(mut request: Request, next: Next) -> Response {
    let id = ids::generate("req");
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let start = Instant::now();
    request.extensions_mut().insert(RequestId(id.clone()));
    let mut response = next.run(request).await;
    let status = response.status().as_u16();
    let micros = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    tracing::info!(request = id, %method, path, status, micros, "answered");
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("request-id", id);
    }
    response
}

/// Lets any page call the API and the bank's page; what it may do is up to its key or secret.
pub(super) async fn allow_browsers(request: Request, next: Next) -> Response {
    const PREFLIGHT: &[(&str, &str)] = &[
        ("access-control-allow-methods", "GET, POST, DELETE"),
        (
            "access-control-allow-headers",
            "authorization, content-type, idempotency-key, stripe-version",
        ),
        ("access-control-max-age", "300"),
    ];
    let path = request.uri().path();
    if !path.starts_with("/v1/") && !path.starts_with("/3d_secure/") {
        return next.run(request).await;
    }
    let preflight = request.method() == Method::OPTIONS;
    let mut response = if preflight {
        Response::default()
    } else {
        next.run(request).await
    };
    if preflight {
        *response.status_mut() = StatusCode::NO_CONTENT;
    }
    let headers = response.headers_mut();
    for (name, value) in PREFLIGHT.iter().filter(|_| preflight) {
        headers.insert(*name, HeaderValue::from_static(value));
    }
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("Request-Id, Idempotent-Replayed"),
    );
    response
}
