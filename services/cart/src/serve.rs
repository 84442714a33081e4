//! Puts the service together: what `techmart-cart` runs, and what the process of all services takes in.

use std::ffi::OsString;
use std::process::ExitCode;

use axum::Router;
use common::access::{SqlFeed, Verifier};
use common::cli::{self, Context, NoCommand, Service};
use common::db::Db;
use common::redis::Cache;

use crate::config::{DEFAULTS, Settings};
use crate::jobs;
use crate::state::AppState;

/// The service as its command line shows it.
pub const SERVICE: Service = Service {
    name: "cart",
    about: "Carts of guests and customers, and coupons",
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
    let cache = Cache::connect(contract_cart::CACHE_NAMESPACE, &settings.redis)?;
    context.depend_on(&db, &cache, schema::version(SERVICE.name));
    let verifier = Verifier::new(&settings.shop.origin, context.clock.clone());
    let feed = SqlFeed::new(
        db.clone(),
        contract_auth::list_public_keys,
        contract_auth::list_revoked,
    );
    context.follow_access(&verifier, feed);
    let clock = context.clock.clone();
    let state = AppState::new(db.clone(), cache, clock, verifier, settings);
    jobs::start(&context.jobs, &state);
    Ok((crate::app(state), db))
}

async fn serve(settings: Settings, context: Context) -> anyhow::Result<()> {
    let (router, db) = start(&settings, &context)?;
    context.serve(router, &settings.http).await?;
    db.close().await;
    Ok(())
}
