//! Every service is restarted, one instance after the other, while people shop: no request fails.

use anyhow::Result;

use super::load::Load;
use super::project::Project;
use super::shop::Shop;
use crate::count::Count;
use crate::env::services;
use crate::ui::Ui;

/// Each round counts as one check.
pub(super) async fn run(project: &Project<'_>, shop: &Shop, rounds: u32, ui: Ui) -> Result<Count> {
    let step = ui.step("Rolling restarts");
    let work = async {
        let mut restarts = 0;
        for round in 1..=rounds {
            for service in services() {
                step.update(&format!("round {round} of {rounds}: {service}"));
                for container in project.containers(service).await? {
                    let restart = ["restart", "--time", "30", &container];
                    project.engine.ask(&restart).await?;
                    project.wait_ready(&container).await?;
                    restarts += 1;
                }
            }
        }
        Ok(restarts)
    };
    let (restarts, load) = Load::during(shop, "rolling", false, work).await?;
    let met = load.judge()?;
    step.done(format!("{rounds} rounds, {restarts} restarts: {met}"));
    Ok(Count::passed(usize::try_from(rounds)?))
}
