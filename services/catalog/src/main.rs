//! `techmart-catalog`.

use std::process::ExitCode;

use catalog::config::{DEFAULTS, Settings};
use catalog::ops::cli::Command;
use catalog::state::AppState;
use catalog::{jobs, ops};
use common::access::{SqlFeed, Verifier};
use common::cli::{self, Context, Service};
use common::db::Db;
use common::redis::Cache;

const SERVICE: Service = Service {
    name: "catalog",
    about: "Categories, products, variants, prices and stock",
    defaults: DEFAULTS,
    openapi: catalog::openapi,
};

fn main() -> ExitCode {
    cli::main(SERVICE, serve, own)
}

async fn serve(settings: Settings, context: Context) -> anyhow::Result<()> {
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
    let state = AppState::new(
        db.clone(),
        cache,
        context.clock.clone(),
        verifier,
        &settings,
    );
    jobs::start(&state, settings.stock, wakeups, &context.jobs);
    let (router, _) = catalog::app(state);
    context.serve(router, &settings.http).await?;
    db.close().await;
    Ok(())
}

async fn own(command: Command, settings: Settings, context: Context) -> anyhow::Result<()> {
    ops::cli::run(command, settings, &*context.clock).await
}
