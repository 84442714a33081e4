//! What a shop begins with: its category tree and tax rates.

use std::io::Write;

use common::db::DbError;

use super::Workshop;
use crate::store;
use crate::store::reference::TaxRateRow;
use crate::taxonomy::{Category, Taxonomy};

mod tax;

/// What a seed changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seeded {
    /// Categories made or changed.
    pub categories: u64,
    /// Tax rates made.
    pub tax_rates: u64,
}

/// Brings everything that is missing. Run again it changes nothing.
///
/// # Errors
/// When the database fails.
pub async fn run(workshop: &Workshop, progress: super::import::OnProgress<'_>) -> anyhow::Result<Seeded> {
    let mut seeded = Seeded { categories: write_categories(workshop).await?, ..Seeded::default() };
    let rates: Vec<TaxRateRow> = tax::rates().collect();
    let mut conn = workshop.db.write().await?;
    seeded.tax_rates = store::reference::insert_tax_rates(&mut conn, &rates).await?;
    drop(conn);
    progress(1, 1);
    Ok(seeded)
}

/// Brings the category tree, groups before their leaves. How many categories changed.
///
/// # Errors
/// When the database fails.
pub async fn write_categories(workshop: &Workshop) -> Result<u64, DbError> {
    let (groups, leaves): (Vec<&Category>, Vec<&Category>) =
        Taxonomy::shop().categories().iter().partition(|category| category.parent.is_none());
    let mut tx = workshop.db.begin().await?;
    let mut changed = store::reference::upsert_categories(&mut tx, &groups).await?;
    changed += store::reference::upsert_categories(&mut tx, &leaves).await?;
    tx.commit().await?;
    if changed > 0 {
        workshop.cache.forget_lists().await;
    }
    Ok(changed)
}

impl Seeded {
    /// Writes what changed for a person.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn print(&self, out: &mut impl Write) -> std::io::Result<()> {
        writeln!(out, "Seeded: {} categories, {} tax rates changed", self.categories, self.tax_rates)
    }
}
