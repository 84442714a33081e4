//! Background work: tracked tasks that stop when the service stops.

use std::fmt;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use anyhow::anyhow;
use futures::FutureExt as _;
use rand::RngExt;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{Instrument as _, Span};

use crate::error_chain::{error_chain, panic_text};
use crate::telemetry::runs;

/// The longest pause between two tries.
const BACKOFF_MAX: Duration = Duration::from_mins(1);
/// The pause after the first failure.
const BACKOFF_MIN: Duration = Duration::from_millis(100);

/// The tasks of a process. Clones share them.
#[derive(Clone, Default)]
pub struct Jobs {
    tracker: TaskTracker,
    stop: CancellationToken,
}

impl fmt::Debug for Jobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jobs")
            .field("running", &self.tracker.len())
            .finish_non_exhaustive()
    }
}

impl Jobs {
    /// No tasks yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Cancelled when the tasks should end. Tasks select on it or check it between two steps.
    pub fn stopping(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Runs a task that looks at [`Jobs::stopping`] by itself and finishes its step before it ends. Begun within a
    /// request, it is part of that request's trace. One that panics is counted as failed, and gone.
    #[expect(clippy::disallowed_methods, reason = "the one place that starts tasks")]
    pub fn spawn<F>(&self, name: &'static str, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (stop, span) = (self.stop.clone(), Span::current());
        self.tracker.spawn(async move {
            // A task of its own, so that a panic is seen and logged here.
            let outcome = tokio::spawn(task.instrument(span.clone())).await;
            match outcome {
                Ok(()) if stop.is_cancelled() => tracing::debug!(job = name, "job stopped"),
                Ok(()) => tracing::debug!(job = name, "job ended"),
                Err(error) => {
                    count_failure(name);
                    span.in_scope(|| tracing::error!(job = name, error = %error, "job failed"));
                }
            }
        });
    }

    /// Runs `step` at once and then `interval` after each end, with jitter of a tenth, until the
    /// process stops. An error or a panic is counted and logged, and the next run comes as usual. Each run that does
    /// something is a trace of its own.
    pub fn every<F, Fut>(&self, name: &'static str, interval: Duration, step: F)
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        self.repeat(name, interval, step, runs::look);
    }

    /// As [`Jobs::every`], without traces: for what happens all the time.
    pub fn every_unseen<F, Fut>(&self, name: &'static str, interval: Duration, step: F)
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        self.repeat(name, interval, step, |_| Span::none());
    }

    fn repeat<F, Fut>(
        &self,
        name: &'static str,
        interval: Duration,
        step: F,
        span: fn(&'static str) -> Span,
    ) where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        let stopping = self.stop.clone();
        self.spawn(name, async move {
            let mut failures = 0u32;
            while !stopping.is_cancelled() {
                match run(&step, name, span(name), failures).await {
                    Ok(()) => failures = 0,
                    Err(Failed) => failures = failures.saturating_add(1),
                }
                let pause = interval.saturating_add(jittered(interval / 10));
                tokio::select! {
                    () = stopping.cancelled() => break,
                    () = tokio::time::sleep(pause) => {}
                }
            }
        });
    }

    /// Asks the tasks to end and waits for them, at most `deadline`. Whether all ended.
    pub async fn shutdown(&self, deadline: Duration) -> bool {
        self.stop.cancel();
        self.tracker.close();
        let done = tokio::time::timeout(deadline, self.tracker.wait())
            .await
            .is_ok();
        if !done {
            tracing::warn!(running = self.tracker.len(), "jobs did not end in time");
        }
        done
    }
}

/// A run failed; it is counted and logged.
struct Failed;

/// One run of a step, in its span. `before` runs in a row have failed already.
async fn run<F, Fut>(step: &F, name: &'static str, span: Span, before: u32) -> Result<(), Failed>
where
    F: Fn() -> Fut,
    Fut: Future<Output = anyhow::Result<()>>,
{
    let running = AssertUnwindSafe(async { step().await }).catch_unwind();
    let outcome = running
        .instrument(span.clone())
        .await
        .unwrap_or_else(|panic| Err(anyhow!("panic: {}", panic_text(panic.as_ref()))));
    outcome.map_err(|error| {
        count_failure(name);
        runs::failed(&span);
        span.in_scope(|| {
            tracing::warn!(
                job = name,
                failures = before.saturating_add(1),
                error = error_chain(error.as_ref()),
                "job step failed"
            );
        });
        Failed
    })
}

fn count_failure(name: &'static str) {
    metrics::counter!("techmart_job_failures_total", "job" => name).increment(1);
}

/// The pause before the next try: doubles from 100 ms to one minute, with half of it random.
pub fn backoff(attempt: u32) -> Duration {
    let doubled =
        BACKOFF_MIN.saturating_mul(2u32.saturating_pow(attempt.saturating_sub(1).min(16)));
    let longest = doubled.min(BACKOFF_MAX);
    longest / 2 + jittered(longest / 2)
}

/// A random part of `longest`.
pub fn jittered(longest: Duration) -> Duration {
    let most = u64::try_from(longest.as_micros()).unwrap_or(u64::MAX);
    Duration::from_micros(rand::rng().random_range(0..=most))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn backoff_grows_to_a_minute_and_stays_there() {
        for attempt in 0..40 {
            assert!(backoff(attempt) <= BACKOFF_MAX, "{attempt}");
        }
        assert!(backoff(1) >= BACKOFF_MIN / 2);
        assert!(backoff(30) >= BACKOFF_MAX / 2);
    }

    #[tokio::test]
    async fn a_failing_step_runs_again_and_shutdown_ends_it() {
        let jobs = Jobs::new();
        let runs = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&runs);
        jobs.every("test", Duration::from_millis(1), move || {
            counted.fetch_add(1, Ordering::Relaxed);
            async { anyhow::bail!("no") }
        });
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(jobs.shutdown(Duration::from_secs(1)).await);
        assert!(runs.load(Ordering::Relaxed) > 1);
    }

    #[tokio::test]
    async fn a_step_that_panics_runs_again_and_is_counted() {
        let told = crate::telemetry::metrics_handle().unwrap();
        let jobs = Jobs::new();
        let runs = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&runs);
        jobs.every("panics", Duration::from_millis(1), move || {
            let run = counted.fetch_add(1, Ordering::Relaxed);
            // Once before the step's future is there, once within.
            assert_ne!(run, 0, "on purpose");
            async move {
                assert_ne!(run, 1, "on purpose");
                Ok(())
            }
        });
        jobs.spawn("dies", async { panic!("on purpose") });
        while runs.load(Ordering::Relaxed) < 4 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(jobs.shutdown(Duration::from_secs(1)).await);
        let told = told.render();
        for line in [
            r#"techmart_job_failures_total{job="panics"} 2"#,
            r#"techmart_job_failures_total{job="dies"} 1"#,
        ] {
            assert!(told.contains(line), "{line} is not in {told}");
        }
    }

    #[tokio::test]
    async fn a_panic_does_not_take_the_others_down() {
        let jobs = Jobs::new();
        jobs.spawn("bad", async { panic!("on purpose") });
        let stop = jobs.stopping();
        jobs.spawn("good", async move { stop.cancelled().await });
        assert!(jobs.shutdown(Duration::from_secs(1)).await);
    }

    #[tokio::test]
    async fn a_task_that_does_not_listen_is_reported() {
        let jobs = Jobs::new();
        jobs.spawn("deaf", tokio::time::sleep(Duration::from_mins(1)));
        assert!(!jobs.shutdown(Duration::from_millis(20)).await);
    }
}
