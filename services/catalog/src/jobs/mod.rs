//! Background work of the service.
//!
//! - [`sweep_reservations`]: gives expired holds back.
//! - [`follow_stock`]: keeps what lists show in step with coarse availability.
//! - [`lay_slots`]: splits the stock of hot variants; [`reconcile_stock`]: compares counters with ledger and reservations.
//! - [`forget_keys`]: drops answers that need not be kept any more.

pub mod follow_stock;
pub mod forget_keys;
pub mod lay_slots;
pub mod reconcile_stock;
pub mod sweep_reservations;

use std::time::Duration;

use common::jobs::Jobs;
use common::redis::Wakeups;

use crate::config::StockSettings;
use crate::state::AppState;

/// Starts all of it.
pub fn start(state: &AppState, settings: StockSettings, wakeups: Wakeups, jobs: &Jobs) {
    let interval = Duration::from_millis(settings.sweep_interval_ms);
    let sweeper = state.clone();
    jobs.every("sweep reservations", interval, move || {
        let state = sweeper.clone();
        async move {
            sweep_reservations::run(&state, settings.sweep_batch)
                .await
                .map(drop)
        }
    });
    let interval = Duration::from_millis(settings.slots_interval_ms);
    let layer = state.clone();
    jobs.every("lay slots", interval, move || {
        let state = layer.clone();
        async move { lay_slots::run(&state, &settings).await.map(drop) }
    });
    let interval = Duration::from_millis(settings.reconcile_interval_ms);
    let auditor = state.clone();
    jobs.every("reconcile stock", interval, move || {
        let state = auditor.clone();
        async move { reconcile_stock::run(&state, settings.reconcile_hour).await }
    });
    let interval = Duration::from_millis(settings.keys_interval_ms);
    let forgetful = state.clone();
    jobs.every("forget keys", interval, move || {
        let state = forgetful.clone();
        async move { forget_keys::run(&state, settings.keys_batch).await }
    });
    follow_stock::start(state, settings.event_batch, wakeups, jobs);
}
