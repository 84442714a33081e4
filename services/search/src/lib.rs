//! The search service: finds products by words, with facets and suggestions.
//!
//! - [`routes`]: every path. [`domain`]: what is searched, asked and answered. [`engine`]: the index of this instance.
//! - [`jobs`]: the catalogue's events become rows of `search.document`, which every instance follows into its own index.
//!   [`ops`]: rebuilding all of it. [`store`]: SQL of schema `search`.
//!
//! Invariants: an older document never replaces a newer one; every instance sees every change; a search reads no
//! database.

use axum::Router;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

pub mod config;
pub mod domain;
pub mod engine;
pub mod error;
pub mod jobs;
pub mod ops;
pub mod routes;
pub mod state;
pub mod store;

use state::AppState;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "TechMart search", description = "Finds products by words, with facets and suggestions."),
    tags((name = "search", description = "Finding products"))
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
