//! Messages to shoppers: written when something happens to their order, sent while a server is configured.
//!
//! Writing follows events and happens once per message and cause. Sending is at least once: a process that dies between
//! the server's answer and the mark repeats one message.

use anyhow::Context as _;
use common::db::Db;
use common::events::{Event, Worker};
use common::jobs::Jobs;
use common::redis::Wakeups;
use contract_orders::OrderTokenKeys;
use jiff::SignedDuration;
use kernel::{OrderId, SharedClock};
use mail::{Mailer, NewMessage, Sender, Templates};

use crate::domain::message::{Happening, letter};
use crate::store::notifications::OUTBOX;
use crate::store::record::find_record;

/// How long the link in a message opens the order.
const LINK_LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 90);
/// Events taken at a time.
const BATCH: i32 = 20;

/// Writes messages.
#[derive(Debug, Clone)]
pub struct Writer {
    /// PostgreSQL.
    pub db: Db,
    /// The time.
    pub clock: SharedClock,
    /// Signs the link.
    pub token_keys: OrderTokenKeys,
    /// The public origin.
    pub origin: String,
    /// What messages say.
    pub templates: Templates,
}

impl Writer {
    /// Follows the events until the process stops.
    pub fn run(self, jobs: &Jobs, wakeups: Wakeups) {
        let worker = Worker::new(self.db.clone(), "orders", "mail", BATCH);
        worker.run(jobs, wakeups, move |event| {
            let writer = self.clone();
            async move { writer.write(&event).await }
        });
    }

    /// Writes the message of one event, if it calls for one.
    ///
    /// # Errors
    /// When the order cannot be read or the message not be kept.
    pub async fn write(&self, event: &Event) -> anyhow::Result<()> {
        let order_id = OrderId::from(event.aggregate_id);
        let now = self.clock.now();
        let mut conn = self.db.write().await?;
        let order = find_record(&mut conn, order_id, None).await?;
        let order = order.context("the order of the event is missing")?;
        let token = self.token_keys.sign(order_id, now + LINK_LIFETIME);
        // After the hash sign: a browser does not send it, so no log ever holds the token.
        let link = format!("{}/orders/{order_id}#token={token}", self.origin);
        let happening = Happening {
            kind: &event.kind,
            event_id: event.event_id,
            payload: &event.payload,
        };
        let Some(letter) = letter(&order, happening, &link)? else {
            return Ok(());
        };
        let content = self
            .templates
            .render(&format!("{}.jinja", letter.template), &letter.values)?;
        let new = NewMessage {
            template: letter.template,
            cause: letter.cause,
            recipient: &order.email,
            content: &content,
            secret: false,
            expires_at: None,
            now,
        };
        OUTBOX.insert(&mut conn, &new).await?;
        Ok(())
    }
}

/// Sends what was written until the process stops.
pub fn run_sender(db: Db, mailer: Mailer, clock: SharedClock, jobs: &Jobs) {
    let sender = Sender {
        db,
        outbox: OUTBOX,
        mailer,
        clock,
    };
    sender.run(jobs);
}
