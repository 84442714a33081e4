//! Consuming another schema's events.
//!
//! A schema that emits events offers three functions to its consumers:
//!
//! ```sql
//! <schema>.claim_events_v1(consumer text, batch int, lease_seconds int)
//!     returns table (event_id uuid, kind text, aggregate_id uuid, payload jsonb, attempts int, created_at timestamptz)
//! <schema>.finish_events_v1(consumer text, event_ids uuid[])
//! <schema>.retry_event_v1(consumer text, event_id uuid, delay_seconds int, error text)
//! ```
//!
//! A claim answers only the oldest open event of each aggregate, so order holds per aggregate.
//! Delivery is at least once: handlers are idempotent by [`Event::event_id`].

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::{FutureExt, TryFutureExt};
use jiff::Timestamp;
use jiff_sqlx::Timestamp as SqlxTimestamp;
use opentelemetry::trace::SpanContext;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Row};
use tracing::Instrument as _;
use uuid::Uuid;

use crate::db::{Db, DbError};
use crate::error_chain::error_chain;
use crate::jobs::{Jobs, backoff};
use crate::redis::Wakeups;
use crate::telemetry::runs;

#[cfg(test)]
mod tests;

/// The longest wait between two looks.
const POLL: Duration = Duration::from_millis(250);
/// How long a claimed event is ours, in seconds.
const LEASE_S: i32 = 60;
/// The longest error text that is kept with an event, in characters.
const ERROR_CHARS_MAX: usize = 500;

/// An event as its owner wrote it.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its id: the same at every delivery.
    pub event_id: Uuid,
    /// What happened: `noun.past_participle`.
    pub kind: String,
    /// What it happened to.
    pub aggregate_id: Uuid,
    /// As the owner's contract describes it.
    pub payload: Value,
    /// Deliveries so far, this one included.
    pub attempts: i32,
    /// When it was emitted.
    pub created_at: Timestamp,
}

/// Delivers the events of one schema to one consumer.
#[derive(Debug, Clone)]
pub struct Worker {
    db: Db,
    schema: &'static str,
    consumer: &'static str,
    batch: i32,
}

impl Worker {
    /// A worker that claims up to `batch` events at a time.
    pub fn new(db: Db, schema: &'static str, consumer: &'static str, batch: i32) -> Self {
        Self {
            db,
            schema,
            consumer,
            batch,
        }
    }

    /// Runs until the process stops; each event is handled on its own. One that fails comes again
    /// after a pause that grows, and holds back only the later ones of its aggregate.
    pub fn run<F, Fut>(self, jobs: &Jobs, wakeups: Wakeups, handle: F)
    where
        F: Fn(Event) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        self.work(jobs, wakeups, false, move |events| {
            let handled = events.into_iter().map(&handle);
            futures::future::try_join_all(handled).map_ok(drop)
        });
    }

    /// As [`Worker::run`] for handlers that are faster with several events at a time. The events of
    /// a batch belong to different aggregates. If a batch fails, its events are handled one by one.
    pub fn run_batches<F, Fut>(self, jobs: &Jobs, wakeups: Wakeups, handle: F)
    where
        F: Fn(Vec<Event>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        self.work(jobs, wakeups, true, handle);
    }

    fn work<F, Fut>(self, jobs: &Jobs, wakeups: Wakeups, together: bool, handle: F)
    where
        F: Fn(Vec<Event>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        let stop = jobs.stopping();
        jobs.spawn("events", async move {
            let mut wakeups = wakeups;
            let mut failures = 0u32;
            while !stop.is_cancelled() {
                let cause = wakeups.take_cause();
                let pause = match self.deliver(together, &handle, cause).await {
                    Ok(0) => {
                        failures = 0;
                        POLL
                    }
                    Ok(_) => {
                        failures = 0;
                        continue;
                    }
                    Err(error) => {
                        failures = failures.saturating_add(1);
                        tracing::warn!(
                            schema = self.schema,
                            consumer = self.consumer,
                            error = %error,
                            "events cannot be claimed"
                        );
                        backoff(failures)
                    }
                };
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = wakeups.wait(pause) => {}
                }
            }
        });
    }

    /// Claims one batch and handles it, all `together` or each on its own. How many there were. A batch is a trace of
    /// its own, linked to the one whose hint woke us.
    async fn deliver<F, Fut>(
        &self,
        together: bool,
        handle: &F,
        cause: Option<SpanContext>,
    ) -> Result<usize, DbError>
    where
        F: Fn(Vec<Event>) -> Fut,
        Fut: Future<Output = anyhow::Result<()>> + Send,
    {
        let events = self.claim().await?;
        if events.is_empty() {
            return Ok(0);
        }
        let name = format!("events {} for {}", self.schema, self.consumer);
        let span = runs::work(&name, cause);
        let handling = self.handle(events, together, handle);
        handling.instrument(span).await
    }

    async fn handle<F, Fut>(
        &self,
        events: Vec<Event>,
        together: bool,
        handle: &F,
    ) -> Result<usize, DbError>
    where
        F: Fn(Vec<Event>) -> Fut,
        Fut: Future<Output = anyhow::Result<()>> + Send,
    {
        let count = events.len();
        let mut done = Vec::with_capacity(count);
        if together && count > 1 && guarded(handle(events.clone())).await.is_ok() {
            done.extend(events.iter().map(|event| event.event_id));
        } else {
            for event in events {
                let (id, attempts) = (event.event_id, event.attempts);
                match guarded(handle(vec![event])).await {
                    Ok(()) => done.push(id),
                    Err(error) => self.retry(id, attempts, &error).await?,
                }
            }
        }
        self.finish(&done).await?;
        Ok(count)
    }

    async fn claim(&self) -> Result<Vec<Event>, DbError> {
        let sql = format!(
            "select event_id, kind, aggregate_id, payload, attempts, created_at,
                    extract(epoch from clock_timestamp() - created_at)::float8 as age_s
               from {}.claim_events_v1($1, $2, $3)",
            self.schema
        );
        let mut connection = self.db.write().await?;
        // Safe: the text holds nothing but the schema's name, a constant of the program.
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(self.consumer)
            .bind(self.batch)
            .bind(LEASE_S)
            .fetch_all(&mut *connection)
            .await?;
        let mut events = Vec::with_capacity(rows.len());
        for row in rows {
            metrics::histogram!(
                "techmart_events_age_seconds",
                "schema" => self.schema, "consumer" => self.consumer
            )
            .record(row.try_get::<f64, _>("age_s")?);
            events.push(Event {
                event_id: row.try_get("event_id")?,
                kind: row.try_get("kind")?,
                aggregate_id: row.try_get("aggregate_id")?,
                payload: row.try_get("payload")?,
                attempts: row.try_get("attempts")?,
                created_at: row.try_get::<SqlxTimestamp, _>("created_at")?.to_jiff(),
            });
        }
        Ok(events)
    }

    async fn finish(&self, ids: &[Uuid]) -> Result<(), DbError> {
        if ids.is_empty() {
            return Ok(());
        }
        let sql = format!("select {}.finish_events_v1($1, $2)", self.schema);
        let mut connection = self.db.write().await?;
        // Safe: see `claim`.
        sqlx::query(AssertSqlSafe(sql))
            .bind(self.consumer)
            .bind(ids)
            .execute(&mut *connection)
            .await?;
        self.count("done", ids.len());
        Ok(())
    }

    async fn retry(&self, id: Uuid, attempts: i32, error: &anyhow::Error) -> Result<(), DbError> {
        let text: String = error_chain(error.as_ref())
            .chars()
            .take(ERROR_CHARS_MAX)
            .collect();
        tracing::warn!(
            schema = self.schema, consumer = self.consumer, event.id = %id,
            attempts, error = text, "event failed, it comes again"
        );
        let pause = backoff(u32::try_from(attempts).unwrap_or(u32::MAX));
        let seconds = i32::try_from(pause.as_secs().max(1)).unwrap_or(i32::MAX);
        let sql = format!("select {}.retry_event_v1($1, $2, $3, $4)", self.schema);
        let mut connection = self.db.write().await?;
        // Safe: see `claim`.
        sqlx::query(AssertSqlSafe(sql))
            .bind(self.consumer)
            .bind(id)
            .bind(seconds)
            .bind(text)
            .execute(&mut *connection)
            .await?;
        self.count("retry", 1);
        Ok(())
    }

    fn count(&self, outcome: &'static str, events: usize) {
        metrics::counter!(
            "techmart_events_total",
            "schema" => self.schema, "consumer" => self.consumer, "outcome" => outcome
        )
        .increment(u64::try_from(events).unwrap_or(u64::MAX));
    }
}

/// The handler's result. One that panics must not stop the others' events.
async fn guarded(handling: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    AssertUnwindSafe(handling)
        .catch_unwind()
        .await
        .unwrap_or_else(|_| Err(anyhow::anyhow!("the handler panicked")))
}
