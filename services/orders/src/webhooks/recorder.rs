//! Follows the events of orders: numbers them, keeps what is told, and plans deliveries.

use common::events::{Event, Worker};
use common::jobs::Jobs;
use common::redis::Wakeups;
use kernel::{EventId, OrderId};

use super::store::events::NewEvent;
use super::store::{deliveries, endpoints, events};
use super::{Webhooks, message, snapshot};

/// The name under which `orders.subscription` knows it.
pub const CONSUMER: &str = "webhooks";

/// Follows the events until the process stops.
pub fn run(webhooks: Webhooks, jobs: &Jobs, wakeups: Wakeups) {
    let worker = Worker::new(webhooks.db.clone(), "orders", CONSUMER, 20);
    worker.run(jobs, wakeups, move |event| {
        let webhooks = webhooks.clone();
        async move { record(&webhooks, &event).await }
    });
}

/// Gives an event the next number of its order and plans it for every endpoint that wants it. An event that comes again
/// changes nothing. While there is no endpoint nothing is kept.
///
/// # Errors
/// When the order cannot be read or the event not be kept.
pub async fn record(webhooks: &Webhooks, event: &Event) -> anyhow::Result<()> {
    let id = EventId::from(event.event_id);
    let order_id = OrderId::from(event.aggregate_id);
    let now = webhooks.clock.now();
    let mut tx = webhooks.db.begin().await?;
    if !endpoints::any_exists(&mut tx).await? {
        return Ok(());
    }
    let last = events::lock_counter(&mut tx, order_id).await?;
    if events::exists(&mut tx, id).await? {
        return Ok(());
    }
    let (order, currency) = snapshot::order(&mut tx, order_id).await?;
    let data = message::data(&order, &event.payload, currency);
    let seq = last.saturating_add(1);
    let new = NewEvent {
        id,
        place: Some((order_id, seq)),
        kind: &event.kind,
        data: &data,
        occurred_at: event.created_at,
    };
    events::insert(&mut tx, &new, now).await?;
    events::update_counter(&mut tx, order_id, seq).await?;
    deliveries::insert_for_all(&mut tx, id, now).await?;
    tx.commit().await?;
    Ok(())
}
