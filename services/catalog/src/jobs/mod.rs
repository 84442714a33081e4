//! Background work of the service.
//!
//! - [`sweep_reservations`]: gives expired holds back.
//! - [`follow_stock`]: keeps what lists show in step with coarse availability.

pub mod follow_stock;
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
    follow_stock::start(state, settings.event_batch, wakeups, jobs);
}
