//! The catalog service: categories, products, variants, prices and stock.
//!
//! - [`routes`]: the HTTP API; [`domain`]: types and rules, no IO; [`store`]: all SQL; [`cache`]: Redis in front of it.
//! - [`ops`]: the operators' commands; [`jobs`]: background work.
//! - [`import`]: reading and mapping foreign catalogues; [`taxonomy`], [`art`]: the category tree and its pictures;
//!   [`seed`]: the demo catalogue.
//! - [`config`], [`state`], [`error`]: settings, what handlers share, what can go wrong.
//!
//! Invariants: every write to a product, its variants, prices or coarse stock ends in `catalog.refresh_products_v1` in
//! the same transaction; a read is one statement; Redis away only makes reads slower.

pub mod art;
pub mod cache;
pub mod config;
pub mod domain;
pub mod error;
pub mod import;
pub mod jobs;
pub mod ops;
pub mod routes;
pub mod seed;
pub mod serve;
pub mod state;
pub mod store;
pub mod taxonomy;

use axum::Router;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;

use crate::state::AppState;

#[derive(Debug, utoipa::OpenApi)]
#[openapi(info(
    title = "TechMart catalog",
    description = "Categories, products, variants, prices and stock"
))]
struct Document;

/// What the service serves.
pub fn app(state: AppState) -> Router {
    routes::router::<Router<AppState>>().with_state(state)
}

/// The service's API document.
pub fn openapi() -> OpenApi {
    let paths = routes::router::<OpenApiRouter<AppState>>().into_openapi();
    let mut document = Document::openapi().merge_from(paths);
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .build();
    document
        .components
        .get_or_insert_default()
        .add_security_scheme("bearer", SecurityScheme::Http(bearer));
    document
}
