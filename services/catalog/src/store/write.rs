//! What staff write: products, variants and prices. Every caller ends its transaction with
//! [`super::refresh::refresh_products`].

use std::collections::BTreeMap;

use kernel::{CategoryId, Currency, Id, ProductId, VariantId};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use crate::domain::admin::{ProductStatus, VariantStatus};
use crate::domain::draft::NewVariant;
use crate::domain::options::{Options, StoredOption};
use crate::domain::patch::PriceChange;
use crate::domain::tax::TaxClass;

/// A product row to be inserted.
#[derive(Debug)]
pub struct ProductRow<'a> {
    /// Its id.
    pub product_id: ProductId,
    /// Its title.
    pub title: &'a str,
    /// Its brand.
    pub brand_id: Option<Uuid>,
    /// Its category.
    pub category_id: CategoryId,
    /// Its description.
    pub description: &'a str,
    /// Its attributes.
    pub attributes: &'a BTreeMap<String, serde_json::Value>,
    /// Its class of goods.
    pub tax_class: TaxClass,
    /// Its state.
    pub status: ProductStatus,
}

/// The columns of a product that change; `None` leaves one as it is.
#[derive(Debug, Default)]
pub struct ProductColumns<'a> {
    /// Title.
    pub title: Option<&'a str>,
    /// Description.
    pub description: Option<&'a str>,
    /// Category.
    pub category_id: Option<CategoryId>,
    /// Brand; `Some(None)` for none.
    pub brand_id: Option<Option<Uuid>>,
    /// Attributes.
    pub attributes: Option<&'a BTreeMap<String, serde_json::Value>>,
    /// Class of goods.
    pub tax_class: Option<TaxClass>,
    /// State.
    pub status: Option<ProductStatus>,
}

/// The columns of a variant that change; `None` leaves one as it is.
#[derive(Debug, Default)]
pub struct VariantColumns<'a> {
    /// SKU; `Some(None)` for none.
    pub sku: Option<Option<&'a str>>,
    /// Barcode; `Some(None)` for none.
    pub barcode: Option<Option<&'a str>>,
    /// Title.
    pub title: Option<&'a str>,
    /// Options.
    pub options: Option<&'a Options>,
    /// Weight.
    pub weight_g: Option<i32>,
    /// The most that one order may hold.
    pub max_per_order: Option<i32>,
    /// Whether its units are counted.
    pub track_inventory: Option<bool>,
    /// State.
    pub status: Option<VariantStatus>,
}

/// A variant and the product it belongs to.
#[derive(Debug)]
pub struct VariantOwner {
    /// The product.
    pub product_id: ProductId,
    /// The variant's options.
    pub options: Options,
    /// The variant's title.
    pub title: String,
}

/// Inserts a product under a slug. False if the slug is taken.
///
/// # Errors
/// When the database fails.
pub async fn insert_product(
    conn: &mut PgConnection,
    slug: &str,
    row: &ProductRow<'_>,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "insert into catalog.product (product_id, slug, title, brand_id, category_id, description, attributes, status, tax_class,
                                      released_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, now())
         on conflict (slug) do nothing",
        row.product_id.uuid(),
        slug,
        row.title,
        row.brand_id,
        row.category_id.uuid(),
        row.description,
        Json(row.attributes) as _,
        row.status.as_str(),
        row.tax_class.as_str()
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Lets only this transaction choose among the slugs that begin with `slug`, until it ends.
///
/// # Errors
/// When the database fails.
pub async fn lock_slug(conn: &mut PgConnection, slug: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended('catalog.slug:' || $1::text, 0))",
        slug
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Those of the slugs that begin with `slug` and are taken: `slug` itself, `slug-2`, `slug-3`, …
///
/// # Errors
/// When the database cannot be asked.
pub async fn list_taken_slugs(
    conn: &mut PgConnection,
    slug: &str,
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "select slug from catalog.product
          where slug = $1 or (starts_with(slug, $1 || '-') and substr(slug, length($1) + 2) ~ '^[0-9]{1,9}$')",
        slug
    )
    .fetch_all(conn)
    .await
}

/// Changes a product that the transaction has locked.
///
/// # Errors
/// When the database fails.
pub async fn update_product(
    conn: &mut PgConnection,
    product_id: ProductId,
    columns: &ProductColumns<'_>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update catalog.product p
            set title = coalesce($2, p.title),
                description = coalesce($3, p.description),
                category_id = coalesce($4, p.category_id),
                brand_id = case when $5 then $6 else p.brand_id end,
                attributes = coalesce($7, p.attributes),
                status = coalesce($8, p.status),
                tax_class = coalesce($9, p.tax_class)
          where p.product_id = $1",
        product_id.uuid(),
        columns.title,
        columns.description,
        columns.category_id.map(Id::uuid),
        columns.brand_id.is_some(),
        columns.brand_id.flatten(),
        columns.attributes.map(Json) as _,
        columns.status.map(ProductStatus::as_str),
        columns.tax_class.map(TaxClass::as_str)
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Locks a product for a write and answers its version. `None` where there is none.
///
/// # Errors
/// When the database fails.
pub async fn find_version_for_update(
    conn: &mut PgConnection,
    product_id: ProductId,
) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar!(
        "select version from catalog.product where product_id = $1 for update",
        product_id.uuid()
    )
    .fetch_optional(conn)
    .await
}

/// Locks the product of a variant. `None` where there is no such variant.
///
/// # Errors
/// When the database fails.
pub async fn find_owner_for_update(
    conn: &mut PgConnection,
    variant_id: VariantId,
) -> Result<Option<VariantOwner>, sqlx::Error> {
    let row = sqlx::query!(
        r#"select p.product_id, v.title, v.options as "options: Json<Vec<StoredOption>>"
             from catalog.variant v join catalog.product p on p.product_id = v.product_id
            where v.variant_id = $1 for update of p"#,
        variant_id.uuid()
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| VariantOwner {
        product_id: row.product_id.into(),
        options: Options::from_stored(row.options.0),
        title: row.title,
    }))
}

/// The options of a sibling on sale, which the others must have too, and how many variants there are.
///
/// # Errors
/// When the database cannot be asked.
pub async fn find_sibling(
    conn: &mut PgConnection,
    product_id: ProductId,
    except: Option<VariantId>,
) -> Result<Option<Options>, sqlx::Error> {
    let row = sqlx::query_scalar!(
        r#"select v.options as "options: Json<Vec<StoredOption>>" from catalog.variant v
            where v.product_id = $1 and v.status = 'active' and ($2::uuid is null or v.variant_id <> $2)
            order by v.position, v.variant_id limit 1"#,
        product_id.uuid(),
        except.map(Id::uuid)
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|options| Options::from_stored(options.0)))
}

/// How many variants a product has, archived ones too.
///
/// # Errors
/// When the database cannot be asked.
pub async fn count_variants(
    conn: &mut PgConnection,
    product_id: ProductId,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from catalog.variant where product_id = $1"#,
        product_id.uuid()
    )
    .fetch_one(conn)
    .await
}

/// Inserts variants with their prices and first stock in the main place, and books that stock in the ledger.
///
/// # Errors
/// When the database fails; constraints `variant_sku_key` and `variant_option_key` tell of values that are taken.
pub async fn insert_variants(
    conn: &mut PgConnection,
    product_id: ProductId,
    variants: &[(VariantId, &NewVariant)],
    actor: &str,
) -> Result<(), sqlx::Error> {
    let rows: Vec<serde_json::Value> = variants
        .iter()
        .map(|(id, variant)| {
            let stock = variant.stock.unwrap_or_default();
            serde_json::json!({
                "variant_id": id.uuid(), "sku": variant.sku, "barcode": variant.barcode, "title": variant.shown_title(),
                "options": variant.options.to_stored(), "option_key": variant.options.key(),
                "color": variant.options.color(), "weight_g": variant.weight_g,
                "max_per_order": variant.max_per_order, "currency": variant.price.currency(),
                "amount_minor": variant.price.minor(), "compare_at_minor": variant.compare_at.map(kernel::Money::minor),
                "on_hand": stock.on_hand, "backorder_limit": stock.backorder_limit,
            })
        })
        .collect();
    sqlx::query!(
        "with new as (
           select n.*, row_number() over () as place
             from jsonb_to_recordset($2) as n (variant_id uuid, sku text, barcode text, title text, options jsonb,
                    option_key text, color text, weight_g int, max_per_order int, currency text, amount_minor bigint,
                    compare_at_minor bigint, on_hand int, backorder_limit int)
         ), variants as (
           insert into catalog.variant (variant_id, product_id, sku, barcode, title, options, option_key, color,
                                        weight_g, max_per_order, position)
           select n.variant_id, $1, n.sku, n.barcode, n.title, n.options, n.option_key, n.color, n.weight_g, n.max_per_order,
                  coalesce((select max(v.position) + 1 from catalog.variant v where v.product_id = $1), 0) + n.place - 1
             from new n
         ), prices as (
           insert into catalog.price (variant_id, currency, amount_minor, compare_at_minor)
           select n.variant_id, n.currency, n.amount_minor, n.compare_at_minor from new n
         ), levels as (
           insert into catalog.stock_level (variant_id, location_id, on_hand, backorder_limit)
           select n.variant_id, l.location_id, n.on_hand, n.backorder_limit
             from new n cross join (select o.location_id from catalog.stock_location o order by o.priority, o.location_id limit 1) l
           returning variant_id, location_id, slot, on_hand
         )
         insert into catalog.stock_movement (variant_id, location_id, slot, kind, on_hand_delta, reason, actor)
         select l.variant_id, l.location_id, l.slot, 'receive', l.on_hand, 'first stock', $3 from levels l where l.on_hand > 0",
        product_id.uuid(),
        Json(rows) as _,
        actor
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Changes a variant.
///
/// # Errors
/// When the database fails; constraints `variant_sku_key` and `variant_option_key` tell of values that are taken.
pub async fn update_variant(
    conn: &mut PgConnection,
    variant_id: VariantId,
    columns: &VariantColumns<'_>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update catalog.variant v
            set sku = case when $2 then $3 else v.sku end,
                barcode = case when $4 then $5 else v.barcode end,
                title = coalesce($6, v.title),
                options = coalesce($7, v.options),
                option_key = coalesce($8, v.option_key),
                color = case when $8::text is null then v.color else $9 end,
                weight_g = coalesce($10, v.weight_g),
                max_per_order = coalesce($11, v.max_per_order),
                status = coalesce($12, v.status),
                track_inventory = coalesce($13, v.track_inventory),
                version = v.version + 1,
                updated_at = now()
          where v.variant_id = $1",
        variant_id.uuid(),
        columns.sku.is_some(),
        columns.sku.flatten(),
        columns.barcode.is_some(),
        columns.barcode.flatten(),
        columns.title,
        columns.options.map(|options| Json(options.to_stored())) as _,
        columns.options.map(Options::key),
        columns.options.and_then(Options::color),
        columns.weight_g,
        columns.max_per_order,
        columns.status.map(VariantStatus::as_str),
        columns.track_inventory
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Sets the price of a variant in a currency.
///
/// # Errors
/// When the database fails.
pub async fn upsert_price(
    conn: &mut PgConnection,
    variant_id: VariantId,
    currency: Currency,
    price: PriceChange,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into catalog.price (variant_id, currency, amount_minor, compare_at_minor) values ($1, $2, $3, $4)
         on conflict (variant_id, currency) do update
            set amount_minor = excluded.amount_minor, compare_at_minor = excluded.compare_at_minor, updated_at = now()",
        variant_id.uuid(),
        currency.code(),
        price.amount,
        price.compare_at
    )
    .execute(conn)
    .await
    .map(drop)
}
