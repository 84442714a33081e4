//! `techmart-cart`.

use std::process::ExitCode;

use cart::config::{DEFAULTS, Settings};
use cart::jobs;
use cart::state::AppState;
use common::access::{SqlFeed, Verifier};
use common::cli::{self, Context, NoCommand, Service};
use common::db::Db;
use common::redis::Cache;

const SERVICE: Service = Service {
    name: "cart",
    about: "Carts of guests and customers, and coupons",
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
    let state = AppState::new(db.clone(), cache, clock, verifier, &settings);
    jobs::start(&context.jobs, &state);
    let (router, _) = cart::app(state);
    context.serve(router, &settings.http).await?;
    db.close().await;
    Ok(())
}
