//! `techmart-cart`.

use std::process::ExitCode;
use std::time::Duration;

use cart::config::{DEFAULTS, Settings};
use cart::state::AppState;
use common::access::{SqlFeed, Verifier, follow};
use common::cli::{self, Context, NoCommand, Service};
use common::db::Db;
use common::redis::Cache;

const SERVICE: Service = Service {
    name: "cart",
    about: "Carts of guests and customers",
    defaults: DEFAULTS,
    openapi: cart::openapi,
};

fn main() -> ExitCode {
    cli::main(
        SERVICE,
        serve,
        |command: NoCommand, _: Settings, _| async move { match command {} },
    )
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
    let state = AppState {
        db: db.clone(),
        cache,
        verifier,
        currency: settings.shop.currency,
        settings: settings.cart,
    };
    let (router, _) = cart::app(state);
    context.serve(router, &settings.http).await?;
    db.close().await;
    Ok(())
}
