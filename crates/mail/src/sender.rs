//! Sends what the outbox holds, until the process stops. At least once: a process that dies between
//! the server's answer and the mark repeats one message, with the same `Message-ID`.

use std::error::Error as _;
use std::time::Duration;

use common::db::Db;
use common::jobs::Jobs;
use futures::StreamExt as _;
use jiff::SignedDuration;
use kernel::SharedClock;

use crate::outbox::{ATTEMPTS_MAX, Claimed, Outbox};
use crate::smtp::{MailError, Mailer};

/// How often messages are looked for.
const INTERVAL: Duration = Duration::from_secs(1);
/// Messages taken at a time, and sent at the same time: with the deadline of one send (15 s) all of
/// them are done well within the lease.
const BATCH: i64 = 10;
const PARALLEL: usize = 5;
const LEASE: SignedDuration = SignedDuration::from_mins(2);

/// Sends the messages of one schema.
#[derive(Debug, Clone)]
pub struct Sender {
    /// The database.
    pub db: Db,
    /// The messages.
    pub outbox: Outbox,
    /// The server.
    pub mailer: Mailer,
    /// The time.
    pub clock: SharedClock,
}

impl Sender {
    /// Runs until the process stops. Any number of processes may run it.
    pub fn run(self, jobs: &Jobs) {
        let stop = jobs.stopping();
        jobs.every("send messages", INTERVAL, move || {
            let (sender, stop) = (self.clone(), stop.clone());
            async move {
                while !stop.is_cancelled() && sender.send_batch().await? > 0 {}
                Ok(())
            }
        });
    }

    /// Sends the messages that are due, some at a time. How many were taken.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn send_batch(&self) -> anyhow::Result<usize> {
        let mut conn = self.db.write().await?;
        let now = self.clock.now();
        let claimed = self.outbox.claim(&mut conn, now, LEASE, BATCH).await?;
        drop(conn);
        let taken = claimed.len();
        let mut outcomes = futures::stream::iter(claimed)
            .map(|message| async move { self.send(&message).await })
            .buffer_unordered(PARALLEL);
        let mut outcome = Ok(taken);
        while let Some(sent) = outcomes.next().await {
            outcome = outcome.and_then(|taken| sent.map(|()| taken));
        }
        outcome
    }

    async fn send(&self, message: &Claimed) -> anyhow::Result<()> {
        let sent = self
            .mailer
            .send(message.id, &message.recipient, &message.content)
            .await;
        let (now, schema) = (self.clock.now(), self.outbox.schema);
        let mut conn = self.db.write().await?;
        let outcome = match sent {
            Ok(()) => {
                self.outbox.mark_sent(&mut conn, message.id, now).await?;
                "sent"
            }
            Err(error) => {
                let text = reason(&error);
                self.outbox
                    .mark_failed(&mut conn, message, &text, now)
                    .await?;
                tracing::warn!(
                    message_id = %message.id, template = message.template, attempts = message.attempts,
                    error = text, last = message.attempts >= ATTEMPTS_MAX, "a message was not sent"
                );
                "failed"
            }
        };
        metrics::counter!("techmart_messages_total", "schema" => schema, "outcome" => outcome)
            .increment(1);
        Ok(())
    }
}

/// The error and what is behind it, in one line.
fn reason(error: &MailError) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
