//! Puts the service together: what `techmart-orders` runs, and what the process of all services takes in.

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use common::access::{SqlFeed, Verifier};
use common::cli::{self, Context, NoCommand, Service};
use common::db::Db;
use common::redis::Cache;
use mail::mailbox::Mailbox;
use mail::{Mailer, Templates};

use crate::config::{DEFAULTS, Settings};
use crate::domain::message::TEMPLATES;
use crate::jobs::documents::Clerk;
use crate::jobs::keys;
use crate::jobs::messages::{Writer, run_sender};
use crate::jobs::risk::Reviewer;
use crate::state::AppState;
use crate::store::notifications::OUTBOX;
use crate::webhooks::Webhooks;

/// The service as its command line shows it.
pub const SERVICE: Service = Service {
    name: "orders",
    about: "Orders of customers and guests",
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
    let token_keys = settings.order_token.keys()?;
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
    let (policy, papers) = (Arc::new(settings.policy()), Arc::new(settings.papers()));
    let wakeups = || cache.subscribe_wakeups("orders", &context.jobs);
    let clerk = Clerk {
        db: db.clone(),
        clock: context.clock.clone(),
        papers: Arc::clone(&papers),
    };
    clerk.run(&context.jobs, wakeups());
    let reviewer = Reviewer {
        db: db.clone(),
        policy: Arc::clone(&policy),
    };
    reviewer.run(&context.jobs, wakeups());
    keys::run(db.clone(), context.clock.clone(), &context.jobs);
    let writer = Writer {
        db: db.clone(),
        clock: context.clock.clone(),
        token_keys: token_keys.clone(),
        templates: Templates::new(&settings.mail, &settings.shop.origin, TEMPLATES)?,
        origin: settings.shop.origin.clone(),
    };
    writer.run(
        &context.jobs,
        cache.subscribe_wakeups("orders", &context.jobs),
    );
    if let Some(url) = &settings.mail.smtp_url {
        run_sender(
            db.clone(),
            Mailer::from_url(url, &settings.mail.from)?,
            context.clock.clone(),
            &context.jobs,
        );
    } else {
        tracing::warn!("mail.smtp_url is not set: messages are kept and not sent");
    }
    let mailbox = Mailbox {
        db: db.clone(),
        outbox: OUTBOX,
        sends: settings.mail.smtp_url.is_some(),
        clock: context.clock.clone(),
    };
    let webhooks = Webhooks::new(db.clone(), context.clock.clone(), settings.webhooks.clone())?;
    webhooks.run(
        &context.jobs,
        cache.subscribe_wakeups("orders", &context.jobs),
    );
    let state = AppState {
        db: db.clone(),
        verifier,
        clock: context.clock.clone(),
        token_keys,
        policy,
        papers,
        mailbox,
        webhooks,
    };
    Ok((crate::app(state), db))
}

async fn serve(settings: Settings, context: Context) -> anyhow::Result<()> {
    let (router, db) = start(&settings, &context)?;
    context.serve(router, &settings.http).await?;
    db.close().await;
    Ok(())
}
