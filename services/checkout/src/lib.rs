//! The checkout service: a cart on its way to an order, and the payment in between.
//!
//! Map:
//! - `routes`: HTTP. `view`: a checkout as its shopper sees it. `error`: what can go wrong.
//! - `ops`: the saga PREPARE → pay → FINALIZE, its recovery, and the provider's reports.
//! - `jobs`: when recovery, reports and clearing run.
//! - `domain`: pure rules. `store`: all SQL. `provider`: the only place that knows Stripe's API.
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
pub mod state;
pub mod store;
pub mod view;

use std::sync::Arc;

use axum::Router;
use common::access::{SqlFeed, Verifier};
use common::cli::Context;
use common::db::Db;
use common::redis::Cache;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::config::Settings;
pub use crate::provider::Provider;
use crate::state::AppState;

#[derive(utoipa::OpenApi)]
#[openapi(info(
    title = "TechMart checkout",
    description = "Turns a cart into a paid order.",
    license(name = "Apache-2.0", identifier = "Apache-2.0")
))]
struct Document;

/// The service's routes, and their document.
pub fn app(state: AppState) -> (Router, OpenApi) {
    let (router, document) = routes();
    (router.with_state(state), document)
}

/// The service's document.
pub fn document() -> OpenApi {
    routes().1
}

fn routes() -> (Router<AppState>, OpenApi) {
    OpenApiRouter::with_openapi(Document::openapi())
        .merge(routes::router())
        .split_for_parts()
}

/// Runs the service until it is told to stop.
///
/// # Errors
/// When a setting cannot be used, or an address cannot be listened on.
pub async fn serve(settings: Settings, context: Context) -> anyhow::Result<()> {
    let db = Db::connect(context.service, &settings.db)?;
    let state = AppState {
        cart_cache: Cache::connect(contract_cart::CACHE_NAMESPACE, &settings.redis)?,
        clock: context.clock.clone(),
        verifier: Verifier::new(&settings.shop.origin, context.clock.clone()),
        provider: Provider::new(&settings.payment)?,
        settings: Arc::new(settings),
        jobs: context.jobs.clone(),
        db: db.clone(),
    };
    context.depend_on(&db, &state.cart_cache, schema::version(context.service));
    let feed = SqlFeed::new(
        db,
        contract_auth::list_public_keys,
        contract_auth::list_revoked,
    );
    context.follow_access(&state.verifier, feed);
    jobs::start(&state);
    let http = state.settings.http.clone();
    context.serve(app(state).0, &http).await
}
