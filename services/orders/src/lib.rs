//! The orders service: what was bought, by whom, and what became of it.
//!
//! - [`routes`]: every path. [`domain`]: what an order looks like and what a shopper is told. [`store`]: SQL of schema
//!   `orders`. [`jobs`]: messages to shoppers.
//! - Checkout opens, places and cancels orders through `contract-orders`.
//!
//! Invariants: a placed order's lines and amounts never change; its state moves only along `orders.transition`; someone
//! else's order looks like a missing one.

use axum::Router;
use common::openapi::Bearer;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

pub mod config;
pub mod domain;
pub mod error;
pub mod jobs;
pub mod routes;
pub mod state;
pub mod store;

use state::AppState;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "TechMart orders", description = "Orders of customers and guests."),
    modifiers(&Bearer),
    tags((name = "orders", description = "Orders of customers and guests"), (name = "orders, staff", description = "All orders"))
)]
struct Document;

/// The router of the service and its document.
pub fn app(state: AppState) -> (Router, OpenApi) {
    let (router, document) = routes().split_for_parts();
    (router.with_state(state), document)
}

/// The document alone.
pub fn openapi() -> OpenApi {
    routes().into_openapi()
}

fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(Document::openapi()).merge(routes::router())
}
