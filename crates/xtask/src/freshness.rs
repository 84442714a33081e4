//! `cargo xtask freshness`: how soon search shows what staff changed, and that it misses nothing when it dies meanwhile.
//!
//! Two instances of search follow the catalogue. Staff change titles and prices; the time from the acknowledgement to
//! the first answer that shows the change is taken at the gateway and at the second instance. Then instances, a rebuild
//! and, where it answers, OpenSearch are killed with SIGKILL while changes go on. In the end every version in search
//! must be the catalogue's (I31), and every product must look in every instance as the catalogue has it.

mod edit;
mod kills;
mod lag;
mod second;
mod whole;

use anyhow::{Result, bail};
use rand::SeedableRng;
use rand::rngs::StdRng;

use self::edit::Shelf;
use self::second::Second;
use crate::count::Count;
use crate::e2e::on_fresh_stack;
use crate::instance::Instance;
use crate::race::{Shop, Target};
use crate::stack::Stack;
use crate::state::SearchEngine;
use crate::ui::Ui;
use crate::{catalogue, up};

/// What CI runs.
const SHORT_CHANGES: usize = 60;
const SHORT_KILLS: usize = 2;

/// What `freshness` was asked for.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// Changes whose way into the results is timed.
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(crate) changes: usize,
    /// How often something is killed.
    #[arg(long, value_name = "N", default_value_t = 12)]
    pub(crate) kills: usize,
    /// Who answers searches.
    #[arg(long, value_name = "ENGINE", default_value = "embedded")]
    pub(crate) search: SearchEngine,
    /// Few changes and kills: the form that CI runs.
    #[arg(long, conflicts_with_all = ["changes", "kills"])]
    pub(crate) short: bool,
    /// Repeat the choices of an earlier run.
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Use the programs as they were built last.
    #[arg(long)]
    pub(crate) no_build: bool,
}

impl Options {
    /// The form that CI runs.
    pub(crate) fn short() -> Self {
        Self {
            changes: SHORT_CHANGES,
            kills: SHORT_KILLS,
            search: SearchEngine::Embedded,
            short: true,
            seed: None,
            no_build: false,
        }
    }
}

/// A run of the suite.
struct Run<'a> {
    stack: &'a Stack,
    shop: &'a Shop,
    second: &'a Second,
    shelf: Shelf,
    engine: SearchEngine,
    /// Whether the goal for the lag is judged: not in the short form, which other work may share the machine with.
    timed: bool,
    random: StdRng,
    ui: Ui,
}

/// Runs on an instance of its own.
pub(crate) async fn run(
    instance: &Instance,
    options: &Options,
    count: &mut Count,
    ui: Ui,
) -> Result<()> {
    let api_only = up::Options {
        search: Some(options.search),
        ..up::Options::api_only(options.no_build)
    };
    on_fresh_stack(instance, &api_only, ui, async |stack| {
        on_stack(stack, options, count, ui).await
    })
    .await
}

/// Runs on a stack; its services are as before afterwards.
pub(crate) async fn on_stack(
    stack: &mut Stack,
    options: &Options,
    count: &mut Count,
    ui: Ui,
) -> Result<()> {
    let seed = options.seed.unwrap_or_else(|| rand::random::<u32>().into());
    ui.line(format!("  Freshness (repeat with --seed {seed})"));
    let shop = Shop::new(Target::of_stack(stack)?);
    catalogue::followed(&shop, ui).await?;
    let second = Second::start(stack).await?;
    let short = Options::short();
    let wanted = if options.short { &short } else { options };
    let mut run = Run {
        stack,
        shop: &shop,
        second: &second,
        shelf: Shelf::of(&shop).await?,
        engine: options.search,
        timed: !options.short,
        random: StdRng::seed_from_u64(seed),
        ui,
    };
    let before = count.failed;
    let outcomes = [
        Box::pin(lag::run(&mut run, wanted.changes)).await,
        Box::pin(kills::run(&mut run, wanted.kills)).await,
    ];
    for outcome in outcomes {
        match outcome {
            Ok(checks) => *count += checks,
            Err(error) => {
                *count += Count::FAILED;
                ui.line(format!("    {}", ui.red(&format!("{error:#}"))));
            }
        }
    }
    stack.supervisor.stop(&[second::NAME.to_owned()]).await;
    if count.failed > before {
        bail!("search is not as fresh as it must be");
    }
    Ok(())
}
