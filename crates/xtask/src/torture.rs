//! `cargo xtask torture`: the payment provider's reports come ten times, in any order, three days late,
//! never, forged and replayed; each payment has its effect exactly once all the same.

mod forged;
mod missing;
mod storm;

use anyhow::{Result, bail};

use crate::count::Count;
use crate::e2e::on_fresh_stack;
use crate::instance::Instance;
use crate::race::{Shop, Target};
use crate::ui::Ui;
use crate::up;

/// What `torture` was asked for.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Options {
    /// Fewer payments: the form that CI runs.
    #[arg(long)]
    pub(crate) short: bool,
    /// Torture the running shop at that address (an instance of this workspace) instead of a fresh one.
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// Use the programs as they were built last.
    #[arg(long, conflicts_with = "url")]
    pub(crate) no_build: bool,
}

/// A run of the suite.
#[derive(Debug)]
struct Torture<'a> {
    shop: &'a Shop,
    short: bool,
    /// Makes names new in each run.
    run: u32,
    ui: Ui,
}

/// Runs the suite on a stack of its own, or in the shop at `url`.
pub(crate) async fn run(
    instance: &Instance,
    options: &Options,
    count: &mut Count,
    ui: Ui,
) -> Result<()> {
    if let Some(url) = &options.url {
        return on_target(Target::at(url)?, options.short, count, ui).await;
    }
    let api_only = up::Options::api_only(options.no_build);
    on_fresh_stack(instance, &api_only, ui, async |stack| {
        on_target(Target::of_stack(stack)?, options.short, count, ui).await
    })
    .await
}

/// Runs the suite in a shop.
pub(crate) async fn on_target(
    target: Target,
    short: bool,
    count: &mut Count,
    ui: Ui,
) -> Result<()> {
    ui.line("  Webhooks");
    let shop = Shop::new(target);
    let torture = Torture {
        shop: &shop,
        short,
        run: rand::random(),
        ui,
    };
    let before = count.failed;
    let outcomes = [
        ("forged", Box::pin(forged::run(&torture)).await),
        ("storm", Box::pin(storm::run(&torture)).await),
        ("missing", Box::pin(missing::run(&torture)).await),
        ("again", Box::pin(storm::again(&torture)).await),
    ];
    shop.target.payments.mend().await?;
    for (name, outcome) in outcomes {
        match outcome {
            Ok(checks) => *count += checks,
            Err(error) => {
                *count += Count::FAILED;
                ui.line(format!("    {}", ui.red(&format!("{name}: {error:#}"))));
            }
        }
    }
    if count.failed > before {
        bail!("{} ways to torture it worked", count.failed - before);
    }
    Ok(())
}
