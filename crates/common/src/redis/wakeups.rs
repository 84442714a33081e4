//! Hints that something has happened, so that pollers need not wait for their next poll.

use std::sync::Arc;
use std::time::Duration;

use deadpool_redis::redis::Client;
use futures::StreamExt;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::Cache;
use crate::jobs::{Jobs, backoff};

/// Wakes every [`Wakeups`] made from it.
#[derive(Debug, Clone)]
pub struct Waker(Arc<watch::Sender<u64>>);

/// Waits for hints. Hints may be lost: poll as well.
#[derive(Debug, Clone)]
pub struct Wakeups {
    seen: watch::Receiver<u64>,
    waker: Waker,
}

impl Waker {
    /// A waker of its own, for hints within the process.
    pub fn new() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }

    /// Wakes everyone who waits.
    pub fn wake(&self) {
        self.0.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// A place to wait at.
    pub fn wakeups(&self) -> Wakeups {
        Wakeups {
            seen: self.0.subscribe(),
            waker: self.clone(),
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
        let _hint = tokio::time::timeout(longest, self.seen.changed()).await;
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
            while messages.next().await.is_some() {
                waker.wake();
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
