//! Hints that something has happened, so that pollers need not wait for their next poll. A hint says in which span it was
//! given, so that the trace of the work leads back to it.

use std::sync::Arc;
use std::time::Duration;

use deadpool_redis::redis::Client;
use futures::StreamExt;
use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, TraceContextExt as _};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::Cache;
use crate::jobs::{Jobs, backoff};
use crate::telemetry;

/// Wakes every [`Wakeups`] made from it.
#[derive(Debug, Clone)]
pub struct Waker(Arc<watch::Sender<Hint>>);

/// The last hint: its number, and the span in which it was given, if there was one.
#[derive(Debug, Clone, Default)]
struct Hint {
    count: u64,
    cause: Option<SpanContext>,
}

/// Waits for hints. Hints may be lost: poll as well.
#[derive(Debug, Clone)]
pub struct Wakeups {
    seen: watch::Receiver<Hint>,
    waker: Waker,
    cause: Option<SpanContext>,
}

impl Waker {
    /// A waker of its own, for hints within the process.
    pub fn new() -> Self {
        Self(Arc::new(watch::Sender::new(Hint::default())))
    }

    /// Wakes everyone who waits.
    pub fn wake(&self) {
        let context = Context::current().span().span_context().clone();
        self.wake_for(context.is_valid().then_some(context));
    }

    fn wake_for(&self, cause: Option<SpanContext>) {
        self.0.send_modify(|hint| {
            hint.count = hint.count.wrapping_add(1);
            hint.cause = cause;
        });
    }

    /// A place to wait at.
    pub fn wakeups(&self) -> Wakeups {
        Wakeups {
            seen: self.0.subscribe(),
            waker: self.clone(),
            cause: None,
        }
    }
}

impl Default for Waker {
    fn default() -> Self {
        Self::new()
    }
}

impl Wakeups {
    /// No hints from outside; [`Wakeups::waker`] still works.
    pub fn local() -> Self {
        Waker::new().wakeups()
    }

    /// What wakes it, for hints within the process.
    pub fn waker(&self) -> Waker {
        self.waker.clone()
    }

    /// Waits for a hint that has not been seen, at most `longest`.
    pub async fn wait(&mut self, longest: Duration) {
        // The sender lives in `self.waker`, so `changed` cannot fail; either way the poll comes next.
        let hint = tokio::time::timeout(longest, self.seen.changed()).await;
        self.cause = match hint {
            Ok(Ok(())) => self.seen.borrow().cause.clone(),
            _ => None,
        };
    }

    /// The span that gave the hint by which the last wait ended; once.
    pub(crate) fn take_cause(&mut self) -> Option<SpanContext> {
        self.cause.take()
    }
}

impl Cache {
    /// Listens on `channel` in a job that reconnects by itself. Without Redis only local hints come.
    pub fn subscribe_wakeups(&self, channel: &str, jobs: &Jobs) -> Wakeups {
        let waker = Waker::new();
        if let Some(inner) = &self.inner {
            let (client, channel) = (inner.client.clone(), name(channel));
            let (stop, waker) = (jobs.stopping(), waker.clone());
            jobs.spawn("redis wakeups", async move {
                listen(client, channel, waker, stop).await;
            });
        }
        waker.wakeups()
    }
}

pub(super) fn name(channel: &str) -> String {
    format!("tm:{channel}")
}

async fn listen(client: Client, channel: String, waker: Waker, stop: CancellationToken) {
    let mut failures = 0u32;
    loop {
        let connected = async {
            let mut hints = client.get_async_pubsub().await?;
            hints.subscribe(&channel).await?;
            failures = 0;
            // What was published while nobody listened.
            waker.wake();
            let mut messages = hints.into_on_message();
            while let Some(message) = messages.next().await {
                let given: Option<String> = message.get_payload().ok();
                waker.wake_for(given.as_deref().and_then(telemetry::read_traceparent));
            }
            Ok::<(), deadpool_redis::redis::RedisError>(())
        };
        tokio::select! {
            () = stop.cancelled() => return,
            result = connected => {
                if let Err(error) = result {
                    tracing::debug!(channel, error = %error, "no hints from redis");
                }
            }
        }
        failures = failures.saturating_add(1);
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(backoff(failures)) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[tokio::test]
    async fn a_hint_ends_the_wait_and_is_not_lost_between_two_waits() {
        let mut wakeups = Wakeups::local();
        wakeups.waker().wake();
        let start = Instant::now();
        wakeups.wait(Duration::from_secs(5)).await;
        assert!(start.elapsed() < Duration::from_secs(1));
        wakeups.wait(Duration::from_millis(20)).await;
        assert!(start.elapsed() >= Duration::from_millis(20));
    }
}
