//! Messages to shoppers: written when an order is placed, sent while a server is configured.
//!
//! Writing follows the event `order.placed` and happens once per order. Sending is at least once: a process that dies
//! between the server's answer and the mark repeats one message.

use std::time::Duration;

use anyhow::Context as _;
use common::db::Db;
use common::events::{Event, Worker};
use common::jobs::Jobs;
use common::redis::Wakeups;
use contract_orders::OrderTokenKey;
use jiff::SignedDuration;
use kernel::{OrderId, SharedClock};
use mail::Mailer;

use crate::domain::message::{CONFIRMATION, confirmation};
use crate::store::{notifications, orders};

/// How long the link in a message opens the order.
const LINK_LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 90);
/// How often unsent messages are looked for.
const SEND_INTERVAL: Duration = Duration::from_secs(2);
/// Messages taken at a time, and seconds until another process may take them; grows with every attempt.
const SEND_BATCH: i64 = 20;
const SEND_LEASE_S: i32 = 60;

/// Writes messages.
#[derive(Debug, Clone)]
pub struct Writer {
    /// PostgreSQL.
    pub db: Db,
    /// The time.
    pub clock: SharedClock,
    /// Signs the link.
    pub token_key: OrderTokenKey,
    /// The public origin.
    pub origin: String,
}

impl Writer {
    /// Follows the events until the process stops.
    pub fn run(self, jobs: &Jobs, wakeups: Wakeups) {
        let worker = Worker::new(self.db.clone(), "orders", "mail", 20);
        worker.run(jobs, wakeups, move |event| {
            let writer = self.clone();
            async move { writer.write(&event).await }
        });
    }

    /// Writes the message of one event.
    ///
    /// # Errors
    /// When the order cannot be read or the message not be kept.
    pub async fn write(&self, event: &Event) -> anyhow::Result<()> {
        let order_id = OrderId::from(event.aggregate_id);
        let mut conn = self.db.write().await?;
        let order = orders::find_order(&mut conn, order_id, None).await?;
        let order = order.context("the order of the event is missing")?;
        let token = self
            .token_key
            .sign(order_id, self.clock.now() + LINK_LIFETIME);
        // After the hash sign: a browser does not send it, so no log ever holds the token.
        let link = format!("{}/orders/{order_id}#token={token}", self.origin);
        let message = confirmation(&order, &link);
        notifications::insert_notification(
            &mut conn,
            order_id,
            CONFIRMATION,
            &order.email,
            &message,
        )
        .await?;
        Ok(())
    }
}

/// Sends what was written until the process stops.
pub fn run_sender(db: Db, mailer: Mailer, jobs: &Jobs) {
    jobs.every("send messages", SEND_INTERVAL, move || {
        let (db, mailer) = (db.clone(), mailer.clone());
        async move { send_batch(&db, &mailer).await }
    });
}

async fn send_batch(db: &Db, mailer: &Mailer) -> anyhow::Result<()> {
    let mut conn = db.write().await?;
    let unsent = notifications::claim_unsent(&mut conn, SEND_BATCH, SEND_LEASE_S).await?;
    drop(conn);
    for item in unsent {
        match mailer
            .send(&item.recipient, &item.message.subject, item.message.body)
            .await
        {
            Ok(()) => {
                let mut conn = db.write().await?;
                notifications::update_sent(&mut conn, item.order_id, &item.template).await?;
                metrics::counter!("techmart_orders_messages_total", "outcome" => "sent")
                    .increment(1);
            }
            Err(error) => {
                metrics::counter!("techmart_orders_messages_total", "outcome" => "failed")
                    .increment(1);
                tracing::warn!(order.id = %item.order_id, template = item.template, error = &error as &dyn std::error::Error,
                    "a message was not sent; it is tried again");
            }
        }
    }
    Ok(())
}
