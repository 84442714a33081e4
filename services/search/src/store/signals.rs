//! Counts of what shoppers do, per day.

use std::collections::HashSet;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use kernel::{OrderId, ProductId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::signals::counts::{ProductCounts, QueryCounts};

/// An order that was placed or cancelled.
#[derive(Debug, Clone, Copy)]
pub struct PlacedOrder {
    /// The order.
    pub order_id: OrderId,
    /// When that happened.
    pub at: Timestamp,
}

/// Which of these are codes of products on sale.
///
/// # Errors
/// When the database fails.
pub async fn list_codes(
    conn: &mut PgConnection,
    forms: &[String],
) -> Result<HashSet<String>, sqlx::Error> {
    let codes = sqlx::query_scalar!(
        r#"select distinct f.form as "form!"
             from unnest($1::text[]) as f (form)
            where exists (select from search.document d where not d.deleted and d.body -> 'skus' ? f.form)"#,
        forms
    )
    .fetch_all(conn)
    .await?;
    Ok(codes.into_iter().collect())
}

/// Adds to what products have today. Products that are not on sale are left out.
///
/// # Errors
/// When the database fails.
pub async fn add_products(
    conn: &mut PgConnection,
    counts: &[(ProductId, ProductCounts)],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let ids: Vec<Uuid> = counts.iter().map(|(id, _)| id.uuid()).collect();
    let column = |of: fn(&ProductCounts) -> u32| -> Vec<i64> {
        counts.iter().map(|(_, c)| i64::from(of(c))).collect()
    };
    sqlx::query!(
        "insert into search.product_day as p (day, product_id, views, clicks, carts)
         select ($1::timestamptz at time zone 'UTC')::date, n.product_id, n.views, n.clicks, n.carts
           from unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[]) as n (product_id, views, clicks, carts)
           join search.document d on d.product_id = n.product_id and not d.deleted
          order by n.product_id
         on conflict (day, product_id) do update
            set views = p.views + excluded.views, clicks = p.clicks + excluded.clicks, carts = p.carts + excluded.carts",
        now.to_sqlx() as _,
        &ids,
        &column(|c| c.views),
        &column(|c| c.clicks),
        &column(|c| c.carts)
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds to what texts have today. Clicks count for texts that were searched today or yesterday only.
///
/// # Errors
/// When the database fails.
pub async fn add_queries(
    conn: &mut PgConnection,
    counts: &[(&str, QueryCounts)],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let texts: Vec<String> = counts.iter().map(|(text, _)| (*text).to_owned()).collect();
    let column = |of: fn(&QueryCounts) -> u64| -> Vec<i64> {
        let number = |(_, c): &(&str, QueryCounts)| i64::try_from(of(c)).unwrap_or(i64::MAX);
        counts.iter().map(number).collect()
    };
    sqlx::query!(
        "insert into search.query_day as q (day, query, searches, zero_results, corrected, clicks, placed_clicks, place_sum,
                                            carts, last_at)
         select ($1::timestamptz at time zone 'UTC')::date, n.query, n.searches, n.zero_results, n.corrected, n.clicks,
                n.placed_clicks, n.place_sum, n.carts, $1
           from unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
                       $9::bigint[])
             as n (query, searches, zero_results, corrected, clicks, placed_clicks, place_sum, carts)
          where n.searches > 0
             or exists (select from search.query_day e
                         where e.query = n.query and e.day >= ($1::timestamptz at time zone 'UTC')::date - 1)
          order by n.query
         on conflict (day, query) do update
            set searches = q.searches + excluded.searches, zero_results = q.zero_results + excluded.zero_results,
                corrected = q.corrected + excluded.corrected, clicks = q.clicks + excluded.clicks,
                placed_clicks = q.placed_clicks + excluded.placed_clicks, place_sum = q.place_sum + excluded.place_sum,
                carts = q.carts + excluded.carts,
                last_at = case when excluded.searches > 0 then greatest(q.last_at, excluded.last_at) else q.last_at end",
        now.to_sqlx() as _,
        &texts,
        &column(|c| c.searches.into()),
        &column(|c| c.zero_results.into()),
        &column(|c| c.corrected.into()),
        &column(|c| c.clicks.into()),
        &column(|c| c.placed_clicks.into()),
        &column(|c| c.place_sum),
        &column(|c| c.carts.into())
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Counts the products of orders, unless they were counted before.
///
/// # Errors
/// When the database fails.
pub async fn add_orders(
    conn: &mut PgConnection,
    orders: &[PlacedOrder],
) -> Result<(), sqlx::Error> {
    let (ids, seconds) = columns(orders);
    sqlx::query!(
        "with fresh as (
           insert into search.counted_order (order_id, day)
           select o.order_id, (to_timestamp(o.at) at time zone 'UTC')::date
             from unnest($1::uuid[], $2::bigint[]) as o (order_id, at)
            order by o.order_id
           on conflict (order_id) do nothing
           returning order_id, day
         )
         insert into search.product_day as p (day, product_id, orders)
         select f.day, b.product_id, count(*)
           from fresh f
           join orders.list_order_products_v1($1) b on b.order_id = f.order_id
           join search.document d on d.product_id = b.product_id
          group by f.day, b.product_id
          order by f.day, b.product_id
         on conflict (day, product_id) do update set orders = p.orders + excluded.orders",
        &ids,
        &seconds
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes the products of cancelled orders back, unless that was done before. An order that was not counted yet never is.
///
/// # Errors
/// When the database fails.
pub async fn take_orders_back(
    conn: &mut PgConnection,
    orders: &[PlacedOrder],
) -> Result<(), sqlx::Error> {
    let (ids, seconds) = columns(orders);
    sqlx::query!(
        "insert into search.counted_order (order_id, day, cancelled)
         select o.order_id, (to_timestamp(o.at) at time zone 'UTC')::date, true
           from unnest($1::uuid[], $2::bigint[]) as o (order_id, at)
          order by o.order_id
         on conflict (order_id) do nothing",
        &ids,
        &seconds
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "with gone as (
           update search.counted_order c set cancelled = true
            where c.order_id = any ($1) and not c.cancelled
           returning c.order_id, c.day
         ), bought as (
           select g.day, b.product_id, count(*) as orders
             from gone g
             join orders.list_order_products_v1($1) b on b.order_id = g.order_id
            group by g.day, b.product_id
         )
         update search.product_day p set orders = greatest(p.orders - b.orders, 0)
           from bought b
          where p.day = b.day and p.product_id = b.product_id",
        &ids
    )
    .execute(conn)
    .await?;
    Ok(())
}

fn columns(orders: &[PlacedOrder]) -> (Vec<Uuid>, Vec<i64>) {
    orders
        .iter()
        .map(|order| (order.order_id.uuid(), order.at.as_second()))
        .unzip()
}

/// Deletes up to `limit` rows of each table that are older than `days`. How many it were.
///
/// # Errors
/// When the database fails.
pub async fn delete_old(
    conn: &mut PgConnection,
    now: Timestamp,
    days: i32,
    limit: i64,
) -> Result<u64, sqlx::Error> {
    let gone = sqlx::query_scalar!(
        r#"with products as (
             delete from search.product_day p
              where (p.day, p.product_id) in (
                    select o.day, o.product_id from search.product_day o
                     where o.day < ($1::timestamptz at time zone 'UTC')::date - $2::int order by o.day limit $3)
             returning 1
           ), queries as (
             delete from search.query_day q
              where (q.day, q.query) in (
                    select o.day, o.query from search.query_day o
                     where o.day < ($1::timestamptz at time zone 'UTC')::date - $2::int order by o.day limit $3)
             returning 1
           ), orders as (
             delete from search.counted_order c
              where c.order_id in (
                    select o.order_id from search.counted_order o
                     where o.day < ($1::timestamptz at time zone 'UTC')::date - $2::int order by o.day limit $3)
             returning 1
           )
           select (select count(*) from products) + (select count(*) from queries) + (select count(*) from orders) as "gone!""#,
        now.to_sqlx() as _,
        days,
        limit
    )
    .fetch_one(conn)
    .await?;
    Ok(u64::try_from(gone).unwrap_or(0))
}

/// Deletes up to `limit` texts older than `days` that were searched less than `searches_min` times in all. How many rows.
///
/// # Errors
/// When the database fails.
pub async fn delete_rare(
    conn: &mut PgConnection,
    now: Timestamp,
    days: i32,
    searches_min: i64,
    limit: i64,
) -> Result<u64, sqlx::Error> {
    let done = sqlx::query!(
        "delete from search.query_day q
          where q.query in (
                select r.query from search.query_day r
                 group by r.query
                having sum(r.searches)::bigint < $3 and max(r.day) < ($1::timestamptz at time zone 'UTC')::date - $2::int
                 limit $4)",
        now.to_sqlx() as _,
        days,
        searches_min,
        limit
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
