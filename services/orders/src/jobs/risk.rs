//! Review: an order whose total is above the limit is held back when it is placed.

use std::sync::Arc;

use anyhow::Context as _;
use common::db::Db;
use common::events::{Event, Worker};
use common::jobs::Jobs;
use common::redis::Wakeups;
use contract_orders::OrderState;
use kernel::OrderId;

use crate::domain::allowed::Policy;
use crate::store;
use crate::store::steps::Who;

/// Events taken at a time.
const BATCH: i32 = 20;
/// Who holds orders back.
const SYSTEM: Who = Who {
    kind: "system",
    id: None,
};

/// Holds orders back.
#[derive(Debug, Clone)]
pub struct Reviewer {
    /// PostgreSQL.
    pub db: Db,
    /// The rules of the shop.
    pub policy: Arc<Policy>,
}

impl Reviewer {
    /// Follows the events until the process stops.
    pub fn run(self, jobs: &Jobs, wakeups: Wakeups) {
        let worker = Worker::new(self.db.clone(), "orders", "risk", BATCH);
        worker.run(jobs, wakeups, move |event| {
            let reviewer = self.clone();
            async move { reviewer.review(&event).await }
        });
    }

    /// Holds the order of an event back, where the rule says so and nothing of it is being packed yet.
    ///
    /// # Errors
    /// When the order cannot be read or changed.
    pub async fn review(&self, event: &Event) -> anyhow::Result<()> {
        let Some(limit) = self.policy.hold_over_minor else {
            return Ok(());
        };
        let order_id = OrderId::from(event.aggregate_id);
        let mut tx = self.db.begin().await?;
        store::record::lock_order(&mut tx, order_id).await?;
        let order = store::record::find_record(&mut tx, order_id, None).await?;
        let order = order.context("the order of the event is missing")?;
        // An event comes again after a failure: an order that was released stays released.
        let reviewed = order.timeline.iter().any(|step| step.kind == "order.held");
        if order.state != OrderState::Placed
            || order.has_planned()
            || reviewed
            || order.total_minor <= limit
        {
            return Ok(());
        }
        let reason = Some("the total is above the limit for review");
        let to = OrderState::OnHold;
        store::steps::update_state(&mut tx, order_id, to, "order.held", SYSTEM, reason).await?;
        tx.commit().await?;
        Ok(())
    }
}
