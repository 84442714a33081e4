//! Documents for a read model of the catalogue, and where its events are.

use kernel::ProductId;
use sqlx::PgConnection;
use uuid::Uuid;

/// Schema whose outbox holds the events.
pub const SCHEMA: &str = "catalog";

/// A product as a read model needs it, at one version.
#[derive(Debug, Clone)]
pub struct ProductDocument {
    /// The product.
    pub product_id: ProductId,
    /// Rises with every change; an older document never replaces a newer one.
    pub version: i64,
    /// Not on sale: to be removed from the read model.
    pub deleted: bool,
    /// The content, as `catalog.search_documents_v1` describes it.
    pub body: serde_json::Value,
}

/// The documents of products as they are now. Unknown ids are left out.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list_documents(
    conn: &mut PgConnection,
    product_ids: &[ProductId],
) -> Result<Vec<ProductDocument>, sqlx::Error> {
    let ids: Vec<Uuid> = product_ids.iter().map(|id| id.uuid()).collect();
    let rows = sqlx::query!(
        r#"select product_id as "product_id!", version as "version!", deleted as "deleted!", body as "body!"
             from catalog.search_documents_v1($1)"#,
        &ids
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| ProductDocument {
            product_id: r.product_id.into(),
            version: r.version,
            deleted: r.deleted,
            body: r.body,
        })
        .collect())
}

/// Up to `limit` product ids after `after`, in id order; `None` starts at the first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list_product_ids(
    conn: &mut PgConnection,
    after: Option<ProductId>,
    limit: i32,
) -> Result<Vec<ProductId>, sqlx::Error> {
    let rows = sqlx::query_scalar!(
        r#"select product_id as "product_id!" from catalog.list_product_ids_v1($1, $2)"#,
        after.map(kernel::Id::uuid),
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(ProductId::from).collect())
}
