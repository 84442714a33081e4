//! `techmart-catalog`.

use std::process::ExitCode;
use std::time::Duration;

use catalog::config::{DEFAULTS, Settings};
use catalog::ops::cli::Command;
use catalog::state::AppState;
use catalog::{jobs, ops};
use common::access::{SqlFeed, Verifier, follow};
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
    context.readiness.add_probe(db.probe());
    context.expect_schema(&db, schema::version(SERVICE.name));
    cache
        .probe()
        .into_iter()
        .for_each(|probe| context.readiness.add_probe(probe));
    let verifier = Verifier::new(&settings.shop.origin, context.clock.clone());
    let feed = SqlFeed::new(
        db.clone(),
        contract_auth::list_public_keys,
        contract_auth::list_revoked,
    );
    follow(
        verifier.clone(),
        feed,
        Duration::from_secs(2),
        &context.jobs,
    );
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

async fn own(command: Command, settings: Settings, _: Context) -> anyhow::Result<()> {
    ops::cli::run(command, settings).await
}
