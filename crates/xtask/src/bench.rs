//! `cargo xtask bench`: what the shop costs, as ratios within one run on an instance of its own.

mod capture;
pub(crate) mod cpu;
mod pgbench;
mod purchase;
mod search;
mod tickets;

use anyhow::Result;

use crate::count::Count;
use crate::e2e::on_fresh_stack;
use crate::instance::Instance;
use crate::race::shop::Shop;
use crate::race::target::Target;
use crate::ui::Ui;
use crate::up;

/// What to measure.
#[derive(Debug, Clone, clap::Subcommand)]
pub(crate) enum Bench {
    /// Orders per second and PostgreSQL's CPU for each, one hot variant and many, beside pgbench with the same statements.
    ///
    /// Goals: CPU per order at most 1.2 times what pgbench needs (P6); a single variant that everybody wants is sold at
    /// 95 % of the rate of random ones (P7). Needs pgbench (Debian: postgresql-contrib).
    Purchase(Options),
    /// Searching beside PostgreSQL's full text and OpenSearch: latency and CPU of a query, of facets, of suggestions.
    ///
    /// Goals: five times OpenSearch's throughput per core; a word with the same share of hits takes at most twice as long
    /// in the largest catalogue as in one of 10,000 products (P10).
    Search(search::Options),
}

/// How much to measure.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Options {
    /// Rounds; each measures every cell once, in another order.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=50))]
    pub(crate) rounds: u32,
    /// Orders in each cell.
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u32).range(16..=5000))]
    pub(crate) orders: u32,
    /// Buyers that pay at the same time.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=64))]
    pub(crate) clients: u32,
    /// Variants of the random cells.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(2..=1000))]
    pub(crate) variants: u32,
    /// Slots that the hot variant's stock is split into.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=64))]
    pub(crate) slots: u32,
    /// Use the programs as they were built last.
    #[arg(long)]
    pub(crate) no_build: bool,
}

/// Measures, and prints what was measured.
pub(crate) async fn run(
    instance: &Instance,
    bench: &Bench,
    count: &mut Count,
    ui: Ui,
) -> Result<()> {
    let options = match bench {
        Bench::Purchase(options) => options,
        Bench::Search(options) => return search::run(instance, options, count, ui).await,
    };
    pgbench::find()?;
    let api_only = up::Options::api_only(options.no_build);
    on_fresh_stack(instance, &api_only, ui, async |stack| {
        let shop = Shop::new(Target::of_stack(stack)?);
        purchase::run(stack, &shop, options, ui).await
    })
    .await?;
    *count += Count::passed(1);
    Ok(())
}
