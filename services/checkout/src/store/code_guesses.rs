//! Table `checkout.code_guess`: wrong gift card codes, by who tried them.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;

/// Counts a wrong code.
pub async fn insert(
    conn: &mut PgConnection,
    subject: &str,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into checkout.code_guess (subject, guessed_at) values (left($1, 200), $2)",
        subject,
        now.to_sqlx() as _
    )
    .execute(conn)
    .await
    .map(drop)
}

/// How many wrong codes there were since `since`.
pub async fn count(
    conn: &mut PgConnection,
    subject: &str,
    since: Timestamp,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from checkout.code_guess where subject = left($1, 200) and guessed_at > $2"#,
        subject,
        since.to_sqlx() as _
    )
    .fetch_one(conn)
    .await
}

/// Forgets up to `limit` guesses from before `before`. How many it were.
pub async fn delete_old(
    conn: &mut PgConnection,
    before: Timestamp,
    limit: i64,
) -> Result<u64, sqlx::Error> {
    let done = sqlx::query!(
        "delete from checkout.code_guess where guess_id in (
            select guess_id from checkout.code_guess where guessed_at < $1 limit $2)",
        before.to_sqlx() as _,
        limit
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
