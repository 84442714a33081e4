//! `cargo xtask`, the developer's one door: starts, stops, checks and tests the shop.
//!
//! Map: `cli` is the command line; `instance`, `state` and `secrets` are what an instance keeps;
//! `supervisor` (with `probe`) runs processes; `postgres`, `redis`, `gateway` and `stack` say
//! which; `daemon` puts the supervisor into the background.
//! Invariants: everything lives on loopback and under the instance's folder; nothing that this
//! program did not start is touched.

mod cli;
mod daemon;
mod db;
mod instance;
mod platform;
mod ports;
mod postgres;
mod probe;
mod secrets;
mod stack;
mod state;
mod supervisor;
mod ui;

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
        Command::Db(Db::Start) => db::start(&instance, ui).await,
        Command::Down => {
            let stopped = daemon::stop(&instance).await?;
            ui.line(if stopped { "TechMart is stopped." } else { "Nothing was running." });
            Ok(())
        }
        Command::Supervise { database_only: _ } => {
            daemon::detach()?;
            let _lock = daemon::Lock::take(&instance)?;
            let ui = Ui::json();
            let outcome = db::supervise(&instance, ui).await;
            if outcome.is_err() {
                ui.finish(&outcome);
            }
            outcome
        }
    }
}
