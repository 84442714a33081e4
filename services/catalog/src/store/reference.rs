//! What products refer to and the shop itself brings: categories, tax rates, the attributes on cards.

use kernel::CategoryId;
use sqlx::PgConnection;
use sqlx::types::Json;

use crate::domain::tax::TaxClass;
use crate::taxonomy::Category;

/// The tax on a class of goods in a place.
#[derive(Debug, Clone)]
pub struct TaxRateRow {
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// State or province; empty for the whole country.
    pub region: String,
    /// Class of goods.
    pub class: TaxClass,
    /// Parts per million.
    pub rate_ppm: i32,
    /// Whether prices already hold it.
    pub included: bool,
}

/// Inserts or updates one level of the tree; parents must be there. How many rows changed.
///
/// # Errors
/// When the database fails.
pub async fn upsert_categories(
    conn: &mut PgConnection,
    categories: &[&Category],
) -> Result<u64, sqlx::Error> {
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

/// Shows attributes on cards and offers them as filters, in the order of the codes. Those that staff gave a place
/// keep it. How many changed.
///
/// # Errors
/// When the database fails.
pub async fn update_highlights(
    conn: &mut PgConnection,
    codes: &[&str],
) -> Result<u64, sqlx::Error> {
    let codes: Vec<String> = codes.iter().map(|&code| code.to_owned()).collect();
    let done = sqlx::query!(
        "update catalog.attribute a set highlight = h.place, filterable = true
           from unnest($1::text[]) with ordinality as h (code, place)
          where a.code = h.code and a.highlight is null",
        &codes
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Inserts tax rates that are missing; known ones stay as staff set them. How many rows changed.
///
/// # Errors
/// When the database fails.
pub async fn insert_tax_rates(
    conn: &mut PgConnection,
    rates: &[TaxRateRow],
) -> Result<u64, sqlx::Error> {
    let rows: Vec<serde_json::Value> = rates
        .iter()
        .map(|rate| {
            serde_json::json!({
                "country": rate.country, "region": rate.region, "tax_class": rate.class,
                "rate_ppm": rate.rate_ppm, "included": rate.included,
            })
        })
        .collect();
    let done = sqlx::query!(
        "insert into catalog.tax_rate (country, region, tax_class, rate_ppm, included)
         select r.country, r.region, r.tax_class, r.rate_ppm, r.included
           from jsonb_to_recordset($1) as r (country text, region text, tax_class text, rate_ppm int, included boolean)
         on conflict do nothing",
        Json(rows) as _
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
