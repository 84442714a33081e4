//! Search, its rebuild and OpenSearch are killed while staff change products.

use std::time::Duration;

use anyhow::{Context, Result};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rand::RngExt;

use super::{Run, second, whole};
use crate::count::Count;
use crate::race::Report;
use crate::state::SearchEngine;
use crate::tool;

/// The longest wait before a kill.
const MOMENT_MS: u64 = 1_200;
const BACK: Duration = Duration::from_mins(2);
/// Changes around each kill.
const CHANGES: usize = 10;

/// Who is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Victim {
    First,
    Second,
    Rebuild,
    Opensearch,
}

impl Victim {
    /// What the supervisor calls it.
    fn name(self) -> &'static str {
        match self {
            Self::First => "search",
            Self::Second => second::NAME,
            Self::Rebuild => "reindex",
            Self::Opensearch => "opensearch",
        }
    }
}

/// That many kills, each during a rebuild of the read model and between changes.
pub(super) async fn run(run: &mut Run<'_>, kills: usize) -> Result<Count> {
    let title = format!("{kills} kills during rebuilds while products change");
    let mut report = Report::begin(run.shop, title, run.ui);
    let victims: &[Victim] = match run.engine {
        SearchEngine::Embedded => &[Victim::First, Victim::Second, Victim::Rebuild],
        SearchEngine::Opensearch => &[Victim::Opensearch, Victim::First, Victim::Rebuild],
    };
    let mut tally = Vec::new();
    for round in 0..kills {
        let victim = victims[round % victims.len()];
        report.update(&format!("kill {} ({})", round + 1, victim.name()));
        let moment = Duration::from_millis(run.random.random_range(0..MOMENT_MS));
        let (changed, rebuilt) = tokio::join!(changes(run, round), rebuild(run, victim, moment));
        changed?;
        rebuilt?;
        if victim != Victim::Rebuild {
            run.stack.supervisor.wait_ready(victim.name(), BACK).await?;
        }
        tally.push(victim.name());
    }
    report.fact(format!("killed: {}", tally.join(", ")));
    // One rebuild that nobody disturbs: a killed one may be started again at any time.
    let env = run.stack.settings().service("search")?;
    tool::capture(&run.stack.instance, "search", &["reindex"], env).await?;
    whole::compare(run, &mut report).await?;
    report.finish(&[]).await
}

async fn changes(run: &Run<'_>, round: usize) -> Result<()> {
    for number in 0..CHANGES {
        let products = &run.shelf.products;
        let place = (round * CHANGES + number) % products.len();
        let mut product = products[place].lock().await;
        product
            .change(run.shop)
            .await
            .context("a change during a kill")?;
    }
    Ok(())
}

/// Begins a rebuild, kills the victim a moment later, and lets the rebuild end.
async fn rebuild(run: &Run<'_>, victim: Victim, moment: Duration) -> Result<()> {
    let env = run.stack.settings().service("search")?;
    let mut rebuilding = tool::start(&run.stack.instance, "search", &["reindex"], env)?;
    tokio::time::sleep(moment).await;
    if victim == Victim::Rebuild {
        rebuilding.kill().await.context("cannot kill the rebuild")?;
        return Ok(());
    }
    let process = run.stack.supervisor.process(victim.name());
    let process = process.with_context(|| format!("{} does not run", victim.name()))?;
    kill(Pid::from_raw(process.pid), Signal::SIGKILL)?;
    // With its database there, the rebuild needs none of those that may die.
    let ended = rebuilding.wait().await?;
    anyhow::ensure!(ended.success(), "the rebuild failed: {ended}");
    Ok(())
}
