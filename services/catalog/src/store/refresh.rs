//! The last step of every write: what lists show is derived anew, versions rise, and consumers are told.

use kernel::{Currency, ProductId};
use sqlx::PgConnection;
use uuid::Uuid;

/// A product after its refresh, by everything that a cache may know it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refreshed {
    /// The product.
    pub product_id: ProductId,
    /// Its stable name in addresses.
    pub slug: String,
    /// Its new version.
    pub version: i64,
}

/// Derives the listing columns of products and raises their versions. Unknown ids are left out of the answer.
///
/// # Errors
/// When the database fails.
pub async fn refresh_products(
    conn: &mut PgConnection,
    product_ids: &[ProductId],
    currency: Currency,
) -> Result<Vec<Refreshed>, sqlx::Error> {
    let ids: Vec<Uuid> = product_ids.iter().map(|id| id.uuid()).collect();
    sqlx::query!(
        "select catalog.refresh_products_v1($1, $2)",
        &ids,
        currency.code()
    )
    .execute(&mut *conn)
    .await?;
    list_versions(conn, &ids).await
}

/// As [`refresh_products`], for those of the products only whose listing columns no longer fit. The answer holds these.
///
/// # Errors
/// When the database fails.
pub async fn refresh_stale_products(
    conn: &mut PgConnection,
    product_ids: &[ProductId],
    currency: Currency,
) -> Result<Vec<Refreshed>, sqlx::Error> {
    let ids: Vec<Uuid> = product_ids.iter().map(|id| id.uuid()).collect();
    let stale = sqlx::query_scalar!(
        r#"select product_id as "product_id!" from catalog.refresh_stale_products_v1($1, $2)"#,
        &ids,
        currency.code()
    )
    .fetch_all(&mut *conn)
    .await?;
    if stale.is_empty() {
        Ok(Vec::new())
    } else {
        list_versions(conn, &stale).await
    }
}

/// The version of products as they are now.
async fn list_versions(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> Result<Vec<Refreshed>, sqlx::Error> {
    let rows = sqlx::query!(
        "select product_id, slug, version from catalog.product where product_id = any ($1) order by product_id",
        ids
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Refreshed {
            product_id: row.product_id.into(),
            slug: row.slug,
            version: row.version,
        })
        .collect())
}
