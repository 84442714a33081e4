//! What the audit log says of a write.

use common::access::CurrentUser;
use common::audit::{Audit, Entry};
use common::extract::RequestMeta;
use jiff::Timestamp;
use kernel::{ProductId, VariantId};
use serde_json::{Map, Value};
use sqlx::PgConnection;

use crate::domain::admin::AdminProduct;
use crate::error::Error;

/// The log of this service.
pub(super) const AUDIT: Audit = Audit::new("catalog");

/// Members that follow from others, or change with every write.
const DERIVED: [&str; 6] = [
    "variants",
    "availability",
    "version",
    "created_at",
    "updated_at",
    "stock",
];

/// A change to a product or to one of its variants.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change<'a> {
    /// `noun.verb`.
    pub(super) action: &'static str,
    /// The variant that it is about; none for the product.
    pub(super) variant: Option<VariantId>,
    /// The product before; none where it is new.
    pub(super) before: Option<&'a AdminProduct>,
}

/// Writes down what a change changed. One that changed nothing leaves no trace.
pub(super) async fn append(
    conn: &mut PgConnection,
    (staff, meta): (&CurrentUser, &RequestMeta),
    change: Change<'_>,
    after: &AdminProduct,
    now: Timestamp,
) -> Result<(), Error> {
    let before = change
        .before
        .map(|product| picture(product, change.variant))
        .unwrap_or_default();
    let (was, is) = difference(&before, &picture(after, change.variant));
    if was.is_empty() && is.is_empty() {
        return Ok(());
    }
    let (object_type, object_id) = object(after.id, change.variant);
    let mut entry = Entry::new(staff, change.action, object_type, object_id)
        .at(now)
        .request(meta);
    if !was.is_empty() {
        entry = entry.before(Value::Object(was));
    }
    if !is.is_empty() {
        entry = entry.after(Value::Object(is));
    }
    AUDIT.append(conn, &entry).await?;
    Ok(())
}

fn object(product: ProductId, variant: Option<VariantId>) -> (&'static str, String) {
    match variant {
        Some(variant) => ("variant", variant.to_string()),
        None => ("product", product.to_string()),
    }
}

/// The members of a product, or of one of its variants, that somebody sets.
fn picture(product: &AdminProduct, variant: Option<VariantId>) -> Map<String, Value> {
    let value = match variant {
        None => serde_json::to_value(product),
        Some(id) => serde_json::to_value(product.variants.iter().find(|variant| variant.id == id)),
    };
    match value {
        Ok(Value::Object(mut members)) => {
            members.retain(|name, _| !DERIVED.contains(&name.as_str()));
            // What lists show follows from the variants' prices.
            if variant.is_none() {
                members.remove("price");
            }
            members
        }
        _ => Map::new(),
    }
}

/// The members that differ, as they were and as they are.
fn difference(
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> (Map<String, Value>, Map<String, Value>) {
    let was = before
        .iter()
        .filter(|(name, value)| after.get(*name) != Some(value))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let is = after
        .iter()
        .filter(|(name, value)| before.get(*name) != Some(value))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    (was, is)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn members(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(members) => members,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn only_what_changed_is_kept() {
        let (was, is) = difference(
            &members(json!({"title": "A", "status": "draft", "gone": 1})),
            &members(json!({"title": "B", "status": "draft", "new": 2})),
        );
        assert_eq!(Value::Object(was), json!({"title": "A", "gone": 1}));
        assert_eq!(Value::Object(is), json!({"title": "B", "new": 2}));
    }
}
