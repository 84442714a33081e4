//! Who does the work that one instance does for all.

use std::time::Duration;

use sqlx::PgConnection;
use uuid::Uuid;

/// Takes a lease or renews it, for so long. `false`: another holds it.
///
/// # Errors
/// When the database fails.
pub async fn take(
    conn: &mut PgConnection,
    name: &str,
    holder: Uuid,
    life: Duration,
) -> Result<bool, sqlx::Error> {
    let taken = sqlx::query!(
        "insert into search.lease as l (name, holder, until)
         values ($1, $2, clock_timestamp() + make_interval(secs => $3))
         on conflict (name) do update set holder = excluded.holder, until = excluded.until
          where l.holder = excluded.holder or l.until < clock_timestamp()",
        name,
        holder,
        life.as_secs_f64()
    )
    .execute(conn)
    .await?;
    Ok(taken.rows_affected() > 0)
}

/// Gives a lease back, so that another need not wait.
///
/// # Errors
/// When the database fails.
pub async fn give_back(
    conn: &mut PgConnection,
    name: &str,
    holder: Uuid,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from search.lease where name = $1 and holder = $2",
        name,
        holder
    )
    .execute(conn)
    .await?;
    Ok(())
}
