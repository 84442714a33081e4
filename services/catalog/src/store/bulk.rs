//! Writing many products at a time: imports and the demo catalogue. Every statement works on a whole set.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kernel::{ProductId, VariantId};
use serde::Serialize;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::brands::new_id;
use crate::domain::attribute::AttributeDefinition;
use crate::domain::options::StoredOption;
use crate::domain::slug;

/// A product as it should be in the database.
#[derive(Debug, Clone, Serialize)]
pub struct BulkProduct {
    /// Its id: the one it has, or a new one.
    pub product_id: Uuid,
    /// Its name in addresses; kept as it is where the product is known already.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Slug of its brand.
    pub brand_slug: Option<String>,
    /// Slug of its category.
    pub category_slug: String,
    /// Its description.
    pub description: String,
    /// Values by attribute code.
    pub attributes: serde_json::Map<String, serde_json::Value>,
    /// Foreign picture addresses.
    pub source_media: Vec<String>,
    /// Its key in its source.
    pub external_ref: String,
    /// Hexadecimal hash of its content.
    pub content_hash: String,
    /// When it was released.
    pub released_at: Option<Timestamp>,
}

/// A variant as it should be in the database.
#[derive(Debug, Clone, Serialize)]
pub struct BulkVariant {
    /// Its id: the one it has, or a new one.
    pub variant_id: Uuid,
    /// Its product.
    pub product_id: Uuid,
    /// Stock keeping unit.
    pub sku: Option<String>,
    /// GTIN.
    pub barcode: Option<String>,
    /// Title; kept as it is where the variant is known already, like the options.
    pub title: String,
    /// Options.
    pub options: Vec<StoredOption>,
    /// The options as one text.
    pub option_key: String,
    /// Colour of the art.
    pub color: Option<String>,
    /// Weight of one in grams.
    pub weight_g: i32,
    /// Place among its siblings.
    pub position: i32,
    /// Currency of the price.
    pub currency: String,
    /// Price.
    pub amount_minor: i64,
    /// What it was before.
    pub compare_at_minor: Option<i64>,
    /// Units in stock if none were ever counted.
    pub on_hand: i32,
    /// Units that may be sold beyond them.
    pub backorder_limit: i32,
}

/// A product that was imported before.
#[derive(Debug, Clone)]
pub struct KnownProduct {
    /// The product.
    pub product_id: ProductId,
    /// Hexadecimal hash of what was imported.
    pub content_hash: Option<String>,
}

/// A variant that is there already.
#[derive(Debug, Clone)]
pub struct KnownVariant {
    /// The variant.
    pub variant_id: VariantId,
    /// Its product.
    pub product_id: ProductId,
    /// Its options as one text.
    pub option_key: String,
}

/// Products of a source by their keys there, locked.
///
/// # Errors
/// When the database fails.
pub async fn list_known(
    conn: &mut PgConnection,
    source: &str,
    keys: &[String],
) -> Result<BTreeMap<String, KnownProduct>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select external_ref as "external_ref!", product_id, encode(content_hash, 'hex') as content_hash
             from catalog.product where external_source = $1 and external_ref = any ($2)
            order by product_id for update"#,
        source,
        keys
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let known = KnownProduct {
                product_id: row.product_id.into(),
                content_hash: row.content_hash,
            };
            (row.external_ref, known)
        })
        .collect())
}

/// The variants of products, in order.
///
/// # Errors
/// When the database fails.
pub async fn list_known_variants(
    conn: &mut PgConnection,
    product_ids: &[Uuid],
) -> Result<Vec<KnownVariant>, sqlx::Error> {
    let rows = sqlx::query!(
        "select variant_id, product_id, option_key from catalog.variant where product_id = any ($1)
          order by product_id, position, variant_id",
        product_ids
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| KnownVariant {
            variant_id: row.variant_id.into(),
            product_id: row.product_id.into(),
            option_key: row.option_key,
        })
        .collect())
}

/// Those of the slugs that are taken.
///
/// # Errors
/// When the database fails.
pub async fn list_taken_slugs(
    conn: &mut PgConnection,
    slugs: &[String],
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "select slug from catalog.product where slug = any ($1)",
        slugs
    )
    .fetch_all(conn)
    .await
}

/// Makes the brands that are missing, by their slugs.
///
/// # Errors
/// When the database fails.
pub async fn insert_brands(conn: &mut PgConnection, names: &[&str]) -> Result<(), sqlx::Error> {
    let by_slug: BTreeMap<String, &str> = names
        .iter()
        .map(|name| (slug::from_brand(name), *name))
        .collect();
    let ids: Vec<Uuid> = by_slug.iter().map(|_| new_id()).collect();
    let (slugs, names): (Vec<String>, Vec<String>) = by_slug
        .into_iter()
        .map(|(slug, name)| (slug, name.to_owned()))
        .unzip();
    sqlx::query!(
        "insert into catalog.brand (brand_id, slug, name)
         select * from unnest($1::uuid[], $2::text[], $3::text[]) on conflict do nothing",
        &ids,
        &slugs,
        &names
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Defines the attributes that are missing.
///
/// # Errors
/// When the database fails.
pub async fn insert_attributes(
    conn: &mut PgConnection,
    attributes: &[AttributeDefinition],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into catalog.attribute (code, name, kind, unit, filterable, highlight)
         select a.code, a.name, a.kind, a.unit, a.filterable, a.highlight
           from jsonb_to_recordset($1) as a (code text, name text, kind text, unit text, filterable boolean, highlight int)
         on conflict (code) do nothing",
        Json(attributes) as _
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Inserts products, or updates those that are there. The state and the slug of known ones stay.
///
/// # Errors
/// When the database fails.
pub async fn upsert_products(
    conn: &mut PgConnection,
    source: &str,
    products: &[BulkProduct],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into catalog.product (product_id, slug, title, brand_id, category_id, description, attributes, source_media,
                                      status, external_source, external_ref, content_hash, released_at)
         select n.product_id, n.slug, n.title, b.brand_id, c.category_id, n.description, n.attributes, n.source_media,
                'active', $1, n.external_ref, decode(n.content_hash, 'hex'), n.released_at
           from jsonb_to_recordset($2) as n (product_id uuid, slug text, title text, brand_slug text, category_slug text,
                  description text, attributes jsonb, source_media jsonb, external_ref text, content_hash text,
                  released_at timestamptz)
           join catalog.category c on c.slug = n.category_slug
           left join catalog.brand b on b.slug = n.brand_slug
         on conflict (product_id) do update
            set title = excluded.title, brand_id = excluded.brand_id, category_id = excluded.category_id,
                description = excluded.description, attributes = excluded.attributes, source_media = excluded.source_media,
                content_hash = excluded.content_hash, released_at = excluded.released_at",
        source,
        Json(products) as _
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Inserts variants with their prices, or updates those that are there; counts first stock where none was counted yet
/// and books it in the ledger. Titles, options and stock of known variants stay.
///
/// # Errors
/// When the database fails.
pub async fn upsert_variants(
    conn: &mut PgConnection,
    variants: &[BulkVariant],
    reason: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "with new as materialized (
           select n.* from jsonb_to_recordset($1) as n (variant_id uuid, product_id uuid, sku text, barcode text, title text,
                    options jsonb, option_key text, color text, weight_g int, position int, currency text,
                    amount_minor bigint, compare_at_minor bigint, on_hand int, backorder_limit int)
         ), variants as (
           insert into catalog.variant (variant_id, product_id, sku, barcode, title, options, option_key, color, weight_g, position)
           select n.variant_id, n.product_id, n.sku, n.barcode, n.title, n.options, n.option_key, n.color, n.weight_g, n.position
             from new n
           on conflict (variant_id) do update
              set sku = coalesce(excluded.sku, variant.sku), barcode = excluded.barcode,
                  color = coalesce(excluded.color, variant.color), weight_g = excluded.weight_g,
                  version = variant.version + 1, updated_at = now()
         ), prices as (
           insert into catalog.price (variant_id, currency, amount_minor, compare_at_minor)
           select n.variant_id, n.currency, n.amount_minor, n.compare_at_minor from new n
           on conflict (variant_id, currency) do update
              set amount_minor = excluded.amount_minor, compare_at_minor = excluded.compare_at_minor, updated_at = now()
         ), levels as (
           insert into catalog.stock_level (variant_id, location_id, on_hand, backorder_limit)
           select n.variant_id, l.location_id, n.on_hand, n.backorder_limit
             from new n
            cross join (select o.location_id from catalog.stock_location o order by o.priority, o.location_id limit 1) l
            where not exists (select 1 from catalog.stock_level s where s.variant_id = n.variant_id)
           returning variant_id, location_id, slot, on_hand
         )
         insert into catalog.stock_movement (variant_id, location_id, slot, kind, on_hand_delta, reason, actor)
         select l.variant_id, l.location_id, l.slot, 'receive', l.on_hand, $2, 'system' from levels l where l.on_hand > 0",
        Json(variants) as _,
        reason
    )
    .execute(conn)
    .await
    .map(drop)
}
