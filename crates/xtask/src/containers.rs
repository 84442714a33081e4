//! `cargo xtask containers`: the images and the compose file, tried for real with a Docker engine.
//!
//! Uses the engine that `docker` reaches (`DOCKER_HOST`); without one everything is skipped and counted so. Base images
//! come from variables called like the Dockerfiles' arguments, else from the Dockerfiles' defaults.

mod budget;
mod engine;
mod images;
mod kills;
mod load;
mod project;
mod restart;
mod rolling;
mod shop;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::count::Count;
use crate::instance::Instance;
use crate::ui::Ui;
use crate::{daemon, e2e};
use engine::Engine;
use project::{Kind, Project};
use shop::Shop;

/// One half of the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Half {
    /// Build and measure the images, start nothing
    Images,
    /// Start the images as they were built last
    Shop,
}

/// What `containers` was asked for.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// How often every service is restarted, one instance after the other, under load.
    #[arg(long, value_name = "N", default_value_t = 1)]
    rounds: u32,
    /// Compile inside Docker, as `docker compose build` does, instead of once with cargo on this machine.
    #[arg(long, conflicts_with = "programs")]
    in_docker: bool,
    /// Use the release builds in this folder.
    #[arg(long, value_name = "DIR")]
    programs: Option<PathBuf>,
    /// Only this half.
    #[arg(long)]
    only: Option<Half>,
    /// Start only this one.
    #[arg(long)]
    shop: Option<Kind>,
    /// Leave everything running at the end.
    #[arg(long)]
    keep: bool,
}

/// Builds the images, starts the compose file, buys, kills, restarts, and takes everything down again.
pub(crate) async fn run(
    instance: &Instance,
    options: &Options,
    count: &mut Count,
    ui: Ui,
) -> Result<()> {
    let Some(engine) = Engine::find().await else {
        ui.line("skipped: no Docker engine with Compose and Buildx answers (is DOCKER_HOST set?)");
        *count += Count::SKIPPED;
        return Ok(());
    };
    ui.line(format!("  {engine}"));
    if options.only != Some(Half::Shop) {
        let source = images::Source::of(options.in_docker, options.programs.as_deref());
        *count += images::build(instance, &engine, source, ui).await?;
    }
    if options.only == Some(Half::Images) {
        return Ok(());
    }
    for kind in Kind::ALL {
        if options.shop.is_some_and(|wanted| wanted != kind) {
            continue;
        }
        ui.line(format!("  {}", kind.title()));
        let project = Project::new(instance, &engine, kind)?;
        // What an interrupted run left behind.
        project.down().await?;
        let outcome = daemon::unless_interrupted(async {
            let shop = start(&project, count, ui).await?;
            prove(instance, &project, &shop, options, count, ui).await
        })
        .await;
        if options.keep {
            ui.line(format!("  left running: {}", project.hint()));
            outcome?;
            continue;
        }
        if let Err(error) = &outcome {
            let logs = project.logs(&format!("{error:#}")).await;
            ui.line(logs.unwrap_or_default());
        }
        *count += take_down(&project, ui).await?;
        outcome?;
    }
    if options.keep {
        return Ok(());
    }
    e2e::wipe(instance)
}

async fn take_down(project: &Project<'_>, ui: Ui) -> Result<Count> {
    let step = ui.step("Down");
    project.down().await?;
    let left = project.leftovers().await?;
    if !left.is_empty() {
        bail!("`down` left behind: {}", left.join(", "));
    }
    step.done("no container, volume or network is left");
    Ok(Count::passed(1))
}

async fn start<'a>(project: &'a Project<'a>, count: &mut Count, ui: Ui) -> Result<Shop> {
    let step = ui.step("Up");
    let begun = Instant::now();
    project.up().await?;
    let containers = project.running().await?.len();
    step.done(format!(
        "{containers} containers healthy after {}",
        seconds(begun.elapsed())
    ));
    *count += Count::passed(1);
    Shop::open(project).await
}

async fn prove(
    instance: &Instance,
    project: &Project<'_>,
    shop: &Shop,
    options: &Options,
    count: &mut Count,
    ui: Ui,
) -> Result<()> {
    *count += Shop::hardened(project, ui).await?;
    *count += e2e::walkthrough::run_at(instance, &shop.origin, &shop.logins(), ui).await?;
    // One process alone is noticed when it is gone.
    if project.kind == Kind::Apart {
        *count += kills::run(project, shop, ui).await?;
    }
    // Before the restarts: a program that has just begun needs little.
    *count += budget::run(project, ui).await?;
    *count += match project.kind {
        Kind::Apart => rolling::run(project, shop, options.rounds, ui).await?,
        Kind::Single => restart::run(project, shop, ui).await?,
    };
    Ok(())
}

/// A duration for people.
fn seconds(duration: Duration) -> String {
    format!(
        "{}.{} s",
        duration.as_secs(),
        duration.subsec_millis() / 100
    )
}
