//! Table `checkout.decline`.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;

/// Counts a decline for each subject.
pub async fn insert(
    conn: &mut PgConnection,
    subjects: &[String],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into checkout.decline (subject, declined_at) select left(s, 200), $2 from unnest($1::text[]) s",
        subjects,
        now.to_sqlx() as _
    )
    .execute(conn)
    .await
    .map(drop)
}

/// The oldest decline that must fall out of the window before any of the subjects has fewer than `most` since `since`;
/// `None` where none has that many.
pub async fn find_too_many(
    conn: &mut PgConnection,
    subjects: &[String],
    since: Timestamp,
    most: i64,
) -> Result<Option<Timestamp>, sqlx::Error> {
    let row = sqlx::query!(
        r#"select max(r.declined_at) as blocking
             from (select d.declined_at, row_number() over (partition by d.subject order by d.declined_at desc) as n
                     from checkout.decline d
                    where d.subject = any ($1) and d.declined_at > $2) r
            where r.n = $3"#,
        subjects,
        since.to_sqlx() as _,
        most
    )
    .fetch_one(conn)
    .await?;
    Ok(row.blocking.map(jiff_sqlx::Timestamp::to_jiff))
}

/// Forgets up to `limit` declines from before `before`. How many it were.
pub async fn delete_old(
    conn: &mut PgConnection,
    before: Timestamp,
    limit: i64,
) -> Result<u64, sqlx::Error> {
    let done = sqlx::query!(
        "delete from checkout.decline where decline_id in (
            select decline_id from checkout.decline where declined_at < $1 limit $2)",
        before.to_sqlx() as _,
        limit
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
