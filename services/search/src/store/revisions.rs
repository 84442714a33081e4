//! The numbers by which instances see that something changed.

use sqlx::PgConnection;

/// Revisions of what staff decided, and of the popular queries.
///
/// # Errors
/// When the database fails.
pub async fn get_revisions(conn: &mut PgConnection) -> Result<(i64, i64), sqlx::Error> {
    let row = sqlx::query!("select revision, popular_revision from search.merchandising_revision")
        .fetch_one(conn)
        .await?;
    Ok((row.revision, row.popular_revision))
}

/// Says that staff change something. Keeps others who do out until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn raise_revision(conn: &mut PgConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        "update search.merchandising_revision set revision = revision + 1, updated_at = now() returning revision"
    )
    .fetch_one(conn)
    .await
}

/// Says that the popular queries change.
///
/// # Errors
/// When the database fails.
pub async fn raise_popular_revision(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update search.merchandising_revision set popular_revision = popular_revision + 1, updated_at = now()"
    )
    .execute(conn)
    .await?;
    Ok(())
}
