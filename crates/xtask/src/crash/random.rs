//! Parts are killed at any moment while shoppers pay.

use std::time::Duration;

use anyhow::Result;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rand::RngExt;

use super::Crash;
use super::work::{self, Done};
use crate::count::Count;
use crate::race::Report;

/// Whose end must not matter.
const VICTIMS: [&str; 5] = ["checkout", "checkout", "paysim", "postgres", "redis"];
/// The longest wait before the kill.
const MOMENT_MS: u64 = 250;
const BACK: Duration = Duration::from_mins(1);

/// `kills` times: a few shoppers pay, and one part is killed with SIGKILL in between.
pub(super) async fn run(crash: &mut Crash<'_>, kills: usize) -> Result<Count> {
    let mut report = Report::begin(
        crash.shop,
        format!("{kills} kills at random moments"),
        crash.ui,
    );
    let goods = crash
        .shop
        .put_on_sale("random", kills * work::AT_ONCE)
        .await?;
    let mut done = Done::default();
    for round in 0..kills {
        report.update(&format!("kill {round}"));
        let prefix = format!("crash-{:x}-random-{round}", crash.seed);
        let victim = VICTIMS[crash.random.random_range(0..VICTIMS.len())];
        crash
            .stack
            .restart("checkout", &super::quick(), &[])
            .await?;
        let buyers = crash.shop.buyers(work::AT_ONCE, &prefix, &goods).await?;
        let moment = Duration::from_millis(crash.random.random_range(0..MOMENT_MS));
        let (paid, killed) = tokio::join!(work::purchases(&buyers), async {
            tokio::time::sleep(moment).await;
            if let Some(process) = crash.stack.supervisor.process(victim) {
                kill(Pid::from_raw(process.pid), Signal::SIGKILL)?;
            }
            anyhow::Ok(())
        });
        killed?;
        done.add(paid?);
        crash.stack.supervisor.wait_ready(victim, BACK).await?;
    }
    done.judge(crash.shop, &mut report, &goods).await?;
    report.finish(&[&goods]).await
}
