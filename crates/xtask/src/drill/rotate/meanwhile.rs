//! Something that people do again and again while a secret changes under them.

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Result;

use super::PAUSE;
use crate::drill::evidence::Findings;

/// Does `once` over and over until `work` is done. It must succeed each time; `what` says that it does.
pub(super) async fn meanwhile<T>(
    findings: &mut Findings,
    what: &str,
    once: impl AsyncFn() -> Result<()>,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    let stop = AtomicBool::new(false);
    let working = async {
        let outcome = work.await;
        stop.store(true, Ordering::Relaxed);
        outcome
    };
    let doing = async {
        let (mut times, mut failures) = (0_u32, Vec::new());
        while !stop.load(Ordering::Relaxed) {
            times += 1;
            if let Err(error) = once().await {
                failures.push(format!("{error:#}"));
            }
            tokio::time::sleep(PAUSE).await;
        }
        (times, failures)
    };
    let (outcome, (times, failures)) = tokio::join!(working, doing);
    findings.check(
        &format!("{what}, {times} times while it changed"),
        failures.is_empty(),
        || format!("{} failed, the first: {}", failures.len(), failures[0]),
    );
    outcome
}
