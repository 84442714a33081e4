//! How long the process of all services is away when it is restarted: nobody stands in for it.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::project::Project;
use super::seconds;
use super::shop::{Shop, client};
use crate::count::Count;
use crate::ui::Ui;

/// Answered by the pages, by the catalogue and by search: together they say that the shop is open.
const OPEN: [&str; 3] = ["/", "/api/v1/products?limit=1", "/api/v1/search?q=laptop"];
/// How long it may take.
const LIMIT: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(20);

/// Counts as one check.
pub(super) async fn run(project: &Project<'_>, shop: &Shop, ui: Ui) -> Result<Count> {
    let step = ui.step("Restart");
    let containers = project.containers("techmart").await?;
    let container = containers.first().context("no container")?;
    let begun = Instant::now();
    project
        .engine
        .ask(&["stop", "--time", "30", container])
        .await?;
    let stopped = begun.elapsed();
    let begun = Instant::now();
    project.engine.ask(&["start", container]).await?;
    let client = client()?;
    for path in OPEN {
        let url = format!("{}{path}", shop.origin);
        loop {
            let answer = client.get(&url).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                break;
            }
            anyhow::ensure!(begun.elapsed() < LIMIT, "GET {path} does not answer");
            tokio::time::sleep(PAUSE).await;
        }
    }
    step.done(format!(
        "stopped after {}, open {} after its start",
        seconds(stopped),
        seconds(begun.elapsed())
    ));
    Ok(Count::passed(1))
}
