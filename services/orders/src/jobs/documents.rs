//! Invoices and credit notes: issued when money was taken or went back.

use std::sync::Arc;

use anyhow::Context as _;
use common::db::Db;
use common::events::{Event, Worker};
use common::jobs::Jobs;
use common::redis::Wakeups;
use kernel::{OrderId, RefundId, SharedClock};
use uuid::Uuid;

use crate::domain::paper::Papers;
use crate::ops::issue_document::{issue_credit_note, issue_invoice};

/// Events taken at a time.
const BATCH: i32 = 20;

/// Issues documents.
#[derive(Debug, Clone)]
pub struct Clerk {
    /// PostgreSQL.
    pub db: Db,
    /// The time.
    pub clock: SharedClock,
    /// What documents say about the shop.
    pub papers: Arc<Papers>,
}

impl Clerk {
    /// Follows the events until the process stops.
    pub fn run(self, jobs: &Jobs, wakeups: Wakeups) {
        let worker = Worker::new(self.db.clone(), "orders", "documents", BATCH);
        worker.run(jobs, wakeups, move |event| {
            let clerk = self.clone();
            async move { clerk.issue(&event).await }
        });
    }

    /// Issues what an event calls for; called again it finds it done.
    ///
    /// # Errors
    /// When the order cannot be read or the document not be kept.
    pub async fn issue(&self, event: &Event) -> anyhow::Result<()> {
        let order_id = OrderId::from(event.aggregate_id);
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        if event.kind == "refund.succeeded" {
            let refund = event.payload.get("refund_id").and_then(|id| id.as_str());
            let refund: Uuid = refund.context("an event without its refund")?.parse()?;
            issue_credit_note(&mut tx, &self.papers, order_id, RefundId::from(refund), now).await?;
        } else {
            issue_invoice(&mut tx, &self.papers, order_id, now).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
