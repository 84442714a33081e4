//! `techmart-auth`.

use std::process::ExitCode;

use auth::command::{self, Command};
use auth::config::{DEFAULTS, Settings};
use auth::jobs::{password_resets, publish_key, purge};
use auth::state::AppState;
use auth::store::OUTBOX;
use common::cli::{self, Context, Service};
use common::db::Db;
use common::redis::Cache;
use mail::{Mailer, Sender};

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
    password_resets::start(state.clone(), &context.jobs);
    if let Some(url) = &settings.mail.smtp_url {
        let sender = Sender {
            db: db.clone(),
            outbox: OUTBOX,
            mailer: Mailer::from_url(url, &settings.mail.from)?,
            clock: context.clock.clone(),
        };
        sender.run(&context.jobs);
    } else {
        tracing::warn!("mail.smtp_url is not set: messages are kept and not sent");
    }
    purge::start(state.clone(), settings.purge, &context.jobs);
    let (router, _) = auth::app(state);
    context.serve(router, &settings.http).await?;
    db.close().await;
    Ok(())
}
