//! Puts the service together: what `techmart-auth` runs, and what the process of all services takes in.

use std::ffi::OsString;
use std::process::ExitCode;

use axum::Router;
use common::cli::{self, Context, Service};
use common::db::Db;
use common::redis::Cache;
use mail::{Mailer, Sender};

use crate::command;
use crate::config::{DEFAULTS, Settings};
use crate::jobs::{password_resets, publish_key, purge};
use crate::state::AppState;
use crate::store::OUTBOX;

/// The service as its command line shows it.
pub const SERVICE: Service = Service {
    name: "auth",
    about: "Accounts, sessions and access tokens",
    defaults: DEFAULTS,
    #[cfg(debug_assertions)]
    openapi: crate::openapi,
};

/// The command line; the first argument is the program's name as people know it.
pub fn main(arguments: Vec<OsString>) -> ExitCode {
    cli::main_as(SERVICE, arguments, serve, command::run)
}

/// Starts everything that runs by itself; answers the router, and the pools to close after the last job.
///
/// # Errors
/// When a setting cannot be used; names it.
pub fn start(settings: &Settings, context: &Context) -> anyhow::Result<(Router, Db)> {
    let db = Db::connect(SERVICE.name, &settings.db)?;
    let cache = Cache::connect(SERVICE.name, &settings.redis)?;
    context.depend_on(&db, &cache, schema::version(SERVICE.name));
    let state = AppState::new(settings, db.clone(), cache, context.clock.clone())?;
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
    Ok((crate::app(state), db))
}

async fn serve(settings: Settings, context: Context) -> anyhow::Result<()> {
    let (router, db) = start(&settings, &context)?;
    context.serve(router, &settings.http).await?;
    db.close().await;
    Ok(())
}
