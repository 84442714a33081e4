//! Whether metrics arrive by OTLP with the values that Prometheus shows.

use std::time::Instant;

use anyhow::{Result, bail};

use super::receiver::Receiver;
use super::{PATIENCE, PAUSE};
use crate::count::Count;
use crate::env::services;
use crate::ui::Ui;

/// Metrics that every service has.
const EVERYWHERE: [&str; 8] = [
    "techmart_runtime_workers",
    "techmart_runtime_busy_ratio",
    "techmart_process_resident_bytes",
    "techmart_process_open_fds",
    "techmart_process_start_time_seconds",
    "techmart_db_pool_connections",
    "techmart_db_pool_max",
    "techmart_db_pool_acquire_seconds",
];
/// The purchase, as counters tell of it: service, metric, labels, value.
const PURCHASE: [(&str, &str, &[&str], f64); 2] = [
    (
        "checkout",
        "techmart_http_request_duration_seconds",
        &[
            "method=POST",
            "route=/api/v1/checkouts/{id}/complete",
            "status=201",
        ],
        1.0,
    ),
    (
        "cart",
        "techmart_http_request_duration_seconds",
        &["method=POST", "route=/api/v1/carts/{id}/lines"],
        1.0,
    ),
];

/// Whether they are there.
pub(super) async fn check(receiver: &Receiver, ui: Ui) -> Result<Count> {
    let step = ui.step("Metrics by OTLP");
    let begun = Instant::now();
    loop {
        let missing = missing(receiver);
        if missing.is_empty() {
            break;
        }
        if begun.elapsed() > PATIENCE {
            bail!("{}", missing.join("; "));
        }
        tokio::time::sleep(PAUSE).await;
    }
    step.done(format!("{} series", receiver.seen().series.len()));
    Ok(Count::passed(
        EVERYWHERE.len() * services().count() + PURCHASE.len(),
    ))
}

fn missing(receiver: &Receiver) -> Vec<String> {
    let seen = receiver.seen();
    let mut missing = Vec::new();
    for service in services() {
        for metric in EVERYWHERE {
            if seen
                .values(&format!("techmart-{service}"), metric, &[])
                .is_empty()
            {
                missing.push(format!("no {metric} of {service}"));
            }
        }
    }
    for (service, metric, labels, expected) in PURCHASE {
        let values = seen.values(&format!("techmart-{service}"), metric, labels);
        let told: f64 = values.iter().sum();
        if told.total_cmp(&expected).is_ne() {
            missing.push(format!("{metric} {labels:?} of {service} is {told}"));
        }
    }
    missing
}
