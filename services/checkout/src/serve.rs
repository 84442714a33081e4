//! Puts the service together: what `techmart-checkout` runs, and what the process of all services takes in.

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use common::access::{SqlFeed, Verifier};
use common::cli::{self, Context, NoCommand, Service};
use common::db::Db;
use common::redis::Cache;

use crate::config::{DEFAULTS, Settings};
use crate::jobs;
use crate::provider::Provider;
use crate::state::AppState;

/// The service as its command line shows it.
pub const SERVICE: Service = Service {
    name: "checkout",
    about: "Turns a cart into a paid order",
    defaults: DEFAULTS,
    #[cfg(debug_assertions)]
    openapi: crate::openapi,
};

/// The command line; the first argument is the program's name as people know it.
pub fn main(arguments: Vec<OsString>) -> ExitCode {
    cli::main_as(
        SERVICE,
        arguments,
        serve,
        |command: NoCommand, _, _| async move { match command {} },
    )
}

/// Starts everything that runs by itself; answers the router, and the pools to close after the last job.
///
/// # Errors
/// When a setting cannot be used; names it.
pub fn start(settings: &Settings, context: &Context) -> anyhow::Result<(Router, Db)> {
    let db = Db::connect(SERVICE.name, &settings.db)?;
    let state = AppState {
        cart_cache: Cache::connect(contract_cart::CACHE_NAMESPACE, &settings.redis)?,
        clock: context.clock.clone(),
        verifier: Verifier::new(&settings.shop.origin, context.clock.clone()),
        provider: Provider::new(&settings.payment)?,
        settings: Arc::new(settings.clone()),
        jobs: context.jobs.clone(),
        db: db.clone(),
    };
    context.depend_on(&db, &state.cart_cache, schema::version(SERVICE.name));
    let feed = SqlFeed::new(
        db.clone(),
        contract_auth::list_public_keys,
        contract_auth::list_revoked,
    );
    context.follow_access(&state.verifier, feed);
    jobs::start(&state);
    Ok((crate::app(state), db))
}

async fn serve(settings: Settings, context: Context) -> anyhow::Result<()> {
    let (router, db) = start(&settings, &context)?;
    context.serve(router, &settings.http).await?;
    db.close().await;
    Ok(())
}
