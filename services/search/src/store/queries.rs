//! What shoppers searched for, as staff see it.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

use crate::signals::report::{QueryKind, QueryReport};

/// Which texts staff want to see.
#[derive(Debug, Clone)]
pub struct QueryListing {
    /// In what respect.
    pub kind: QueryKind,
    /// Of so many days, today included.
    pub days: i32,
    /// Searched so often at least.
    pub searches_min: i64,
    /// Holding this, folded.
    pub text: Option<String>,
    /// Behind the text with this number.
    pub after: Option<(i64, String)>,
    /// So many rows.
    pub limit: i64,
}

/// Texts that were searched, those with the highest number first: of searches, of searches without results, or of
/// corrected ones.
///
/// # Errors
/// When the database fails.
pub async fn list(
    conn: &mut PgConnection,
    listing: &QueryListing,
    now: Timestamp,
) -> Result<Vec<QueryReport>, sqlx::Error> {
    let (after_number, after_query) = listing.after.clone().unzip();
    let rows = sqlx::query!(
        r#"with counted as (
             select q.query, sum(q.searches)::bigint as searches, sum(q.zero_results)::bigint as zero_results,
                    sum(q.corrected)::bigint as corrected, sum(q.clicks)::bigint as clicks, sum(q.carts)::bigint as carts,
                    sum(q.placed_clicks)::bigint as placed_clicks, sum(q.place_sum)::bigint as place_sum,
                    max(q.last_at) as last_at,
                    sum(case $2::text when 'zero' then q.zero_results when 'corrected' then q.corrected
                                      else q.searches end)::bigint as number
               from search.query_day q
              where q.day > ($1::timestamptz at time zone 'UTC')::date - $3::int
                and ($4::text is null or strpos(q.query, $4) > 0)
              group by q.query
             having sum(q.searches)::bigint >= $5
           )
           select query, searches as "searches!", zero_results as "zero_results!", corrected as "corrected!",
                  clicks as "clicks!", carts as "carts!", last_at as "last_at!", number as "number!",
                  (clicks::float8 / searches)::float8 as "click_rate!",
                  (place_sum::float8 / nullif(placed_clicks, 0))::float8 as mean_place
             from counted
            where number > 0
              and ($6::bigint is null or number < $6 or (number = $6 and query > $7))
            order by number desc, query
            limit $8"#,
        now.to_sqlx() as _,
        listing.kind.as_str(),
        listing.days,
        listing.text,
        listing.searches_min,
        after_number,
        after_query,
        listing.limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| QueryReport {
            query: row.query,
            searches: row.searches,
            zero_results: row.zero_results,
            corrected: row.corrected,
            clicks: row.clicks,
            click_rate: row.click_rate,
            mean_place: row.mean_place,
            carts: row.carts,
            last_at: row.last_at.to_jiff(),
            number: row.number,
        })
        .collect())
}
