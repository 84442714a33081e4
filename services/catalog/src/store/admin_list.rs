//! Lists of products for staff.

use contract_catalog::{Availability, Brand, CategoryRef};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use kernel::ProductId;
use sqlx::PgConnection;

use super::admin::currency;
use super::optional_money;
use crate::domain::admin::{AdminProductSummary, ProductStatus};

/// What staff look for. The newest come first.
#[derive(Debug, Clone, Default)]
pub struct AdminListing {
    /// In the title or slug, or a whole SKU or barcode.
    pub text: Option<String>,
    /// In this category or below it.
    pub category: Option<String>,
    /// In this state.
    pub status: Option<ProductStatus>,
    /// Behind the product made then.
    pub after: Option<(Timestamp, ProductId)>,
    /// So many rows.
    pub limit: i64,
}

/// Products in any state, the newest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list_admin_products(
    conn: &mut PgConnection,
    listing: &AdminListing,
) -> Result<Vec<AdminProductSummary>, sqlx::Error> {
    let pattern = listing.text.as_deref().map(contains);
    let (created_at, product_id) = listing
        .after
        .map(|(at, id)| (Some(at.to_sqlx()), Some(id.uuid())))
        .unwrap_or_default();
    let rows = sqlx::query!(
        r#"select p.product_id, p.slug, p.title, p.status, p.currency, p.price_minor, p.availability, p.variant_count,
                  p.version, p.created_at, p.updated_at, b.slug as "brand_slug?", b.name as "brand_name?",
                  c.slug as category_slug, c.name as category_name
             from catalog.product p
             join catalog.category c on c.category_id = p.category_id
             left join catalog.brand b on b.brand_id = p.brand_id
            where ($1::text is null or p.title ilike $1 or p.slug ilike $1
                   or p.product_id in (select v.product_id from catalog.variant v where v.sku = $2 or v.barcode = $2))
              and ($3::text is null or p.category_id in (
                     select x.category_id from catalog.category r
                       join catalog.category x on x.path = r.path or starts_with(x.path, r.path || '/')
                      where r.slug = $3))
              and ($4::text is null or p.status = $4)
              and ($5::timestamptz is null or (p.created_at, p.product_id) < ($5, $6::uuid))
            order by p.created_at desc, p.product_id desc
            limit $7"#,
        pattern,
        listing.text,
        listing.category,
        listing.status.map(ProductStatus::as_str),
        created_at as _,
        product_id,
        listing.limit
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let currency = row.currency.as_deref().map(currency).transpose()?;
            Ok(AdminProductSummary {
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
                price: currency.map_or(Ok(None), |currency| {
                    optional_money(row.price_minor, currency)
                })?,
                availability: Availability::from_stored(&row.availability),
                variant_count: row.variant_count,
                version: row.version,
                created_at: row.created_at.to_jiff(),
                updated_at: row.updated_at.to_jiff(),
            })
        })
        .collect()
}

/// A pattern for `ilike` that finds the text anywhere.
fn contains(text: &str) -> String {
    let escaped = text
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    format!("%{escaped}%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_stand_for_themselves() {
        assert_eq!(contains("50%_\\"), "%50\\%\\_\\\\%");
    }
}
