//! Consumer `availability` of `stock.changed`: the word that lists show for a product follows its stock.

use common::db::{Db, retry_serialization};
use common::events::{Event, Worker};
use common::jobs::Jobs;
use common::redis::Wakeups;
use kernel::ProductId;

use crate::error::Error;
use crate::state::AppState;
use crate::store;

/// Name of the consumer in `catalog.subscription`.
pub const CONSUMER: &str = "availability";

/// Starts following, up to `batch` products at a time.
pub fn start(state: &AppState, batch: i32, wakeups: Wakeups, jobs: &Jobs) {
    let worker = Worker::new(
        Db::clone(&state.db),
        contract_catalog::feed::SCHEMA,
        CONSUMER,
        batch,
    );
    let state = state.clone();
    worker.run_batches(jobs, wakeups, move |events| {
        let state = state.clone();
        async move { handle(&state, &events).await }
    });
}

/// Refreshes those of the products whose word changed. Doing so again changes nothing.
async fn handle(state: &AppState, events: &[Event]) -> anyhow::Result<()> {
    let products: Vec<ProductId> = events
        .iter()
        .map(|event| ProductId::from_uuid(event.aggregate_id))
        .collect();
    refresh(state, &products).await
}

/// Takes the word of products over from their stock, where it is another one, and tells the caches.
pub(super) async fn refresh(state: &AppState, products: &[ProductId]) -> anyhow::Result<()> {
    let refreshed = retry_serialization(|| async {
        let mut tx = state.db.begin().await?;
        let refreshed =
            store::refresh::refresh_stale_products(&mut tx, products, state.currency).await?;
        tx.commit().await?;
        Ok::<_, Error>(refreshed)
    })
    .await?;
    if !refreshed.is_empty() {
        state.cache.forget_products(&refreshed).await;
        state.cache.wake_consumers().await;
    }
    Ok(())
}
