//! The search service: finds products by words and by meaning, with facets and suggestions.
//!
//! - [`routes`]: every path. [`pipeline`]: from a request to a page of results. [`domain`]: what is asked and answered.
//! - [`engines`]: who finds candidates: the embedded index of this instance, or `OpenSearch`. [`knowledge`]: the shop's
//!   words, with which queries are read. [`semantic`]: what texts mean, as vectors.
//! - [`merchandising`]: synonyms, pins, redirects. [`signals`]: what shoppers search, click and buy.
//! - [`jobs`]: the catalogue's events become rows of `search.document`, which every instance follows into its own index;
//!   products are embedded in the background. [`ops`]: rebuilding all of it. [`store`]: SQL of schema `search`.
//!
//! Invariants: an older document never replaces a newer one; every instance sees every change; a search reads no
//! database.

use axum::Router;
use common::openapi::Bearer;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

pub mod command;
pub mod config;
pub mod domain;
pub mod engines;
pub mod error;
pub mod jobs;
pub mod knowledge;
pub mod meaning;
pub mod merchandising;
pub mod ops;
pub mod pipeline;
pub mod readiness;
pub mod routes;
pub mod semantic;
pub mod serve;
pub mod signals;
pub mod start;
pub mod state;
pub mod store;

use state::AppState;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "TechMart search", description = "Finds products by words and by meaning, with facets and suggestions."),
    modifiers(&Bearer),
    tags(
        (name = "search", description = "Finding products"),
        (name = "staff", description = "What shoppers search for, synonyms and rules"),
    )
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
