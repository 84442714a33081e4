//! The same buyers while one part after another is killed: nothing acknowledged is lost.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::buyers::{STOCK, all_buy, judge};
use super::ledger;
use super::staff::put_on_sale;
use crate::build::SINGLE;
use crate::count::Count;
use crate::env::services;
use crate::stack::Stack;
use crate::ui::Ui;

/// Pause between two kills.
const PAUSE: Duration = Duration::from_millis(600);
/// How long a killed part may take to be ready again.
const BACK: Duration = Duration::from_secs(30);

/// Kills each service and Redis once while guests buy. Each part that came back counts as a check.
pub(super) async fn run(stack: &Stack, ui: Ui) -> Result<Count> {
    let step = ui.step("Faults");
    let goods = put_on_sale(stack, "faults", u32::from(STOCK)).await?;
    let mut victims: Vec<&str> = vec![SINGLE, "checkout", "cart", "orders", "redis", "catalog"];
    victims.extend(
        services().filter(|name| !["checkout", "cart", "orders", "catalog"].contains(name)),
    );
    victims.retain(|name| stack.supervisor.process(name).is_some());
    let before: Vec<u32> = victims
        .iter()
        .map(|name| stack.supervisor.restarts(name))
        .collect();
    step.update("buying while parts are killed");
    let (ends, killed) = tokio::join!(all_buy(stack, &goods, true), kill_all(stack, &victims));
    killed?;
    let ends = ends?;
    for (name, before) in victims.iter().zip(before) {
        step.update(&format!("waiting for {name}"));
        back(stack, name, before).await?;
    }
    let sold = judge(stack, &ends).await?;
    ledger::settled(stack, &goods.sku, i64::from(STOCK), sold).await?;
    step.done(format!(
        "{} parts killed and back, {sold} orders, none lost",
        victims.len()
    ));
    Ok(Count::passed(victims.len() + 1))
}

async fn kill_all(stack: &Stack, victims: &[&str]) -> Result<()> {
    for name in victims {
        tokio::time::sleep(PAUSE).await;
        if let Some(process) = stack.supervisor.process(name) {
            kill(Pid::from_raw(process.pid), Signal::SIGKILL)?;
        }
    }
    Ok(())
}

async fn back(stack: &Stack, name: &str, before: u32) -> Result<()> {
    let begun = Instant::now();
    while stack.supervisor.restarts(name) == before {
        ensure!(
            begun.elapsed() < BACK,
            "{name} was killed and not started again"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    stack.supervisor.wait_ready(name, BACK).await
}
