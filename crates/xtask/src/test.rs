//! `cargo xtask test`: exactly what CI runs, in stages, with counts.

mod deploy;
mod rust;
mod web;

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::count::Count;
use crate::drill::Drill;
use crate::instance::Instance;
use crate::race::{Shop, Target};
use crate::stack::Stack;
use crate::state::SearchEngine;
use crate::ui::Ui;
use crate::{
    catalogue, check, crash, daemon, drill, e2e, exact, freshness, openapi, opensearch, race,
    relevance, torture, traces, up,
};

/// The stages in the order in which they run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Stage {
    /// Format, dependency rules, routing table, clippy
    Check,
    /// Offline query data, then all Rust tests on a real PostgreSQL and Redis
    Rust,
    /// The committed API documents and TypeScript types
    Openapi,
    /// Lint, types and unit tests of the pages
    Web,
    /// The shop as a whole: walkthrough, buyers, faults, browser
    E2e,
    /// Search, traces, races, webhooks, crashes and a restored database in their short forms
    Proofs,
    /// Pipelines, alerts and AWS as code
    Deploy,
}

const STAGES: [Stage; 7] = [
    Stage::Check,
    Stage::Rust,
    Stage::Openapi,
    Stage::Web,
    Stage::E2e,
    Stage::Proofs,
    Stage::Deploy,
];

impl Stage {
    fn title(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Rust => "rust",
            Self::Openapi => "openapi",
            Self::Web => "web",
            Self::E2e => "e2e",
            Self::Proofs => "proofs",
            Self::Deploy => "deploy",
        }
    }
}

/// What a stage came to.
struct Outcome {
    stage: Stage,
    count: Count,
    took: Duration,
    error: Option<anyhow::Error>,
}

/// Runs the stages (all, or those named); stops after the first that fails.
pub(crate) async fn run(instance: Option<&str>, only: &[Stage], ui: Ui) -> Result<()> {
    let begun = Instant::now();
    let mut outcomes: Vec<Outcome> = Vec::new();
    let wanted = STAGES
        .into_iter()
        .filter(|stage| only.is_empty() || only.contains(stage));
    for stage in wanted {
        ui.line("");
        ui.line(ui.bold(stage.title()));
        let begun = Instant::now();
        let (count, error) = stage_outcome(instance, stage, ui).await;
        let failed = error.is_some();
        outcomes.push(Outcome {
            stage,
            count,
            took: begun.elapsed(),
            error,
        });
        if failed {
            break;
        }
    }
    summary(&outcomes, only, begun.elapsed(), ui)
}

/// Runs a stage to its count; an error that no count tells of counts as one failure.
async fn stage_outcome(
    instance: Option<&str>,
    stage: Stage,
    ui: Ui,
) -> (Count, Option<anyhow::Error>) {
    let mut count = Count::default();
    let outcome = run_stage(instance, stage, &mut count, ui).await;
    if outcome.is_err() && count.failed == 0 {
        count += Count::FAILED;
    }
    (count, outcome.err())
}

async fn run_stage(name: Option<&str>, stage: Stage, count: &mut Count, ui: Ui) -> Result<()> {
    match stage {
        Stage::Check => {
            check::run(&Instance::open(name)?, ui)?;
            *count += Count::passed(check::COUNT);
        }
        Stage::Rust => rust::run(&beside(name, "test")?, count, ui).await?,
        Stage::Openapi => {
            openapi::run(&Instance::open(name)?, true, ui)?;
            *count += Count::passed(2);
        }
        Stage::Web => {
            daemon::unless_interrupted(web::run(&Instance::open(name)?, count, ui)).await?;
        }
        Stage::E2e => whole_shop(name, count, ui).await?,
        Stage::Proofs => {
            let suites = proofs(&beside(name, "proofs")?, count, ui).await;
            let restored = restored(&beside(name, "drill")?, count, ui).await;
            suites.and(restored)?;
        }
        Stage::Deploy => deploy::run(&beside(name, "deploy")?, count, ui).await?,
    }
    if count.failed > 0 {
        bail!("{} failed", count.failed);
    }
    Ok(())
}

/// All scenarios on the six services, and the walkthrough on the one process and on OpenSearch.
async fn whole_shop(name: Option<&str>, count: &mut Count, ui: Ui) -> Result<()> {
    let apart = e2e::run(&beside(name, "e2e")?, e2e::Options::default(), count, ui).await;
    ui.line("  One process");
    let single = e2e::Options {
        scenario: Some(e2e::Scenario::Walkthrough),
        single: true,
        ..e2e::Options::default()
    };
    let single = e2e::run(&beside(name, "e2e-single")?, single, count, ui).await;
    let outgrown = on_opensearch(&beside(name, "e2e-opensearch")?, count, ui).await;
    apart.and(single).and(outgrown)
}

/// The walkthrough with OpenSearch's answers, where that server can be had.
async fn on_opensearch(instance: &Instance, count: &mut Count, ui: Ui) -> Result<()> {
    ui.line("  OpenSearch");
    if opensearch::find(ui)?.is_none() {
        ui.step("Walkthrough")
            .warn(format!("skipped: {}", opensearch::MISSING));
        *count += Count::SKIPPED;
        return Ok(());
    }
    let options = e2e::Options {
        scenario: Some(e2e::Scenario::Walkthrough),
        search: SearchEngine::Opensearch,
        ..e2e::Options::default()
    };
    e2e::run(instance, options, count, ui).await
}

/// The short forms of the suites that prove search, stock and money, one after another on one stack.
async fn proofs(instance: &Instance, count: &mut Count, ui: Ui) -> Result<()> {
    let api_only = up::Options::api_only(false);
    e2e::on_fresh_stack(instance, &api_only, ui, async |stack| {
        let races = race::Options {
            short: true,
            ..race::Options::default()
        };
        let crashes = crash::Options {
            short: true,
            ..crash::Options::default()
        };
        // A suite that fails does not hide what the others find: the count tells of it.
        let outcomes = [
            ranking(stack, count, ui).await,
            freshness::on_stack(stack, &freshness::Options::short(), count, ui).await,
            traces::on_stack(stack, traces::Options::default(), count, ui).await,
            race::on_stack(stack, &races, count, ui).await,
            torture::on_target(Target::of_stack(stack)?, true, count, ui).await,
            crash::on_stack(stack, &crashes, count, ui).await,
        ];
        outcomes.into_iter().collect()
    })
    .await
}

/// A database restored to a moment while shoppers bought. The programs are those of the proofs.
async fn restored(instance: &Instance, count: &mut Count, ui: Ui) -> Result<()> {
    let drill = Drill::Restore(drill::Options {
        short: true,
        no_build: true,
    });
    drill::run(instance, &drill, count, ui).await
}

/// What search finds first in the demo catalogue, while nothing else is on sale.
async fn ranking(stack: &Stack, count: &mut Count, ui: Ui) -> Result<()> {
    let shop = Shop::new(Target::of_stack(stack)?);
    catalogue::followed(&shop, ui).await?;
    let judged = relevance::on_demo(&shop, count, ui).await;
    let exact = exact::on_demo(&shop, count, ui).await;
    judged.and(exact)
}

/// An instance of the tests' own beside the developer's.
pub(crate) fn beside(name: Option<&str>, purpose: &str) -> Result<Instance> {
    let name = name.map_or_else(|| purpose.to_owned(), |name| format!("{name}-{purpose}"));
    Instance::open(Some(&name))
}

fn summary(outcomes: &[Outcome], only: &[Stage], took: Duration, ui: Ui) -> Result<()> {
    let mut total = Count::default();
    ui.line("");
    ui.line(ui.bold("summary"));
    for Outcome {
        stage,
        count,
        took,
        error,
    } in outcomes
    {
        total += *count;
        let (mark, why) = match error {
            None => (ui.green("✓"), String::new()),
            Some(error) => (ui.red("✗"), format!("  {error:#}")),
        };
        let (title, seconds) = (stage.title(), took.as_secs());
        ui.line(format!("  {mark} {title:<8} {count}  {seconds} s{why}"));
    }
    for stage in STAGES {
        let ran = outcomes.iter().any(|outcome| outcome.stage == stage);
        if !ran {
            let why = if only.is_empty() || only.contains(&stage) {
                "after a failure"
            } else {
                "not asked for"
            };
            ui.line(format!("  - {:<8} not run ({why})", stage.title()));
        }
    }
    let minutes = took.as_secs() / 60;
    ui.line(format!(
        "{total}  ({minutes} min {} s)",
        took.as_secs() % 60
    ));
    if outcomes.iter().any(|outcome| outcome.error.is_some()) {
        bail!("the tests failed");
    }
    Ok(())
}
