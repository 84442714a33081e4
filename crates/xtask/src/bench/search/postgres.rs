//! PostgreSQL's full text over the same products: a GIN index, all words required, `ts_rank`, the top 24.

use anyhow::{Context, Result};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row as _};
use tokio::sync::Mutex;

use super::load::{Engine, Question};

const SEARCH: &str = "
    with found as (select p.slug, p.title, p.brand, p.category, p.price, ts_rank(p.words, q) as rank, count(*) over () as total
                     from bench.product p, plainto_tsquery('english', $1) q where p.words @@ q)
    select slug, title, brand, category, price, total from found order by rank desc, slug limit 24";

const FACETS: &str = "
    with found as materialized (
      select p.slug, p.title, p.brand, p.category, p.price, p.in_stock, p.specs, ts_rank(p.words, q) as rank
        from bench.product p, plainto_tsquery('english', $1) q where p.words @@ q),
    top as (select slug, title, brand, category, price from found order by rank desc, slug limit 24)
    select (select count(*) from found) as total,
           (select jsonb_agg(t) from top t) as items,
           (select jsonb_agg(b) from (select brand, count(*) from found group by 1 order by 2 desc limit 50) b) as brands,
           (select jsonb_agg(c) from (select category, count(*) from found group by 1 order by 2 desc limit 50) c) as categories,
           (select jsonb_agg(s) from (select spec, count(*) from found, unnest(specs) spec group by 1 order by 2 desc limit 100) s) as specs,
           (select jsonb_agg(r) from (select width_bucket(price, array[2500, 5000, 10000, 25000, 50000, 100000]::bigint[]), count(*)
                                        from found group by 1) r) as prices,
           (select min(price) from found) as low, (select max(price) from found) as high,
           (select count(*) from found where in_stock) as in_stock";

const SUGGEST: &str = "
    with found as (select p.slug, p.title, p.price, ts_rank(p.words, q) as rank
                     from bench.product p, to_tsquery('simple', $1 || ':*') q where p.words @@ q)
    select slug, title, price from found order by rank desc, slug limit 5";

/// The server of the stack, with a table of its own.
#[derive(Debug)]
pub(super) struct Postgres {
    connection: Mutex<PgConnection>,
    process: i32,
}

impl Postgres {
    /// Makes the empty table.
    pub(super) async fn new(mut connection: PgConnection, process: i32) -> Result<Self> {
        sqlx::raw_sql(
            "create schema if not exists bench;
             create table bench.product (
               number bigint primary key, slug text not null, title text not null, brand text not null, category text not null,
               price bigint not null, in_stock boolean not null, specs text[] not null, words tsvector not null)",
        )
        .execute(&mut connection)
        .await?;
        Ok(Self {
            connection: Mutex::new(connection),
            process,
        })
    }

    /// Takes in what the read model of search has and this table has not.
    pub(super) async fn fill(&self) -> Result<()> {
        let mut connection = self.connection.lock().await;
        sqlx::raw_sql(
            "drop index if exists bench.product_words_idx;
             insert into bench.product
             select change_seq, body->>'slug', body->>'title', body->'brand'->>'name', body->'category'->>'slug',
                    (body->>'price_minor')::bigint, body->>'availability' = 'in_stock',
                    array(select (a->>'code') || '=' || (a->>'value') from jsonb_array_elements(body->'attributes') a),
                    setweight(to_tsvector('english', body->>'title'), 'A')
                    || setweight(to_tsvector('english', (body->'brand'->>'name') || ' ' || (body->'category'->>'name')), 'B')
                    || setweight(to_tsvector('english', body->>'description'), 'C')
               from search.document where change_seq > (select coalesce(max(number), 0) from bench.product);
             create index product_words_idx on bench.product using gin (words) with (fastupdate = off)",
        )
        .execute(&mut *connection)
        .await
        .context("PostgreSQL's own table")?;
        sqlx::raw_sql("vacuum analyze bench.product")
            .execute(&mut *connection)
            .await?;
        Ok(())
    }
}

impl Engine for Postgres {
    type Answer = Vec<PgRow>;

    fn name(&self) -> &'static str {
        "PostgreSQL"
    }

    fn processes(&self) -> Vec<i32> {
        vec![self.process]
    }

    async fn answer(&self, question: Question, text: &str) -> Result<Vec<PgRow>> {
        let mut connection = self.connection.lock().await;
        let sql = match question {
            Question::Search => SEARCH,
            Question::Facets => FACETS,
            Question::Suggest => SUGGEST,
        };
        let query = sqlx::query(sql).bind(text);
        Ok(query.fetch_all(&mut *connection).await?)
    }

    fn total(question: Question, rows: &Vec<PgRow>) -> Result<u64> {
        let total = match (question, rows.first()) {
            (Question::Suggest, _) => rows.len() as u64,
            (_, None) => 0,
            (_, Some(row)) => u64::try_from(row.try_get::<i64, _>("total")?)?,
        };
        Ok(total)
    }
}
