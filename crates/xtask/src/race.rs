//! `cargo xtask race`: real parallel clients against rules that must hold for each of them.
//!
//! Every client calls through the gateway from a loopback address of its own, with all limits on; the
//! requests of a race are written up to their last byte and released together. After each scenario
//! the shop must be quiet, its invariants must hold, its books must equal the payment provider's to
//! the cent, no unit may be held by nobody, and every refusal must have said why.

mod coupon;
mod history;
mod judge;
mod keys;
mod lines;
mod message;
mod orders;
mod price;
mod report;
mod settle;
pub(crate) mod shop;
mod staff;
mod stock;
pub(crate) mod target;
mod webhook;
mod wire;

use anyhow::{Result, bail};
use rand::SeedableRng;
use rand::rngs::StdRng;

pub(crate) use self::history::uuid;
pub(crate) use self::judge::{ledger, quiet};
pub(crate) use self::report::Report;
pub(crate) use self::settle::settle;
pub(crate) use self::shop::{Buyer, Goods, Shop};
pub(crate) use self::staff::Order;
pub(crate) use self::target::{Target, now};
pub(crate) use self::wire::{Request, volley};
use crate::count::Count;
use crate::e2e::on_fresh_stack;
use crate::instance::Instance;
use crate::stack::Stack;
use crate::ui::Ui;
use crate::up;

/// What to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Scenario {
    /// 500 buyers for 1, 10 and 100 pieces, then with cards that are declined
    Stock,
    /// One variant added 20 times to one cart; carts that share two variants
    Lines,
    /// 20 keys for one cart; one key 20 times
    Keys,
    /// The price changes while shoppers pay
    Price,
    /// A request and a webhook finish the same payment
    Webhook,
    /// 200 redemptions of a coupon for one use
    Coupon,
    /// 20 refunds of one order
    Refund,
    /// One cancels an order while the other ships it
    Ship,
}

const SCENARIOS: [Scenario; 8] = [
    Scenario::Stock,
    Scenario::Lines,
    Scenario::Keys,
    Scenario::Price,
    Scenario::Webhook,
    Scenario::Coupon,
    Scenario::Refund,
    Scenario::Ship,
];

/// What `race` was asked for.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Options {
    /// Only these scenarios.
    pub(crate) scenarios: Vec<Scenario>,
    /// Fewer clients and rounds: the form that CI runs.
    #[arg(long)]
    pub(crate) short: bool,
    /// Race in the running shop at that address (an instance of this workspace) instead of a fresh one.
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// Repeat the choices of an earlier run.
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Use the programs as they were built last.
    #[arg(long, conflicts_with = "url")]
    pub(crate) no_build: bool,
}

/// A run of the suite.
#[derive(Debug)]
struct Race<'a> {
    shop: &'a Shop,
    short: bool,
    seed: u64,
    random: StdRng,
    ui: Ui,
}

impl Race<'_> {
    /// A name that is new in this run and the same in a repeated one.
    fn key(&self, name: &str) -> String {
        format!("race-{:x}-{name}", self.seed)
    }
}

/// Runs the scenarios (all, or those named).
pub(crate) async fn run(
    instance: &Instance,
    options: &Options,
    count: &mut Count,
    ui: Ui,
) -> Result<()> {
    if let Some(url) = &options.url {
        return on_target(Target::at(url)?, options, count, ui).await;
    }
    let api_only = up::Options::api_only(options.no_build);
    on_fresh_stack(instance, &api_only, ui, async |stack| {
        on_stack(stack, options, count, ui).await
    })
    .await
}

/// Runs them on a stack of our own.
pub(crate) async fn on_stack(
    stack: &mut Stack,
    options: &Options,
    count: &mut Count,
    ui: Ui,
) -> Result<()> {
    let (name, value) = webhook::AT_ONCE;
    let setting = [(name.to_owned(), value.to_owned())];
    stack.restart("checkout", &setting, &[]).await?;
    let outcome = on_target(Target::of_stack(stack)?, options, count, ui).await;
    stack.restart("checkout", &[], &[]).await?;
    outcome
}

/// Runs them in a shop.
async fn on_target(target: Target, options: &Options, count: &mut Count, ui: Ui) -> Result<()> {
    let seed = options.seed.unwrap_or_else(|| rand::random::<u32>().into());
    ui.line(format!("  Races (repeat with --seed {seed})"));
    let shop = Shop::new(target);
    let mut race = Race {
        shop: &shop,
        short: options.short,
        seed,
        random: StdRng::seed_from_u64(seed),
        ui,
    };
    let before = count.failed;
    let wanted = |one: &Scenario| options.scenarios.is_empty() || options.scenarios.contains(one);
    for scenario in SCENARIOS.into_iter().filter(wanted) {
        let outcome = match scenario {
            Scenario::Stock => Box::pin(stock::run(&mut race)).await,
            Scenario::Lines => Box::pin(lines::run(&mut race)).await,
            Scenario::Keys => Box::pin(keys::run(&mut race)).await,
            Scenario::Price => Box::pin(price::run(&mut race)).await,
            Scenario::Webhook => Box::pin(webhook::run(&mut race)).await,
            Scenario::Coupon => Box::pin(coupon::run(&mut race)).await,
            Scenario::Refund => Box::pin(orders::refunds(&mut race)).await,
            Scenario::Ship => Box::pin(orders::cancel_against_ship(&mut race)).await,
        };
        match outcome {
            Ok(checks) => *count += checks,
            Err(error) => {
                *count += Count::FAILED;
                ui.line(format!(
                    "    {}",
                    ui.red(&format!("{scenario:?}: {error:#}"))
                ));
            }
        }
    }
    if count.failed > before {
        bail!("{} races failed", count.failed - before);
    }
    Ok(())
}
