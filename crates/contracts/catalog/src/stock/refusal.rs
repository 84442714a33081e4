//! What the database says when it refuses.

use kernel::VariantId;
use serde::Deserialize;
use sqlx::error::DatabaseError;
use uuid::Uuid;

/// A variant of which there is too little.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shortage {
    /// The variant.
    pub variant_id: VariantId,
    /// Units asked for, over all lines.
    pub requested: i32,
    /// Units that could be had.
    pub available: i32,
}

#[derive(Deserialize)]
struct ShortageDetail {
    variant_id: Uuid,
    requested: i32,
    available: i32,
}

/// The SQLSTATE of a refusal; `None` where the database did not answer.
pub(super) fn state(error: &sqlx::Error) -> Option<String> {
    error
        .as_database_error()
        .and_then(DatabaseError::code)
        .map(std::borrow::Cow::into_owned)
}

/// The shortages that a refusal lists; none where it lists nothing readable.
pub(super) fn shortages(error: &sqlx::Error) -> Vec<Shortage> {
    let detail = error
        .as_database_error()
        .and_then(|e| e.try_downcast_ref::<sqlx::postgres::PgDatabaseError>())
        .and_then(sqlx::postgres::PgDatabaseError::detail)
        .unwrap_or("[]");
    let shortages: Vec<ShortageDetail> = serde_json::from_str(detail).unwrap_or_default();
    shortages
        .into_iter()
        .map(|s| Shortage {
            variant_id: s.variant_id.into(),
            requested: s.requested,
            available: s.available,
        })
        .collect()
}

/// Lines as the two arrays that the functions take.
pub(super) fn arrays(lines: &[(VariantId, kernel::Quantity)]) -> (Vec<Uuid>, Vec<i32>) {
    lines
        .iter()
        .map(|(id, quantity)| (id.uuid(), i32::from(*quantity)))
        .unzip()
}
