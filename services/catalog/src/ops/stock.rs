//! Stock: comparing its counters with what they must be, and laying out hot variants.

use anyhow::Context as _;
use common::db::Db;
use kernel::{Clock, VariantId};

use crate::domain::stock_audit::StockAudit;
use crate::store;

/// Differences that a comparison writes down at most.
pub const DIFFERENCES_MAX: i64 = 1000;
/// Differences that are told in the log, one by one.
const LOGGED_MAX: usize = 10;

/// Compares every counter of stock with the ledger and the reservations, writes the result down and raises the alarm if
/// there is a difference. `None` where another instance is at it.
///
/// # Errors
/// When the database fails.
pub async fn reconcile(
    db: &Db,
    clock: &dyn Clock,
    cause: &str,
) -> anyhow::Result<Option<StockAudit>> {
    let mut tx = db.begin().await?;
    if !store::stock_audit::try_lock(&mut tx).await? {
        return Ok(None);
    }
    store::stock_audit::lift_timeout(&mut tx).await?;
    let started_at = clock.now();
    let levels = store::stock_audit::count_levels(&mut tx).await?;
    let found = store::stock_audit::list_differences(&mut tx, DIFFERENCES_MAX).await?;
    let mut audit = StockAudit {
        id: 0,
        cause: cause.to_owned(),
        levels,
        differences: i64::try_from(found.len()).unwrap_or(i64::MAX),
        started_at,
        finished_at: clock.now(),
        found,
    };
    audit.id = store::stock_audit::insert_audit(&mut tx, &audit).await?;
    tx.commit().await?;
    report(&audit);
    Ok(Some(audit))
}

/// Tells the log; a difference is an alarm.
fn report(audit: &StockAudit) {
    show(audit.differences);
    if audit.found.is_empty() {
        tracing::info!(audit.id, levels = audit.levels, "stock is as booked");
        return;
    }
    tracing::error!(
        audit.id,
        levels = audit.levels,
        differences = audit.differences,
        "stock differs from its ledger or its reservations; a person must look"
    );
    for difference in audit.found.iter().take(LOGGED_MAX) {
        tracing::error!(
            audit.id, rule = difference.rule, variant.id = %difference.variant_id, location.id = %difference.location_id,
            slot = difference.slot, expected = difference.expected, found = difference.found, "stock differs"
        );
    }
}

/// Shows the differences of the last comparison as a metric.
pub fn show(differences: i64) {
    let differences = u32::try_from(differences).unwrap_or(u32::MAX);
    metrics::gauge!("techmart_catalog_stock_differences").set(f64::from(differences));
}

/// Lays the stock of the variant with this SKU into so many slots, for good; with `None` into one that follows the demand.
///
/// # Errors
/// When there is no such variant, the number is out of range, or the database fails.
pub async fn lay_slots(db: &Db, sku: &str, slots: Option<i16>) -> anyhow::Result<VariantId> {
    let mut tx = db.begin().await?;
    let variant_id = store::slots::find_variant(&mut tx, sku)
        .await?
        .with_context(|| format!("no variant has the SKU {sku}"))?;
    let (number, fixed) = slots.map_or((1, false), |number| (number, true));
    store::slots::split_slots(&mut tx, variant_id, number, fixed, "operator").await?;
    tx.commit().await?;
    Ok(variant_id)
}
