//! What the process itself is doing: the runtime, and the machine's view of it. Looked at every few seconds.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use metrics::gauge;
use tokio::runtime::{Handle, RuntimeMetrics};

use crate::jobs::Jobs;

/// Between two looks.
pub(crate) const INTERVAL: Duration = Duration::from_secs(5);

/// Looks at the runtime and the process until `jobs` end. Call it within the runtime.
pub(super) fn watch_process(jobs: &Jobs) {
    let runtime = Handle::current().metrics();
    let last = Mutex::new(Busy::of(&runtime));
    // Telemetry is the first thing that a process sets up.
    if let Ok(start) = SystemTime::now().duration_since(UNIX_EPOCH) {
        gauge!("techmart_process_start_time_seconds").set(start.as_secs_f64());
    }
    jobs.every_unseen("vitals", INTERVAL, move || {
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        tell_runtime(&runtime, &mut last);
        tell_process();
        async { Ok(()) }
    });
}

/// A pool at a moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PoolSize {
    /// Open connections.
    pub(crate) connections: usize,
    /// Those that nobody uses.
    pub(crate) idle: usize,
    /// As many as there may be.
    pub(crate) max: usize,
}

/// How long the workers had been at work, by then.
#[derive(Debug, Clone, Copy)]
struct Busy {
    work: Duration,
    at: Instant,
}

impl Busy {
    fn of(runtime: &RuntimeMetrics) -> Self {
        let workers = 0..runtime.num_workers();
        Self {
            work: workers
                .map(|worker| runtime.worker_total_busy_duration(worker))
                .sum(),
            at: Instant::now(),
        }
    }
}

fn tell_runtime(runtime: &RuntimeMetrics, last: &mut Busy) {
    let workers = runtime.num_workers();
    gauge!("techmart_runtime_workers").set(number(workers));
    gauge!("techmart_runtime_alive_tasks").set(number(runtime.num_alive_tasks()));
    gauge!("techmart_runtime_global_queue_depth").set(number(runtime.global_queue_depth()));
    let now = Busy::of(runtime);
    let workers = u32::try_from(workers).unwrap_or(u32::MAX);
    let possible = now.at.duration_since(last.at).saturating_mul(workers);
    if !possible.is_zero() {
        let share = now
            .work
            .saturating_sub(last.work)
            .div_duration_f64(possible);
        gauge!("techmart_runtime_busy_ratio").set(share.min(1.0));
        *last = now;
    }
}

/// Says nothing where there is no `/proc`.
fn tell_process() {
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        if let Some(kilobytes) = field(&status, "VmRSS:") {
            gauge!("techmart_process_resident_bytes").set(number(kilobytes.saturating_mul(1024)));
        }
        if let Some(threads) = field(&status, "Threads:") {
            gauge!("techmart_process_threads").set(number(threads));
        }
    }
    if let Ok(files) = std::fs::read_dir("/proc/self/fd") {
        gauge!("techmart_process_open_fds").set(number(files.count()));
    }
}

/// The number behind a name in `/proc/self/status`.
fn field(status: &str, name: &str) -> Option<usize> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

/// As a gauge takes it. Sizes and counts are far below 2^53.
#[expect(
    clippy::cast_precision_loss,
    reason = "a size that large cannot be reached"
)]
pub(crate) fn number(size: usize) -> f64 {
    size as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_from_the_status() {
        let status = "Name:\tx\nVmRSS:\t   12345 kB\nThreads:\t7\n";
        assert_eq!(field(status, "VmRSS:"), Some(12345));
        assert_eq!(field(status, "Threads:"), Some(7));
        assert_eq!(field(status, "VmSwap:"), None);
    }
}
