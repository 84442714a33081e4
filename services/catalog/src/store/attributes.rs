//! Attribute definitions.

use std::collections::BTreeMap;

use sqlx::PgConnection;

use crate::domain::attribute::{AttributeDefinition, AttributeKind};
use crate::domain::meanings::Meaning;

/// Attribute definitions after `after`, by code.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list_attributes(
    conn: &mut PgConnection,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<AttributeDefinition>, sqlx::Error> {
    let rows = sqlx::query!(
        "select code, name, kind, unit, filterable, highlight from catalog.attribute
          where $1::text is null or code > $1 order by code limit $2",
        after,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| AttributeDefinition {
            code: row.code,
            name: row.name,
            kind: AttributeKind::from_stored(&row.kind),
            unit: row.unit,
            filterable: row.filterable,
            highlight: row.highlight,
        })
        .collect())
}

/// The kinds of those codes that are defined.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list_kinds(
    conn: &mut PgConnection,
    codes: &[String],
) -> Result<BTreeMap<String, AttributeKind>, sqlx::Error> {
    let rows = sqlx::query!(
        "select code, kind from catalog.attribute where code = any ($1)",
        codes
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.code, AttributeKind::from_stored(&row.kind)))
        .collect())
}

/// The types and units of those codes that are defined.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list_meanings(
    conn: &mut PgConnection,
    codes: &[String],
) -> Result<BTreeMap<String, Meaning>, sqlx::Error> {
    let rows = sqlx::query!(
        "select code, kind, unit from catalog.attribute where code = any ($1)",
        codes
    )
    .fetch_all(conn)
    .await?;
    let meaning = |kind: &str, unit| (AttributeKind::from_stored(kind), unit);
    Ok(rows
        .into_iter()
        .map(|row| (row.code, meaning(&row.kind, row.unit)))
        .collect())
}

/// Defines an attribute. False if its code is taken.
///
/// # Errors
/// When the database fails.
pub async fn insert_attribute(
    conn: &mut PgConnection,
    attribute: &AttributeDefinition,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "insert into catalog.attribute (code, name, kind, unit, filterable, highlight)
         values ($1, $2, $3, $4, $5, $6) on conflict (code) do nothing",
        attribute.code,
        attribute.name,
        attribute.kind.as_str(),
        attribute.unit,
        attribute.filterable,
        attribute.highlight
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}
