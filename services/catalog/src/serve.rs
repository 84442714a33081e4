//! Puts the service together: what `techmart-catalog` runs, and what the process of all services takes in.

use std::ffi::OsString;
use std::process::ExitCode;

use axum::Router;
use common::access::{SqlFeed, Verifier};
use common::cli::{self, Context, Service, Unread};
use common::db::Db;
use common::redis::Cache;

use crate::config::{DEFAULTS, Settings};
use crate::jobs;
use crate::ops::cli::{self as operator, Command};
use crate::state::AppState;

/// The service as its command line shows it.
pub const SERVICE: Service = Service {
    name: "catalog",
    about: "Categories, products, variants, prices and stock",
    defaults: DEFAULTS,
    #[cfg(debug_assertions)]
    openapi: crate::openapi,
};

/// The command line; the first argument is the program's name as people know it.
pub fn main(arguments: Vec<OsString>) -> ExitCode {
    cli::main_as(SERVICE, arguments, serve, own)
}

async fn own(command: Command, settings: Unread<Settings>, context: Context) -> anyhow::Result<()> {
    operator::run(command, settings.read()?, &*context.clock).await
}

/// Starts everything that runs by itself; answers the router, and the pools to close after the last job.
///
/// # Errors
/// When a setting cannot be used; names it.
pub fn start(settings: &Settings, context: &Context) -> anyhow::Result<(Router, Db)> {
    let db = Db::connect(SERVICE.name, &settings.db)?;
    let cache = Cache::connect(SERVICE.name, &settings.redis)?;
    context.depend_on(&db, &cache, schema::version(SERVICE.name));
    let verifier = Verifier::new(&settings.shop.origin, context.clock.clone());
    let feed = SqlFeed::new(
        db.clone(),
        contract_auth::list_public_keys,
        contract_auth::list_revoked,
    );
    context.follow_access(&verifier, feed);
    let wakeups = cache.subscribe_wakeups(contract_catalog::feed::SCHEMA, &context.jobs);
    let clock = context.clock.clone();
    let state = AppState::new(db.clone(), cache, clock, verifier, settings);
    jobs::start(&state, settings.stock, wakeups, &context.jobs);
    Ok((crate::app(state), db))
}

async fn serve(settings: Settings, context: Context) -> anyhow::Result<()> {
    let (router, db) = start(&settings, &context)?;
    context.serve(router, &settings.http).await?;
    db.close().await;
    Ok(())
}
