//! `cargo xtask traces`: what the services tell of a purchase, and what they keep to themselves.
//!
//! An OTLP receiver takes what the services of a shop of its own send; CloudWatch is moto, where `pip` can fetch it. A guest
//! buys one thing in a trace of a chosen id. The spans must hang together as the purchase went, names must be few, each
//! service must say who it is, metrics must arrive with the right values, and no secret of the run may be anywhere: in
//! logs, traces or metrics.

mod canaries;
mod cloudwatch;
mod edges;
mod metrics;
mod moto;
mod purchase;
mod receiver;
mod seen;

use std::time::Duration;

use anyhow::{Result, bail};

use self::canaries::Canaries;
use self::purchase::Purchase;
use self::receiver::Receiver;
use crate::count::Count;
use crate::e2e::on_fresh_stack;
use crate::env::services;
use crate::instance::Instance;
use crate::race::{Shop, Target};
use crate::stack::Stack;
use crate::ui::Ui;
use crate::{catalogue, up};

/// The namespace of this run's metrics in CloudWatch.
const NAMESPACE: &str = "TechMartTraces";
/// How long what was sent may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(250);

/// What `traces` was asked for.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(crate) struct Options {
    /// Print every span of the purchase.
    #[arg(long)]
    pub(crate) all: bool,
    /// Use the programs as they were built last.
    #[arg(long)]
    pub(crate) no_build: bool,
}

/// Runs on an instance of its own.
pub(crate) async fn run(
    instance: &Instance,
    options: Options,
    count: &mut Count,
    ui: Ui,
) -> Result<()> {
    let api_only = up::Options::api_only(options.no_build);
    on_fresh_stack(instance, &api_only, ui, async |stack| {
        on_stack(stack, options, count, ui).await
    })
    .await
}

/// Runs on a stack; its services are as before afterwards.
pub(crate) async fn on_stack(
    stack: &mut Stack,
    options: Options,
    count: &mut Count,
    ui: Ui,
) -> Result<()> {
    ui.line("  Traces");
    let shop = Shop::new(Target::of_stack(stack)?);
    catalogue::followed(&shop, ui).await?;
    let moto = moto::start(ui).await?;
    let receiver = Receiver::start(moto.as_ref().map(|moto| moto.url.clone())).await?;
    tell_all(stack, &receiver).await?;
    let outcome = look(stack, &shop, &receiver, options, count, ui).await;
    for name in services() {
        stack.restart(name, &[], &[]).await?;
    }
    receiver.stop().await;
    outcome
}

/// Starts the services again so that they tell the receiver.
async fn tell_all(stack: &mut Stack, receiver: &Receiver) -> Result<()> {
    let step = stack.ui.step("Services with telemetry");
    let settings = receiver.settings();
    for name in services() {
        stack.restart(name, &settings, &[]).await?;
    }
    step.done("OTLP and CloudWatch");
    Ok(())
}

async fn look(
    stack: &Stack,
    shop: &Shop,
    receiver: &Receiver,
    options: Options,
    count: &mut Count,
    ui: Ui,
) -> Result<()> {
    let mut canaries = Canaries::of(stack);
    let purchase = Purchase::make(stack, shop, &mut canaries).await?;
    let before = count.failed;
    let checks = [
        (
            "one trace",
            edges::check(receiver, &purchase, options.all, ui).await,
        ),
        ("names", edges::check_names(receiver, ui)),
        ("resources", edges::check_resources(receiver, ui)),
        ("metrics by OTLP", metrics::check(receiver, ui).await),
    ];
    for (what, outcome) in checks {
        tally(what, outcome, count, ui);
    }
    let cloudwatch = match receiver.cloudwatch() {
        Some(cloudwatch) => cloudwatch.check(ui).await,
        None => Ok(Count::SKIPPED),
    };
    tally("CloudWatch", cloudwatch, count, ui);
    tally(
        "canaries",
        canaries.check(stack, receiver, ui).await,
        count,
        ui,
    );
    if count.failed > before {
        bail!("telemetry is not as it must be");
    }
    Ok(())
}

fn tally(what: &str, outcome: Result<Count>, count: &mut Count, ui: Ui) {
    match outcome {
        Ok(checks) => *count += checks,
        Err(error) => {
            *count += Count::FAILED;
            ui.line(format!("    {}", ui.red(&format!("{what}: {error:#}"))));
        }
    }
}
