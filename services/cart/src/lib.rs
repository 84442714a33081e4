//! The cart service: carts of guests and customers, and coupons.
//!
//! - [`routes`]: every path. [`domain`]: what a cart shows, how two become one, and the terms of coupons.
//!   [`ops`]: opening, changing, merging; putting coupons into carts, and managing them.
//! - [`jobs`]: what runs by itself.
//! - [`store`]: SQL of schema `cart`. Prices and stock come from `contract-catalog`; checkout reaches carts through
//!   `contract-cart`.
//!
//! Invariants: PostgreSQL is the truth, Redis only remembers views; a change holds the cart's row for its whole
//! transaction; a cart that is being paid does not change; no price ever comes from a client. A coupon in a cart is only
//! remembered: its use is counted by checkout, through `contract-cart`, with the order.

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

use state::AppState;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "TechMart cart", description = "Carts of guests and customers, and coupons."),
    modifiers(&Bearer),
    tags(
        (name = "cart", description = "Carts of guests and customers"),
        (name = "staff", description = "Coupons"),
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
