//! Splits the stock of hot variants, so that buyers do not wait for each other, and merges it when they cool down. What
//! lists say of variants in several slots follows here: they tell nobody while there is plenty.

use common::db::retry_serialization;
use kernel::ProductId;

use super::follow_stock;
use crate::config::StockSettings;
use crate::error::Error;
use crate::state::AppState;
use crate::store;
use crate::store::slots::Heat;

/// Looks at what was held lately and lays out at most `slots_batch` variants, each in a transaction of its own. All
/// instances ask; one does it. How many were laid out.
///
/// # Errors
/// When the database fails; what was done until then stays so.
pub async fn run(state: &AppState, settings: &StockSettings) -> anyhow::Result<usize> {
    let mut guard = state.db.begin().await?;
    if !store::slots::try_lock(&mut guard).await? {
        return Ok(0);
    }
    let heat = store::slots::list_heat(
        &mut guard,
        settings.heat_window_s,
        settings.heat_movements_max,
        settings.slots.hot_holds,
    )
    .await?;
    let mut done = 0;
    for (variant, slots) in heat
        .iter()
        .filter_map(|variant| Some((variant, wanted(variant, settings)?)))
        .take(settings.slots_batch)
    {
        lay(state, variant, slots).await?;
        done += 1;
    }
    guard.commit().await?;
    let products: Vec<ProductId> = heat
        .iter()
        .filter(|variant| variant.slots > 1)
        .map(|variant| variant.product_id)
        .collect();
    if !products.is_empty() {
        follow_stock::refresh(state, &products).await?;
    }
    Ok(done)
}

fn wanted(variant: &Heat, settings: &StockSettings) -> Option<i16> {
    let wanted = settings
        .slots
        .wanted(variant.holds, variant.slots, variant.free);
    wanted.filter(|_| !variant.fixed)
}

async fn lay(state: &AppState, variant: &Heat, slots: i16) -> Result<(), Error> {
    retry_serialization(|| async {
        let mut tx = state.db.begin().await?;
        store::slots::split_slots(&mut tx, variant.variant_id, slots, false, "system").await?;
        tx.commit().await?;
        Ok::<_, Error>(())
    })
    .await?;
    metrics::counter!("techmart_catalog_slot_changes_total").increment(1);
    tracing::info!(
        variant.id = %variant.variant_id, holds = variant.holds, from = variant.slots, to = slots, "stock laid out"
    );
    Ok(())
}
