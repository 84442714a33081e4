//! What operators and load balancers ask: `/livez`, `/readyz`, `/metrics`. On its own listener.

use axum::Router;
use axum::extract::State as Shared;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, header};
use metrics_exporter_prometheus::PrometheusHandle;

use super::readiness::{Readiness, State};
use crate::problem;

pub(super) fn router(readiness: Readiness) -> anyhow::Result<Router> {
    let metrics = crate::telemetry::metrics_handle()?;
    Ok(Router::new()
        .route("/livez", get(|| async { "ok\n" }))
        .route("/readyz", get(readyz).with_state(readiness))
        .route("/metrics", get(render).with_state(metrics))
        .fallback(problem::no_route)
        .method_not_allowed_fallback(problem::no_method))
}

async fn readyz(Shared(readiness): Shared<Readiness>) -> Response {
    let report = readiness.report().await;
    let status = if report.state == State::Ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let body = serde_json::to_string(&report).unwrap_or_default();
    (
        status,
        [
            (header::CONTENT_TYPE, "application/json"),
            (header::CACHE_CONTROL, "no-store"),
        ],
        body,
    )
        .into_response()
}

async fn render(Shared(metrics): Shared<PrometheusHandle>) -> Response {
    metrics.run_upkeep();
    (
        [(
            header::CONTENT_TYPE,
            "text/plain; version=0.0.4; charset=utf-8",
        )],
        metrics.render(),
    )
        .into_response()
}
