//! `cargo xtask e2e`: the shop as a whole, on an instance of its own.

mod browser;
mod buyers;
mod engine;
mod faults;
mod hostile;
mod ledger;
pub(crate) mod shopper;
mod smoke;
pub(crate) mod staff;
pub(crate) mod walkthrough;

use std::fs;

use anyhow::{Context, Result, bail};

use crate::count::Count;
use crate::daemon::{self, Lock};
use crate::instance::Instance;
use crate::stack::Stack;
use crate::state::SearchEngine;
use crate::ui::Ui;
use crate::{platform, status, up};

/// What to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Scenario {
    /// Every command of docs/walkthrough.md, as written
    Walkthrough,
    /// What the pipeline asks of a shop that it has deployed
    Smoke,
    /// Every documented operation asked wrongly: a problem with a code, never a 5xx
    Hostile,
    /// 100 buyers from 100 addresses at once, 10 in stock
    Buyers,
    /// The same while services and Redis are killed
    Faults,
    /// Purchases in a real Chromium
    Browser,
}

const SCENARIOS: [Scenario; 6] = [
    Scenario::Walkthrough,
    Scenario::Smoke,
    Scenario::Hostile,
    Scenario::Buyers,
    Scenario::Faults,
    Scenario::Browser,
];

/// What `e2e` was asked for.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(crate) struct Options {
    /// Only this scenario.
    pub(crate) scenario: Option<Scenario>,
    /// Use the programs as they were built last.
    #[arg(long)]
    pub(crate) no_build: bool,
    /// The six services as one process, without gateway and Redis.
    #[arg(long)]
    pub(crate) single: bool,
    /// Who answers searches.
    #[arg(long, value_name = "ENGINE", default_value = "embedded")]
    pub(crate) search: SearchEngine,
}

/// Brings a fresh shop up, runs the scenarios (all, or one), takes it down again.
pub(crate) async fn run(
    instance: &Instance,
    options: Options,
    count: &mut Count,
    ui: Ui,
) -> Result<()> {
    let only = options.scenario;
    let options = up::Options {
        // The others do not look at the pages.
        no_pages: only.is_some_and(|only| !matches!(only, Scenario::Browser | Scenario::Smoke)),
        no_build: options.no_build,
        single: options.single,
        search: Some(options.search),
        ..up::Options::default()
    };
    on_fresh_stack(instance, &options, ui, async |stack| {
        engine::followed(stack, ui).await?;
        scenarios(stack, only, count, ui).await?;
        *count += engine::answers(stack, ui).await?;
        Ok(())
    })
    .await
}

/// Brings a fresh shop up, lets `work` use it, takes it down again. The folder of a failed run is kept
/// for its logs.
pub(crate) async fn on_fresh_stack(
    instance: &Instance,
    options: &up::Options,
    ui: Ui,
    work: impl AsyncFnOnce(&mut Stack) -> Result<()>,
) -> Result<()> {
    daemon::stop(instance).await?;
    wipe(instance)?;
    let instance = &Instance::reopen(instance)?;
    let _lock = Lock::take(instance)?;
    up::prepare(instance, options, ui).await?;
    let mut stack = Stack::new(instance, false, ui)?.without(&options.without);
    let outcome = daemon::unless_interrupted(async {
        stack.start().await?;
        work(&mut stack).await
    })
    .await;
    stack.stop().await;
    match outcome {
        Ok(()) => wipe(instance),
        failed => {
            ui.line(format!("  logs: {}", instance.path("logs").display()));
            failed
        }
    }
}

async fn scenarios(stack: &Stack, only: Option<Scenario>, count: &mut Count, ui: Ui) -> Result<()> {
    for scenario in SCENARIOS
        .into_iter()
        .filter(|one| only.is_none_or(|only| only == *one))
    {
        let result = match scenario {
            Scenario::Walkthrough => walkthrough::run(stack, ui).await,
            Scenario::Smoke => smoke::run(stack, ui).await,
            Scenario::Hostile => hostile::run(stack, ui).await,
            Scenario::Buyers => buyers::run(stack, ui).await,
            Scenario::Faults => faults::run(stack, ui).await,
            Scenario::Browser => browser::run(stack, ui).await,
        };
        match result {
            Ok(passed) => *count += passed,
            Err(error) => {
                *count += Count::FAILED;
                ui.line(format!(
                    "    {}",
                    ui.red(&format!("{scenario:?}: {error:#}"))
                ));
            }
        }
    }
    status::show(&stack.instance, false, ui).await?;
    if count.failed > 0 {
        bail!("{} failed", count.failed);
    }
    Ok(())
}

/// Removes the instance's folder and its data.
pub(crate) fn wipe(instance: &Instance) -> Result<()> {
    let data = instance.data_home(platform::is_root())?.join("postgres");
    for dir in [data.as_path(), instance.root()] {
        if dir.exists() {
            fs::remove_dir_all(dir).with_context(|| format!("cannot remove {}", dir.display()))?;
        }
    }
    Ok(())
}

/// Logins for scripts: variables and their values.
pub(crate) type Logins = Vec<(&'static str, String)>;

/// The generated logins.
fn logins(stack: &Stack) -> Logins {
    let mut env = Vec::new();
    if let Some(staff) = &stack.state.staff {
        env.push(("STAFF_EMAIL", staff.email.clone()));
        env.push(("STAFF_PASSWORD", staff.password.clone()));
    }
    if let Some(customer) = stack.state.customers.first() {
        env.push(("CUSTOMER_EMAIL", customer.email.clone()));
        env.push(("CUSTOMER_PASSWORD", customer.password.clone()));
    }
    env
}
