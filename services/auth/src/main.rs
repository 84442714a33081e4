//! `techmart-auth`.

use std::process::ExitCode;

use auth::command::{self, Command};
use auth::config::{DEFAULTS, Settings};
use auth::jobs::{publish_key, purge};
use auth::state::AppState;
use common::cli::{self, Context, Service};
use common::db::Db;
use common::redis::Cache;

const SERVICE: Service = Service {
    name: "auth",
    about: "Accounts, sessions and access tokens",
    defaults: DEFAULTS,
    openapi: auth::openapi,
};

fn main() -> ExitCode {
    // The first key is made before the settings that need it can be complete.
    if command::wants_key(std::env::args()) {
        return match command::generate_key() {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        };
    }
    cli::main::<Settings, Command, _, _, _, _>(SERVICE, serve, command::run)
}

async fn serve(settings: Settings, context: Context) -> anyhow::Result<()> {
    let db = Db::connect(SERVICE.name, &settings.db)?;
    let cache = Cache::connect(SERVICE.name, &settings.redis)?;
    context.depend_on(&db, &cache, schema::version(SERVICE.name));
    let state = AppState::new(&settings, db.clone(), cache, context.clock.clone())?;
    publish_key::start(state.clone(), &context.jobs);
    purge::start(state.clone(), settings.purge, &context.jobs);
    let (router, _) = auth::app(state);
    context.serve(router, &settings.http).await?;
    db.close().await;
    Ok(())
}
