//! One instance of each service is killed while people shop. Nobody notices: what may be repeated the gateway asks of
//! another instance, and a purchase that was cut off is finished by asking again with the same key.

use std::time::Duration;

use anyhow::{Context, Result};

use super::load::Load;
use super::project::Project;
use super::shop::Shop;
use crate::count::Count;
use crate::env::services;
use crate::ui::Ui;

/// How long people shop with one instance less.
const WITHOUT: Duration = Duration::from_secs(4);

/// Each service counts as one check.
pub(super) async fn run(project: &Project<'_>, shop: &Shop, ui: Ui) -> Result<Count> {
    let step = ui.step("Killed instances");
    let work = async {
        let mut killed = 0;
        for service in services() {
            step.update(service);
            let containers = project.containers(service).await?;
            let victim = containers.first().context("no instance")?;
            project
                .engine
                .ask(&["kill", "--signal", "KILL", victim])
                .await?;
            tokio::time::sleep(WITHOUT).await;
            project.engine.ask(&["start", victim]).await?;
            project.wait_ready(victim).await?;
            killed += 1;
        }
        Ok(killed)
    };
    let (killed, load) = Load::during(shop, "kills", true, work).await?;
    let met = load.judge()?;
    step.done(format!("{killed} services, one instance each: {met}"));
    Ok(Count::passed(killed))
}
