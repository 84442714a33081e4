//! `techmart-search`.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Subcommand;
use common::cli::{self, Context, Service};
use common::db::Db;
use common::redis::Cache;
use indicatif::{ProgressBar, ProgressStyle};
use search::config::{DEFAULTS, Settings};
use search::engine::Engine;
use search::jobs::{self, DOCUMENTS_CHANNEL};
use search::ops::reindex;
use search::state::AppState;

const SERVICE: Service = Service {
    name: "search",
    about: "Finds products by words",
    defaults: DEFAULTS,
    openapi: search::openapi,
};

#[derive(Subcommand)]
enum Command {
    /// Rebuild the read model from the catalogue; running instances take it in by themselves
    Reindex,
}

fn main() -> ExitCode {
    cli::main(
        SERVICE,
        serve,
        |Command::Reindex, settings: Settings, context| rebuild(settings, context),
    )
}

async fn serve(settings: Settings, context: Context) -> anyhow::Result<()> {
    let db = Db::connect(SERVICE.name, &settings.db)?;
    let cache = Cache::connect(SERVICE.name, &settings.redis)?;
    context.depend_on(&db, &cache, schema::version(SERVICE.name));
    let engine = Arc::new(Engine::new(settings.search.index_memory_bytes)?);
    jobs::apply::run(&db, &cache, &context.jobs);
    let wakeups = cache.subscribe_wakeups(DOCUMENTS_CHANNEL, &context.jobs);
    jobs::follow::run(
        Arc::clone(&engine),
        db.clone(),
        wakeups,
        &settings.search,
        &context.jobs,
    );
    let knows = Arc::clone(&engine);
    context.readiness.add_condition(move || knows.is_complete());
    let (router, _) = search::app(AppState::new(engine, &settings.search));
    context.serve(router, &settings.http).await?;
    db.close().await;
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the report is this command's result")]
async fn rebuild(settings: Settings, _: Context) -> anyhow::Result<()> {
    let db = Db::connect(SERVICE.name, &settings.db)?;
    // Shows itself on a terminal only.
    let bar = ProgressBar::no_length().with_style(ProgressStyle::with_template(
        "{spinner} {human_pos} documents, {elapsed}",
    )?);
    let written = reindex::reindex(&db, |written| bar.set_position(written)).await?;
    bar.finish_and_clear();
    println!("{written} documents written");
    db.close().await;
    Ok(())
}
