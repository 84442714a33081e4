//! Background work. Each step takes its rows for itself first, so that any number of instances may run.

mod clear;
mod inbox;
mod operations;
mod reconcile;

use std::time::Duration;

use jiff::SignedDuration;

use crate::state::AppState;

pub use clear::clear;
pub use inbox::work_inbox;
pub use operations::work_operations;
pub use reconcile::reconcile;

/// Rows that a step has taken come back after this if the process dies. Longer than a call to the provider.
const CLAIM: SignedDuration = SignedDuration::from_secs(30);

/// Starts all jobs.
pub fn start(state: &AppState) {
    let settings = state.settings.jobs;
    let shared = state.clone();
    let pause = Duration::from_millis(settings.reconcile_interval_ms);
    state.jobs.every("reconcile payments", pause, move || {
        let state = shared.clone();
        async move { Ok(reconcile(&state).await.map(drop)?) }
    });
    let shared = state.clone();
    let pause = Duration::from_millis(settings.operations_interval_ms);
    state.jobs.every("payment operations", pause, move || {
        let state = shared.clone();
        async move { Ok(work_operations(&state).await.map(drop)?) }
    });
    let shared = state.clone();
    let pause = Duration::from_millis(settings.inbox_interval_ms);
    state.jobs.every("provider inbox", pause, move || {
        let state = shared.clone();
        async move { Ok(work_inbox(&state).await.map(drop)?) }
    });
    let shared = state.clone();
    let pause = Duration::from_millis(settings.expire_interval_ms);
    state.jobs.every("clear checkouts", pause, move || {
        let state = shared.clone();
        async move { Ok(clear(&state).await?) }
    });
}
