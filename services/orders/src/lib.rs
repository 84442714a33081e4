//! The orders service: what was bought, by whom, and what became of it.
//!
//! - [`routes`]: every path. [`domain`]: what an order looks like, and the rules of what may be done with it. [`ops`]: use
//!   cases, one transaction each. [`store`]: SQL of schema `orders`. [`jobs`]: what runs by itself.
//!   [`webhooks`]: events for other people's systems, a room with all of these of its own.
//! - Checkout opens and places orders through `contract-orders`; money is moved by checkout, which this service asks.
//!
//! Invariants: what was bought never changes; units are counted only in `orders.line_progress`; the state of an order and
//! of its parts moves only along permitted steps; whoever changes an order holds its row; someone else's order looks like
//! a missing one.

use axum::Router;
use common::openapi::Bearer;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

pub mod config;
pub mod domain;
pub mod error;
pub mod jobs;
pub mod ops;
pub mod routes;
pub mod serve;
pub mod state;
pub mod store;
pub mod webhooks;

use state::AppState;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "TechMart orders", description = "Orders of customers and guests."),
    modifiers(&Bearer),
    tags((name = "orders", description = "Orders of customers and guests"), (name = "orders, staff", description = "All orders"),
        (name = "webhooks, staff", description = "Events of orders for other systems"))
)]
struct Document;

/// What the service serves.
pub fn app(state: AppState) -> Router {
    routes::router::<Router<AppState>>().with_state(state)
}

/// The service's API document.
pub fn openapi() -> OpenApi {
    OpenApiRouter::with_openapi(Document::openapi())
        .merge(routes::router::<OpenApiRouter<AppState>>())
        .into_openapi()
}
