//! What products refer to and the shop itself brings: categories, attribute definitions, tax rates.

use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use crate::domain::attribute::AttributeDefinition;
use crate::taxonomy::Category;
use kernel::CategoryId;

/// The tax on a class of goods in a place.
#[derive(Debug, Clone, Copy)]
pub struct TaxRateRow {
    /// ISO 3166-1 alpha-2.
    pub country: &'static str,
    /// State or province; empty for the whole country.
    pub region: &'static str,
    /// Parts per million.
    pub rate_ppm: i32,
    /// Whether prices already hold it.
    pub included: bool,
}

/// Inserts or updates one level of the tree; parents must be there. How many rows changed.
///
/// # Errors
/// When the database fails.
pub async fn upsert_categories(conn: &mut PgConnection, categories: &[&Category]) -> Result<u64, sqlx::Error> {
    let rows: Vec<serde_json::Value> = categories
        .iter()
        .map(|category| {
            serde_json::json!({
                "category_id": CategoryId::generate().uuid(), "slug": category.slug, "name": category.name,
                "art": category.art, "position": category.position, "parent": category.parent,
            })
        })
        .collect();
    let done = sqlx::query!(
        "insert into catalog.category (category_id, parent_id, slug, name, path, art, position)
         select n.category_id, p.category_id, n.slug, n.name, coalesce(p.path || '/', '') || n.slug, n.art, n.position
           from jsonb_to_recordset($1) as n (category_id uuid, slug text, name text, art text, position int, parent text)
           left join catalog.category p on p.slug = n.parent
         on conflict (slug) do update
            set parent_id = excluded.parent_id, name = excluded.name, path = excluded.path, art = excluded.art,
                position = excluded.position
          where (category.parent_id, category.name, category.path, category.art, category.position)
                is distinct from (excluded.parent_id, excluded.name, excluded.path, excluded.art, excluded.position)",
        Json(rows) as _
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Inserts or updates attribute definitions. How many rows changed. The type of a known one stays, because values
/// of it are stored.
///
/// # Errors
/// When the database fails.
pub async fn upsert_attributes(
    conn: &mut PgConnection,
    attributes: &[AttributeDefinition],
) -> Result<u64, sqlx::Error> {
    let done = sqlx::query!(
        "insert into catalog.attribute (code, name, kind, unit, filterable, highlight)
         select a.code, a.name, a.kind, a.unit, a.filterable, a.highlight
           from jsonb_to_recordset($1) as a (code text, name text, kind text, unit text, filterable boolean, highlight int)
         on conflict (code) do update
            set name = excluded.name, unit = excluded.unit, filterable = excluded.filterable, highlight = excluded.highlight
          where (attribute.name, attribute.unit, attribute.filterable, attribute.highlight)
                is distinct from (excluded.name, excluded.unit, excluded.filterable, excluded.highlight)",
        Json(attributes) as _
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Inserts tax rates of the class `standard` that are missing; known ones stay as staff set them. How many rows changed.
///
/// # Errors
/// When the database fails.
pub async fn insert_tax_rates(conn: &mut PgConnection, rates: &[TaxRateRow]) -> Result<u64, sqlx::Error> {
    let rows: Vec<serde_json::Value> = rates
        .iter()
        .map(|rate| {
            serde_json::json!({
                "country": rate.country, "region": rate.region, "rate_ppm": rate.rate_ppm, "included": rate.included,
            })
        })
        .collect();
    let done = sqlx::query!(
        "insert into catalog.tax_rate (country, region, tax_class, rate_ppm, included)
         select r.country, r.region, 'standard', r.rate_ppm, r.included
           from jsonb_to_recordset($1) as r (country text, region text, rate_ppm int, included boolean)
         on conflict do nothing",
        Json(rows) as _
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// The ids of all categories by slug.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list_category_slugs(conn: &mut PgConnection) -> Result<Vec<(String, Uuid)>, sqlx::Error> {
    let rows = sqlx::query!("select slug, category_id from catalog.category").fetch_all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.slug, row.category_id)).collect())
}
