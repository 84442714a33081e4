//! `cargo xtask`, the developer's one door: starts, stops, checks and tests the shop.
//!
//! Map: `cli` is the command line; `instance`, `state` and `secrets` are what an instance keeps;
//! `supervisor` (with `probe`) runs processes; `postgres`, `redis`, `gateway` and `stack` say
//! which; `up` and `daemon` put them in the foreground or the background.
//! Invariants: everything lives on loopback and under the instance's folder; nothing that this
//! program did not start is touched.

mod bench;
mod build;
mod cargo;
mod catalogue;
mod check;
mod cli;
mod containers;
mod contract;
mod count;
mod crash;
mod daemon;
mod db;
mod drill;
mod e2e;
mod env;
mod exact;
mod freshness;
mod gateway;
mod instance;
mod invariants;
mod logs;
mod metadata;
mod model;
mod node;
mod openapi;
mod opensearch;
mod operate;
mod platform;
mod ports;
mod postgres;
mod probe;
mod race;
mod redis;
mod relevance;
mod rotate;
mod routes;
mod secrets;
mod stack;
mod state;
mod status;
mod stream;
mod supervisor;
mod test;
mod tool;
mod torture;
mod traces;
mod ui;
mod up;
mod web;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use crate::cli::{Cli, Command, Db};
use crate::instance::Instance;
use crate::ui::Ui;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            supervisor::note(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<()> {
    let ui = Ui::human();
    let instance = Instance::open(cli.instance.as_deref())?;
    match cli.command {
        Command::Up(options) => up::up(&instance, &options, ui).await,
        Command::Down => {
            let stopped = daemon::stop(&instance).await?;
            ui.line(if stopped {
                "TechMart is stopped."
            } else {
                "Nothing was running."
            });
            Ok(())
        }
        Command::Status { json } => status::show(&instance, json, ui).await,
        Command::Logs { name, follow } => logs::show(&instance, name.as_deref(), follow, ui).await,
        Command::Seed => operate::seed(&instance).await,
        Command::Import {
            file,
            mapping,
            dry_run,
        } => operate::import(&instance, &file, &mapping, dry_run).await,
        Command::Reindex => operate::reindex(&instance).await,
        Command::Verify => operate::verify(&instance).await,
        Command::Gateway { image: true } => {
            ui.line(gateway::image_configuration(instance.workspace())?.trim_end());
            Ok(())
        }
        Command::Gateway { image: false } => {
            let mut state = state::State::load(&instance)?;
            if state.ports.is_empty() {
                ports::assign(&mut state, None, true)?;
            }
            ui.line(gateway::configuration(&instance, &state)?.trim_end());
            Ok(())
        }
        Command::Db(Db::Start) => db::start(&instance, ui).await,
        Command::Db(Db::Reset) => db::reset(&instance, ui).await,
        Command::Db(Db::Prepare { check }) => db::prepare::prepare(&instance, check, ui).await,
        Command::Test { stages } => test::run(cli.instance.as_deref(), &stages, ui).await,
        Command::E2e(options) => e2e_alone(cli.instance.as_deref(), options, ui).await,
        Command::Race(options) => race_alone(cli.instance.as_deref(), &options, ui).await,
        Command::Crash(options) => crash_alone(cli.instance.as_deref(), &options, ui).await,
        Command::Bench(bench) => bench_alone(cli.instance.as_deref(), &bench, ui).await,
        Command::Drill(drill) => drill_alone(cli.instance.as_deref(), &drill, ui).await,
        Command::Torture(options) => torture_alone(cli.instance.as_deref(), &options, ui).await,
        Command::Traces(options) => traces_alone(cli.instance.as_deref(), options, ui).await,
        Command::Relevance(options) => relevance_alone(cli.instance.as_deref(), &options, ui).await,
        Command::Exact(options) => exact_alone(cli.instance.as_deref(), &options, ui).await,
        Command::Freshness(options) => freshness_alone(cli.instance.as_deref(), &options, ui).await,
        Command::Containers(options) => {
            containers_alone(cli.instance.as_deref(), &options, ui).await
        }
        Command::Contract => contract_alone(&instance, ui).await,
        Command::Check => check::run(&instance, ui),
        Command::Openapi { check } => openapi::run(&instance, check, ui),
        Command::Env { service } => operate::print_env(&instance, &service, ui),
        Command::Supervise {
            database_only,
            without,
        } => supervise(&instance, database_only, &without).await,
    }
}

/// `cargo xtask e2e`, with its own closing line.
async fn e2e_alone(name: Option<&str>, options: e2e::Options, ui: Ui) -> Result<()> {
    let instance = test::beside(name, "e2e")?;
    let mut count = count::Count::default();
    let outcome = e2e::run(&instance, options, &mut count, ui).await;
    ui.line(count.to_string());
    outcome
}

/// `cargo xtask race`, with its own closing line.
async fn race_alone(name: Option<&str>, options: &race::Options, ui: Ui) -> Result<()> {
    let instance = test::beside(name, "race")?;
    let mut count = count::Count::default();
    let outcome = race::run(&instance, options, &mut count, ui).await;
    ui.line(count.to_string());
    outcome
}

/// `cargo xtask crash`, with its own closing line.
async fn crash_alone(name: Option<&str>, options: &crash::Options, ui: Ui) -> Result<()> {
    let instance = test::beside(name, "crash")?;
    let mut count = count::Count::default();
    let outcome = crash::run(&instance, options, &mut count, ui).await;
    ui.line(count.to_string());
    outcome
}

/// `cargo xtask bench`, with its own closing line.
async fn bench_alone(name: Option<&str>, bench: &bench::Bench, ui: Ui) -> Result<()> {
    let instance = test::beside(name, "bench")?;
    let mut count = count::Count::default();
    let outcome = bench::run(&instance, bench, &mut count, ui).await;
    ui.line(count.to_string());
    outcome
}

/// `cargo xtask drill`, with its own closing line.
async fn drill_alone(name: Option<&str>, drill: &drill::Drill, ui: Ui) -> Result<()> {
    let instance = test::beside(name, "drill")?;
    let mut count = count::Count::default();
    let outcome = drill::run(&instance, drill, &mut count, ui).await;
    ui.line(count.to_string());
    outcome
}

/// `cargo xtask torture`, with its own closing line.
async fn torture_alone(name: Option<&str>, options: &torture::Options, ui: Ui) -> Result<()> {
    let instance = test::beside(name, "torture")?;
    let mut count = count::Count::default();
    let outcome = torture::run(&instance, options, &mut count, ui).await;
    ui.line(count.to_string());
    outcome
}

/// `cargo xtask traces`, with its own closing line.
async fn traces_alone(name: Option<&str>, options: traces::Options, ui: Ui) -> Result<()> {
    let instance = test::beside(name, "traces")?;
    let mut count = count::Count::default();
    let outcome = traces::run(&instance, options, &mut count, ui).await;
    ui.line(count.to_string());
    outcome
}

/// `cargo xtask relevance`, with its own closing line.
async fn relevance_alone(name: Option<&str>, options: &relevance::Options, ui: Ui) -> Result<()> {
    let instance = test::beside(name, "catalogue")?;
    let mut count = count::Count::default();
    let outcome = relevance::run(&instance, options, &mut count, ui).await;
    ui.line(count.to_string());
    outcome
}

/// `cargo xtask exact`, with its own closing line.
async fn exact_alone(name: Option<&str>, options: &exact::Options, ui: Ui) -> Result<()> {
    let instance = test::beside(name, "catalogue")?;
    let mut count = count::Count::default();
    let outcome = exact::run(&instance, options, &mut count, ui).await;
    ui.line(count.to_string());
    outcome
}

/// `cargo xtask freshness`, with its own closing line.
async fn freshness_alone(name: Option<&str>, options: &freshness::Options, ui: Ui) -> Result<()> {
    let instance = test::beside(name, "freshness")?;
    let mut count = count::Count::default();
    let outcome = freshness::run(&instance, options, &mut count, ui).await;
    ui.line(count.to_string());
    outcome
}

/// `cargo xtask containers`, with its own closing line.
async fn containers_alone(name: Option<&str>, options: &containers::Options, ui: Ui) -> Result<()> {
    let instance = test::beside(name, "containers")?;
    let mut count = count::Count::default();
    let outcome = Box::pin(containers::run(&instance, options, &mut count, ui)).await;
    ui.line(count.to_string());
    outcome
}

/// `cargo xtask contract`, with its own closing line.
async fn contract_alone(instance: &Instance, ui: Ui) -> Result<()> {
    let mut count = count::Count::default();
    let outcome = contract::run(instance, &mut count, ui).await;
    ui.line(count.to_string());
    outcome
}

/// The background supervisor: progress goes to the command that waits for it.
async fn supervise(instance: &Instance, database_only: bool, without: &[String]) -> Result<()> {
    daemon::detach()?;
    let ui = Ui::json();
    let outcome = match daemon::Lock::take(instance) {
        Ok(_lock) if database_only => db::supervise(instance, ui).await,
        Ok(_lock) => {
            up::keep_up(instance, without, ui, || {
                ui.finish(&Ok(()));
                Ok(())
            })
            .await
        }
        Err(error) => Err(error),
    };
    if outcome.is_err() {
        ui.finish(&outcome);
    }
    outcome
}
