//! Scores of products and popular queries, from what was counted.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use kernel::ProductId;
use sqlx::PgConnection;
use uuid::Uuid;

/// A product whose score changes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoreChange {
    /// The product.
    pub product_id: ProductId,
    /// Its score from now on, 0 to 1.
    pub popularity: f32,
}

/// Begins work that one instance does at a time, if nobody is at it and it was last done before `before`. Others are kept
/// out until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn begin_run(
    conn: &mut PgConnection,
    name: &str,
    now: Timestamp,
    before: Timestamp,
) -> Result<bool, sqlx::Error> {
    let free = sqlx::query_scalar!(
        r#"select pg_try_advisory_xact_lock(hashtextextended('search.signal_run:' || $1::text, 0)) as "free!""#,
        name
    )
    .fetch_one(&mut *conn)
    .await?;
    if !free {
        return Ok(false);
    }
    let due = sqlx::query!(
        "update search.signal_run set ran_at = $2 where name = $1 and ran_at <= $3",
        name,
        now.to_sqlx() as _,
        before.to_sqlx() as _
    )
    .execute(conn)
    .await?;
    Ok(due.rows_affected() == 1)
}

/// The products whose score is another than it was, with the score as it is now. See `signals::popularity`; the end of the
/// scale is never below 50, so that in a new shop a few looks do not make a bestseller.
///
/// # Errors
/// When the database fails.
pub async fn list_changes(
    conn: &mut PgConnection,
    now: Timestamp,
) -> Result<Vec<ScoreChange>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"with today as (
             select ($1::timestamptz at time zone 'UTC')::date as day
           ), sum as (
             select p.product_id,
                    sum((p.views + 2 * p.clicks + 5 * p.carts + 20 * p.orders)
                        * exp(-ln(2.0::float8) * (t.day - p.day) / 10)) as weight
               from search.product_day p cross join today t
              where p.day > t.day - 30 and p.day <= t.day
              group by p.product_id
           ), scale as (
             select ln(1 + greatest(50, percentile_disc(0.999) within group (order by s.weight))) as top
               from sum s where s.weight > 0
           ), score as (
             select d.product_id, d.popularity as before,
                    (round(20 * least(1, ln(1 + coalesce(s.weight, 0)) / c.top)) / 20)::real as popularity
               from search.document d
               left join sum s on s.product_id = d.product_id
              cross join scale c
              where not d.deleted
           )
           select product_id as "product_id!", popularity as "popularity!" from score
            where popularity <> before
            order by product_id"#,
        now.to_sqlx() as _
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| ScoreChange {
            product_id: row.product_id.into(),
            popularity: row.popularity,
        })
        .collect())
}

/// Gives products their scores, each as a change of its document. The caller holds the lock of writers. How many changed.
///
/// # Errors
/// When the database fails.
pub async fn set_scores(
    conn: &mut PgConnection,
    changes: &[ScoreChange],
) -> Result<u64, sqlx::Error> {
    let ids: Vec<Uuid> = changes
        .iter()
        .map(|change| change.product_id.uuid())
        .collect();
    let scores: Vec<f32> = changes.iter().map(|change| change.popularity).collect();
    let done = sqlx::query!(
        "update search.document d
            set popularity = n.popularity, change_seq = nextval('search.change_seq'), updated_at = now()
           from unnest($1::uuid[], $2::real[]) as n (product_id, popularity)
          where d.product_id = n.product_id and not d.deleted and d.popularity <> n.popularity",
        &ids,
        &scores
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Finds anew what is popular: at most `limit` texts that were searched `searches_min` times or more in the last 30 days,
/// the older the less, and that found something as they were typed more often than not.
///
/// # Errors
/// When the database fails.
pub async fn replace_popular(
    conn: &mut PgConnection,
    now: Timestamp,
    searches_min: i64,
    limit: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from search.popular_query")
        .execute(&mut *conn)
        .await?;
    sqlx::query!(
        "with today as (
           select ($1::timestamptz at time zone 'UTC')::date as day
         ), best as (
           select q.query, sum(q.searches * exp(-ln(2.0::float8) * (t.day - q.day) / 10)) as weight
             from search.query_day q cross join today t
            where q.day > t.day - 30 and q.day <= t.day
            group by q.query
           having sum(q.searches)::bigint >= $2 and 2 * sum(q.zero_results + q.corrected) < sum(q.searches)
            order by weight desc, q.query
            limit $3
         )
         insert into search.popular_query (query, score)
         select b.query, greatest(0.001, ln(1 + b.weight) / ln(1 + max(b.weight) over ()))::real from best b where b.weight > 0",
        now.to_sqlx() as _,
        searches_min,
        limit
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The popular queries, the most popular first.
///
/// # Errors
/// When the database fails.
pub async fn list_popular(conn: &mut PgConnection) -> Result<Vec<(String, f32)>, sqlx::Error> {
    let rows =
        sqlx::query!("select query, score from search.popular_query order by score desc, query")
            .fetch_all(conn)
            .await?;
    Ok(rows.into_iter().map(|row| (row.query, row.score)).collect())
}
