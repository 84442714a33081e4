//! The checkout service: a cart on its way to an order, and the payment in between.
//!
//! Map:
//! - `routes`: HTTP. `view`: a checkout as its shopper sees it. `error`: what can go wrong.
//! - `ops`: the saga PREPARE → pay → FINALIZE, its recovery, and the provider's reports.
//! - `jobs`: when recovery, reports and clearing run.
//! - `serve`: puts it together. `domain`: pure rules. `store`: all SQL. `provider`: the only place that knows Stripe's API.
//!
//! Invariants: nothing is charged but the total that the shopper agreed to; one order per cart and one payment per
//! attempt, whatever is sent twice or dies in between; no network call while a transaction is open; only the provider's
//! own word decides what became of a payment; card data never come here.

pub mod config;
pub mod domain;
pub mod error;
pub mod jobs;
pub mod ops;
pub mod provider;
pub mod routes;
pub mod serve;
pub mod state;
pub mod store;
pub mod view;

use axum::Router;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

pub use crate::provider::Provider;
use crate::state::AppState;

#[derive(utoipa::OpenApi)]
#[openapi(info(
    title = "TechMart checkout",
    description = "Turns a cart into a paid order.",
    license(name = "Apache-2.0", identifier = "Apache-2.0")
))]
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
