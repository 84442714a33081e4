//! The milestones that writers of documents leave ([`super::documents::lock_writers`]).

use sqlx::PgConnection;

/// Deletes milestones older than so many days, but for the last one. Returns how many.
///
/// # Errors
/// When the database fails.
pub async fn delete_old(conn: &mut PgConnection, days: i32) -> Result<u64, sqlx::Error> {
    let done = sqlx::query!(
        "delete from search.milestone
          where created_at < now() - make_interval(days => $1)
            and milestone_id < (select max(milestone_id) from search.milestone)",
        days
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
