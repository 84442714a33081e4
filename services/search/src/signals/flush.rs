//! From memory into the database, every few seconds and once more at the end.

use std::collections::HashSet;
use std::time::Duration;

use common::db::Db;
use common::jobs::Jobs;
use jiff::Timestamp;

use super::counts::{Counts, QueryCounts};
use super::privacy::Number;
use super::recorder::Recorder;
use super::settings::SignalSettings;
use crate::store::signals;

/// Writes counts down until the process stops, and then what is left.
pub fn run(db: &Db, recorder: &Recorder, settings: &SignalSettings, jobs: &Jobs) {
    let (db, recorder, clock) = (db.clone(), recorder.clone(), recorder.clock());
    let pause = Duration::from_millis(settings.flush_ms);
    let stop = jobs.stopping();
    jobs.spawn("write signals down", async move {
        loop {
            let ending = tokio::select! {
                () = stop.cancelled() => true,
                () = tokio::time::sleep(pause) => false,
            };
            if let Err(error) = flush(&db, &recorder, clock.now()).await {
                metrics::counter!("techmart_job_failures_total", "job" => "write signals down")
                    .increment(1);
                tracing::warn!(
                    error = format!("{error:#}"),
                    "signals cannot be written down, they wait"
                );
            }
            if ending {
                return;
            }
        }
    });
}

/// Writes down what was counted so far. What cannot be written waits in memory for the next time.
///
/// # Errors
/// When the database fails.
pub async fn flush(db: &Db, recorder: &Recorder, now: Timestamp) -> anyhow::Result<()> {
    let counts = recorder.take();
    if counts.is_empty() {
        return Ok(());
    }
    let written = write(db, &counts, now).await;
    if written.is_err() {
        recorder.put_back(counts);
    }
    written
}

async fn write(db: &Db, counts: &Counts, now: Timestamp) -> anyhow::Result<()> {
    let mut tx = db.begin().await?;
    let mut queries: Vec<(&str, QueryCounts)> = counts
        .queries
        .iter()
        .map(|(text, counted)| (text.as_str(), *counted))
        .collect();
    if !counts.numbered.is_empty() {
        let typed: Vec<String> = counts
            .numbered
            .values()
            .flat_map(|(numbers, _)| numbers.iter().flat_map(forms))
            .collect();
        let codes: HashSet<String> = signals::list_codes(&mut tx, &typed).await?;
        let known = |number: &Number| forms(number).iter().any(|form| codes.contains(form));
        for (text, (numbers, counted)) in &counts.numbered {
            if numbers.iter().all(known) {
                queries.push((text, *counted));
            } else {
                metrics::counter!("techmart_search_signals_dropped_total", "reason" => "privacy")
                    .increment(1);
            }
        }
    }
    // In order, so that instances never wait for each other in a circle.
    queries.sort_unstable_by_key(|(text, _)| *text);
    let mut products: Vec<_> = counts.products.iter().map(|(id, c)| (*id, *c)).collect();
    products.sort_unstable_by_key(|(id, _)| *id);
    if !products.is_empty() {
        signals::add_products(&mut tx, &products, now).await?;
    }
    if !queries.is_empty() {
        signals::add_queries(&mut tx, &queries, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// How a number may be written as a code.
fn forms(number: &Number) -> [String; 3] {
    [
        number.typed.clone(),
        number.typed.to_uppercase(),
        number.digits.clone(),
    ]
}
