//! One product as staff see it.

use std::collections::BTreeMap;

use contract_catalog::{Availability, Brand, CategoryRef};
use kernel::{Currency, ProductId};
use serde::Deserialize;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::{money, optional_money, undecodable};
use crate::domain::admin::{
    AdminPrice, AdminProduct, AdminVariant, ExternalRef, ProductStatus, VariantStatus,
};
use crate::domain::options::{Options, StoredOption};
use crate::domain::stock::StockLevel;
use crate::domain::tax::TaxClass;

#[derive(Debug, Deserialize)]
struct VariantRow {
    id: Uuid,
    sku: Option<String>,
    barcode: Option<String>,
    title: String,
    options: Vec<StoredOption>,
    status: String,
    weight_g: i32,
    max_per_order: i32,
    track_inventory: bool,
    prices: Vec<PriceRow>,
    stock: StockLevel,
}

#[derive(Debug, Deserialize)]
struct PriceRow {
    currency: String,
    amount: i64,
    compare_at: Option<i64>,
}

/// A product in any state, with every price and all stock. `None` where there is none.
///
/// # Errors
/// When the database cannot be asked.
pub async fn find_admin_product(
    conn: &mut PgConnection,
    product_id: ProductId,
) -> Result<Option<AdminProduct>, sqlx::Error> {
    let row = sqlx::query!(
        r#"select p.product_id, p.slug, p.title, p.status, p.description, p.tax_class,
                  p.attributes as "attributes: Json<BTreeMap<String, serde_json::Value>>",
                  p.external_source, p.external_ref, p.currency, p.price_minor, p.availability, p.version,
                  p.created_at, p.updated_at, b.slug as "brand_slug?", b.name as "brand_name?",
                  c.slug as category_slug, c.name as category_name,
                  o.variants as "variants!: Json<Vec<VariantRow>>"
             from catalog.product p
             join catalog.category c on c.category_id = p.category_id
             left join catalog.brand b on b.brand_id = p.brand_id
            cross join lateral (
                  select coalesce(jsonb_agg(jsonb_build_object(
                           'id', v.variant_id, 'sku', v.sku, 'barcode', v.barcode, 'title', v.title,
                           'options', v.options, 'status', v.status, 'weight_g', v.weight_g,
                           'max_per_order', v.max_per_order, 'track_inventory', v.track_inventory,
                           'prices', (select coalesce(jsonb_agg(jsonb_build_object('currency', r.currency,
                                        'amount', r.amount_minor, 'compare_at', r.compare_at_minor) order by r.currency), '[]')
                                        from catalog.price r where r.variant_id = v.variant_id),
                           'stock', (select jsonb_build_object(
                                        'on_hand', coalesce(sum(l.on_hand), 0), 'reserved', coalesce(sum(l.reserved), 0),
                                        'allocated', coalesce(sum(l.allocated), 0),
                                        'backorder_limit', coalesce(sum(l.backorder_limit), 0),
                                        'available', coalesce(sum(l.on_hand + l.backorder_limit - l.reserved - l.allocated), 0))
                                        from catalog.stock_level l where l.variant_id = v.variant_id))
                         order by v.position, v.variant_id), '[]') as variants
                    from catalog.variant v
                   where v.product_id = p.product_id) o
            where p.product_id = $1"#,
        product_id.uuid()
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let currency = row.currency.as_deref().map(currency).transpose()?;
    let variants = row
        .variants
        .0
        .into_iter()
        .map(variant_view)
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Some(AdminProduct {
        id: row.product_id.into(),
        slug: row.slug,
        title: row.title,
        status: ProductStatus::from_stored(&row.status),
        brand: row
            .brand_slug
            .zip(row.brand_name)
            .map(|(slug, name)| Brand { slug, name }),
        category: CategoryRef {
            slug: row.category_slug,
            name: row.category_name,
        },
        description: row.description,
        tax_class: TaxClass::from_stored(&row.tax_class),
        attributes: row.attributes.0,
        external: row
            .external_source
            .zip(row.external_ref)
            .map(|(source, key)| ExternalRef { source, key }),
        price: currency.map_or(Ok(None), |currency| {
            optional_money(row.price_minor, currency)
        })?,
        availability: Availability::from_stored(&row.availability),
        variants,
        version: row.version,
        created_at: row.created_at.to_jiff(),
        updated_at: row.updated_at.to_jiff(),
    }))
}

/// The currency of a stored code.
pub(super) fn currency(code: &str) -> Result<Currency, sqlx::Error> {
    code.parse()
        .map_err(|error: kernel::CurrencyError| undecodable(error))
}

fn variant_view(row: VariantRow) -> Result<AdminVariant, sqlx::Error> {
    let price = |row: PriceRow| {
        let currency = currency(&row.currency)?;
        Ok(AdminPrice {
            price: money(row.amount, currency)?,
            compare_at: optional_money(row.compare_at, currency)?,
        })
    };
    Ok(AdminVariant {
        id: row.id.into(),
        sku: row.sku,
        barcode: row.barcode,
        title: row.title,
        options: Options::from_stored(row.options),
        status: VariantStatus::from_stored(&row.status),
        prices: row
            .prices
            .into_iter()
            .map(price)
            .collect::<Result<_, sqlx::Error>>()?,
        weight_g: row.weight_g,
        max_per_order: row.max_per_order,
        track_inventory: row.track_inventory,
        stock: row.stock,
    })
}
