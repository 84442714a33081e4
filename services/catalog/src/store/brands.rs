//! Brands.

use kernel::Id;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::slug;

/// The id of the brand with this name, which is made where it is missing. Names that differ in case or marks only
/// are one brand.
///
/// # Errors
/// When the database fails.
pub async fn insert_brand(conn: &mut PgConnection, name: &str) -> Result<Uuid, sqlx::Error> {
    // The empty update locks and returns the row that is already there.
    sqlx::query_scalar!(
        "insert into catalog.brand (brand_id, slug, name) values ($1, $2, $3)
         on conflict (slug) do update set slug = excluded.slug
         returning brand_id",
        new_id(),
        slug::from_brand(name),
        name
    )
    .fetch_one(conn)
    .await
}

/// A new id for a row that is never named outside the catalogue.
pub(super) fn new_id() -> Uuid {
    Id::<kernel::id::kind::Product>::generate().uuid()
}
