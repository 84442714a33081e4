//! Consumer `availability` of `stock.changed`: the word that lists show for a product follows its stock.

use common::db::retry_serialization;
use common::events::Event;
use kernel::ProductId;

use crate::error::Error;
use crate::state::AppState;
use crate::store;

/// Name of the consumer in `catalog.subscription`.
pub const CONSUMER: &str = "availability";

/// Refreshes the product that the event is about. Doing so again changes nothing but its version.
///
/// # Errors
/// When the database fails.
pub async fn handle(state: &AppState, event: &Event) -> anyhow::Result<()> {
    let product_id = ProductId::from_uuid(event.aggregate_id);
    let refreshed = retry_serialization(|| async {
        let mut tx = state.db.begin().await?;
        let refreshed =
            store::refresh::refresh_products(&mut tx, &[product_id], state.currency).await?;
        tx.commit().await?;
        Ok::<_, Error>(refreshed)
    })
    .await?;
    state.cache.forget_products(&refreshed).await;
    Ok(())
}

