//! What is ordered: the events of orders, counted per product. Nothing is known here of who ordered.

use common::db::Db;
use common::events::{Event, Worker};
use common::jobs::Jobs;
use common::redis::Cache;
use kernel::OrderId;

use crate::store::signals::{self, PlacedOrder};

/// Schema whose outbox holds the events.
const SCHEMA: &str = "orders";
/// Events taken at a time.
const BATCH: i32 = 200;

/// Follows the events until the process stops.
pub fn run(db: &Db, cache: &Cache, jobs: &Jobs) {
    let worker = Worker::new(db.clone(), SCHEMA, "search", BATCH);
    let wakeups = cache.subscribe_wakeups(SCHEMA, jobs);
    let db = db.clone();
    worker.run_batches(jobs, wakeups, move |events| {
        let db = db.clone();
        async move { apply(&db, &events).await }
    });
}

/// Counts the products of orders that were placed, and takes those back that were cancelled. An order counts once, and is
/// taken back once, however often and in whatever order its events come.
///
/// # Errors
/// When the database fails; the events are delivered again then.
pub async fn apply(db: &Db, events: &[Event]) -> anyhow::Result<()> {
    let of_kind = |kind: &str| {
        let mut orders: Vec<PlacedOrder> = events
            .iter()
            .filter(|event| event.kind == kind)
            .map(|event| PlacedOrder {
                order_id: OrderId::from(event.aggregate_id),
                at: event.created_at,
            })
            .collect();
        orders.sort_unstable_by_key(|order| order.order_id);
        orders.dedup_by_key(|order| order.order_id);
        orders
    };
    let (placed, cancelled) = (of_kind("order.placed"), of_kind("order.cancelled"));
    let mut tx = db.begin().await?;
    if !placed.is_empty() {
        signals::add_orders(&mut tx, &placed).await?;
    }
    if !cancelled.is_empty() {
        signals::take_orders_back(&mut tx, &cancelled).await?;
    }
    tx.commit().await?;
    Ok(())
}
