//! One product with everything its page shows, in one statement.

use contract_catalog::{Availability, Brand, CategoryRef, Media};
use kernel::{Currency, ProductId};
use serde::Deserialize;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::{money, optional_money};
use crate::domain::attribute::AttributeKind;
use crate::domain::options::{Options, StoredOption};
use crate::domain::product::{
    Product, ProductAttribute, ProductCategory, Variant, product_options, shown_units,
};

/// How a product is asked for.
#[derive(Debug, Clone, Copy)]
pub enum ProductKey<'a> {
    /// By id.
    Id(ProductId),
    /// By its stable name in addresses.
    Slug(&'a str),
}

#[derive(Debug, Deserialize)]
struct AttributeRow {
    code: String,
    name: String,
    kind: String,
    unit: Option<String>,
    value: serde_json::Value,
}

#[derive(Debug, Deserialize)]
struct VariantRow {
    id: Uuid,
    sku: Option<String>,
    barcode: Option<String>,
    title: String,
    options: Vec<StoredOption>,
    color: Option<String>,
    price: i64,
    compare_at: Option<i64>,
    free: Option<i64>,
    availability: String,
    max_per_order: i32,
}

struct Picture<'a> {
    art: &'a str,
    product_id: ProductId,
    title: &'a str,
}

/// A product on sale, priced in `currency`. `None` where there is none, or it is a draft or archived.
///
/// # Errors
/// When the database cannot be asked.
pub async fn find_product(
    conn: &mut PgConnection,
    key: ProductKey<'_>,
    currency: Currency,
) -> Result<Option<Product>, sqlx::Error> {
    let (id, slug) = match key {
        ProductKey::Id(id) => (Some(id.uuid()), None),
        ProductKey::Slug(slug) => (None, Some(slug)),
    };
    let row = sqlx::query!(
        r#"select p.product_id, p.slug, p.title, p.description, p.version, p.updated_at,
                  b.slug as "brand_slug?", b.name as "brand_name?",
                  c.slug as category_slug, c.name as category_name, c.art,
                  (select jsonb_agg(jsonb_build_object('slug', a.slug, 'name', a.name) order by length(a.path))
                     from catalog.category a
                    where a.path = c.path or starts_with(c.path, a.path || '/')) as "path!: Json<Vec<CategoryRef>>",
                  coalesce((select jsonb_agg(jsonb_build_object('code', d.code, 'name', d.name, 'kind', d.kind,
                                     'unit', d.unit, 'value', e.value) order by d.highlight nulls last, d.name, d.code)
                              from jsonb_each(p.attributes) e
                              join catalog.attribute d on d.code = e.key), '[]') as "attributes!: Json<Vec<AttributeRow>>",
                  o.variants as "variants!: Json<Vec<VariantRow>>"
             from catalog.product p
             join catalog.category c on c.category_id = p.category_id
             left join catalog.brand b on b.brand_id = p.brand_id
            cross join lateral (
                  select jsonb_agg(jsonb_build_object(
                           'id', v.variant_id, 'sku', v.sku, 'barcode', v.barcode, 'title', v.title,
                           'options', v.options, 'color', v.color, 'price', r.amount_minor,
                           'compare_at', r.compare_at_minor, 'max_per_order', v.max_per_order,
                           'free', case when v.track_inventory then s.sellable end,
                           'availability', catalog.availability_v1(v.track_inventory, s.free, s.sellable - s.free))
                         order by v.position, v.variant_id) as variants
                    from catalog.variant v
                    join catalog.price r on r.variant_id = v.variant_id and r.currency = $3
                   cross join lateral (
                         select coalesce(sum(greatest(l.on_hand - l.reserved - l.allocated, 0)), 0)::bigint as free,
                                coalesce(sum(l.on_hand + l.backorder_limit - l.reserved - l.allocated), 0)::bigint as sellable
                           from catalog.stock_level l where l.variant_id = v.variant_id) s
                   where v.product_id = p.product_id and v.status = 'active') o
            where p.product_id = coalesce($1, (select x.product_id from catalog.product x where x.slug = $2))
              and p.status = 'active' and o.variants is not null"#,
        id,
        slug,
        currency.code()
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let picture = Picture {
        art: &row.art,
        product_id: row.product_id.into(),
        title: &row.title,
    };
    let variants = row
        .variants
        .0
        .into_iter()
        .map(|variant| variant_view(variant, &picture, currency))
        .collect::<Result<Vec<_>, _>>()?;
    let mut media: Vec<Media> = Vec::new();
    for variant in &variants {
        if !media.contains(&variant.media) {
            media.push(variant.media.clone());
        }
    }
    Ok(Some(Product {
        id: row.product_id.into(),
        brand: row
            .brand_slug
            .zip(row.brand_name)
            .map(|(slug, name)| Brand { slug, name }),
        category: ProductCategory {
            slug: row.category_slug,
            name: row.category_name,
            path: row.path.0,
        },
        attributes: row.attributes.0.into_iter().map(attribute_view).collect(),
        media,
        options: product_options(&variants),
        variants,
        slug: row.slug,
        title: row.title,
        description: row.description,
        version: row.version,
        updated_at: row.updated_at.to_jiff(),
    }))
}

fn attribute_view(row: AttributeRow) -> ProductAttribute {
    ProductAttribute {
        code: row.code,
        name: row.name,
        kind: AttributeKind::from_stored(&row.kind),
        value: row.value,
        unit: row.unit,
    }
}

fn variant_view(
    row: VariantRow,
    picture: &Picture<'_>,
    currency: Currency,
) -> Result<Variant, sqlx::Error> {
    let alt = if row.title.is_empty() {
        picture.title.to_owned()
    } else {
        format!("{}, {}", picture.title, row.title)
    };
    Ok(Variant {
        id: row.id.into(),
        media: Media::art(picture.art, picture.product_id, row.color.as_deref(), &alt),
        sku: row.sku,
        barcode: row.barcode,
        title: row.title,
        options: Options::from_stored(row.options),
        price: money(row.price, currency)?,
        compare_at: optional_money(row.compare_at, currency)?,
        availability: Availability::from_stored(&row.availability),
        available_quantity: shown_units(row.free),
        max_per_order: row.max_per_order,
    })
}
