//! HTTP: Stripe's paths under `/v1`, the browser's files under `/v3`, and the operator's.

mod auth;
mod call;
mod challenges;
mod control;
mod customers;
mod disputes;
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

pub(crate) use call::refusal;
pub(crate) use control::{Peer, answer_bank};

use crate::{app::App, elements, error::ApiError, faults};

/// All routes.
pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .nest("/v1", stripe())
        .merge(elements::router())
        .merge(challenges::router())
        .merge(control::router())
        .route("/healthz", get(operator::health))
        .route("/_ledger", get(operator::ledger))
        .fallback(unknown_address)
        .method_not_allowed_fallback(unknown_address)
        .layer(middleware::from_fn_with_state(
            Arc::clone(&app),
            faults::apply,
        ))
        .layer(middleware::from_fn(edge::allow_browsers))
        .layer(middleware::from_fn(edge::observe))
        .with_state(app)
}

/// Stripe's paths.
fn stripe() -> Router<Arc<App>> {
    Router::new()
        .route(
            "/payment_intents",
            post(payment_intents::create).get(payment_intents::list),
        )
        .route(
            "/payment_intents/{id}",
            get(payment_intents::retrieve).post(payment_intents::update),
        )
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
        .route(
            "/refunds/{id}",
            get(refunds::retrieve).post(refunds::update),
        )
        .route("/customers", post(customers::create).get(customers::list))
        .route(
            "/customers/{id}",
            get(customers::retrieve)
                .post(customers::update)
                .delete(customers::delete),
        )
        .route(
            "/customers/{id}/payment_methods",
            get(payment_methods::list_of_customer),
        )
        .route(
            "/payment_methods",
            post(payment_methods::create).get(payment_methods::list),
        )
        .route("/payment_methods/{id}", get(payment_methods::retrieve))
        .route(
            "/payment_methods/{id}/attach",
            post(payment_methods::attach),
        )
        .route(
            "/payment_methods/{id}/detach",
            post(payment_methods::detach),
        )
        .route("/charges", get(reads::list_charges))
        .route("/charges/{id}", get(reads::retrieve_charge))
        .route("/disputes", get(disputes::list))
        .route(
            "/disputes/{id}",
            get(disputes::retrieve).post(disputes::update),
        )
        .route("/disputes/{id}/close", post(disputes::close))
        .route("/events", get(reads::list_events))
        .route("/events/{id}", get(reads::retrieve_event))
}

async fn unknown_address(request: Request) -> Response {
    let error = ApiError::unknown_address(request.method().as_str(), request.uri().path());
    call::refusal(&error)
}
