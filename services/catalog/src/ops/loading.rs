//! What loading products takes, wherever they come from: progress, the category tree, attributes.

use common::db::DbError;

use super::Workshop;
use crate::domain::attribute::{AttributeDefinition, AttributeKind};
use crate::import::{Attribute, AttributeValue};
use crate::store;
use crate::taxonomy::{Category, Taxonomy};

/// Tells how far the loading is: rows done and rows in all.
pub type OnProgress<'a> = &'a (dyn Fn(u64, u64) + Sync);

/// Brings the category tree, groups before their leaves. How many categories changed.
///
/// # Errors
/// When the database fails.
pub async fn write_categories(workshop: &Workshop) -> Result<u64, DbError> {
    let (groups, leaves): (Vec<&Category>, Vec<&Category>) = Taxonomy::shop()
        .categories()
        .iter()
        .partition(|category| category.parent.is_none());
    let mut tx = workshop.db.begin().await?;
    let mut changed = store::reference::upsert_categories(&mut tx, &groups).await?;
    changed += store::reference::upsert_categories(&mut tx, &leaves).await?;
    tx.commit().await?;
    if changed > 0 {
        workshop.cache.forget_lists().await;
    }
    Ok(changed)
}

/// An attribute with what its code means in the source.
pub(super) fn attribute(attribute: Attribute) -> (AttributeDefinition, serde_json::Value) {
    let (kind, value) = match attribute.value {
        AttributeValue::Boolean(value) => (AttributeKind::Boolean, value.into()),
        AttributeValue::Number(value) => (AttributeKind::Number, value.into()),
        AttributeValue::Text(value) => (AttributeKind::Text, value.into()),
    };
    let definition = AttributeDefinition {
        code: attribute.code,
        name: attribute.name,
        kind,
        unit: attribute.unit,
        filterable: false,
        highlight: None,
    };
    (definition, value)
}
