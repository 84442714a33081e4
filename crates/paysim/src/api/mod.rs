//! HTTP: Stripe's paths under `/v1`, the browser's files under `/v3`, and the operator's.

mod auth;
mod call;
mod edge;
mod expand;
mod lists;
mod operator;
mod payment_intents;
mod payment_methods;
mod reads;
mod refunds;

use std::sync::Arc;

use axum::{
    Router,
    extract::Request,
    middleware,
    response::Response,
    routing::{get, post},
};

use crate::{app::App, elements, error::ApiError};

/// All routes.
pub(crate) fn router(app: Arc<App>) -> Router {
    let v1 = Router::new()
        .route(
            "/payment_intents",
            post(payment_intents::create).get(payment_intents::list),
        )
        .route("/payment_intents/{id}", get(payment_intents::retrieve))
        .route(
            "/payment_intents/{id}/confirm",
            post(payment_intents::confirm),
        )
        .route(
            "/payment_intents/{id}/capture",
            post(payment_intents::capture),
        )
        .route(
            "/payment_intents/{id}/cancel",
            post(payment_intents::cancel),
        )
        .route("/refunds", post(refunds::create).get(refunds::list))
        .route("/refunds/{id}", get(refunds::retrieve))
        .route("/payment_methods", post(payment_methods::create))
        .route("/payment_methods/{id}", get(payment_methods::retrieve))
        .route("/charges/{id}", get(reads::retrieve_charge))
        .route("/events", get(reads::list_events))
        .route("/events/{id}", get(reads::retrieve_event));
    Router::new()
        .nest("/v1", v1)
        .merge(elements::router())
        .route("/healthz", get(operator::health))
        .route("/_ledger", get(operator::ledger))
        .fallback(unknown_address)
        .method_not_allowed_fallback(unknown_address)
        .layer(middleware::from_fn(edge::allow_browsers))
        .layer(middleware::from_fn(edge::observe))
        .with_state(app)
}

async fn unknown_address(request: Request) -> Response {
    let error = ApiError::unknown_address(request.method().as_str(), request.uri().path());
    call::refusal(&error)
}
