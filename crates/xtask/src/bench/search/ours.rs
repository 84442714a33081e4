//! Our service, asked as shoppers ask. Its answers carry facets whether they are looked at or not.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use sqlx::PgConnection;

use super::goods::{PRICE_MIN, Product};
use super::load::{Engine, Question};
use crate::catalogue::encoded;
use crate::stack::Stack;
use crate::ui::Step;

/// Documents written at a time.
const BATCH: u32 = 1_000;
/// Nothing moved for this long: it never will.
const STUCK: Duration = Duration::from_mins(2);

/// How the service is set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Vectors {
    /// By words only.
    Off,
    /// By meaning too; the vectors of queries are remembered.
    Kept,
    /// By meaning too; every query's vector is computed.
    Computed,
}

/// The service with the embedded index.
#[derive(Debug)]
pub(super) struct Ours {
    client: reqwest::Client,
    url: String,
    processes: Vec<i32>,
    /// How often it was asked, where no two searches may be alike.
    afresh: Option<AtomicU32>,
}

impl Ours {
    /// The service as it runs now.
    pub(super) fn of(stack: &Stack) -> Result<Self> {
        let pid = |name: &str| {
            let process = stack.supervisor.process(name);
            process
                .map(|process| process.pid)
                .with_context(|| format!("{name} does not run"))
        };
        Ok(Self {
            client: super::client()?,
            url: format!("http://127.0.0.1:{}/api/v1/search", stack.port("search")?),
            // What the service asks of the database is part of its cost.
            processes: vec![pid("search")?, pid("postgres")?],
            afresh: None,
        })
    }

    /// The same, asked each time for another price that every product costs at least: the index keeps its last answers,
    /// and a dozen words would all be among them.
    pub(super) fn afresh(self) -> Self {
        Self {
            afresh: Some(AtomicU32::default()),
            ..self
        }
    }

    /// Starts the service anew: the embedded index, and no kept answers.
    pub(super) async fn restart(stack: &mut Stack, vectors: Vectors) -> Result<Self> {
        let mut settings = vec![("ENGINE", "embedded"), ("CACHE_STALE_MS", "0")];
        match vectors {
            Vectors::Off => settings.push(("MODEL_FILE", "")),
            Vectors::Kept => {}
            Vectors::Computed => settings.push(("QUERY_VECTORS", "0")),
        }
        let mut env: Vec<(String, String)> = settings
            .into_iter()
            .map(|(key, value)| (format!("TECHMART_SEARCH__SEARCH__{key}"), value.to_owned()))
            .collect();
        env.push(("TECHMART_SEARCH__OPENSEARCH__URL".to_owned(), String::new()));
        stack.restart("search", &env, &[]).await?;
        Self::of(stack)
    }

    /// Waits until it knows that many products.
    pub(super) async fn knows(&self, products: u32, step: &Step) -> Result<()> {
        let (mut last, mut moved) = (0, Instant::now());
        loop {
            let known = self.ask(Question::Search, "").await.unwrap_or_default();
            if known == u64::from(products) {
                return Ok(());
            }
            step.update(&format!("our index: {known} of {products}"));
            if known != last {
                (last, moved) = (known, Instant::now());
            } else if moved.elapsed() > STUCK {
                bail!("search stopped at {known} of {products} products");
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }

    /// How it searched: `lexical` or `hybrid`.
    pub(super) async fn mode(&self, text: &str) -> Result<String> {
        let answer = self
            .get(&format!("{}?q={}", self.url, encoded(text)))
            .await?;
        let answer: Value = serde_json::from_slice(&answer)?;
        let mode = answer["mode"].as_str().context("no `mode`")?;
        Ok(mode.to_owned())
    }

    async fn get(&self, url: &str) -> Result<Vec<u8>> {
        let response = self.client.get(url).send().await?;
        let status = response.status();
        ensure!(status.is_success(), "{url}: {status}");
        Ok(response.bytes().await?.into())
    }
}

impl Engine for Ours {
    type Answer = Vec<u8>;

    fn name(&self) -> &'static str {
        "TechMart"
    }

    fn processes(&self) -> Vec<i32> {
        self.processes.clone()
    }

    async fn answer(&self, question: Question, text: &str) -> Result<Vec<u8>> {
        let text = encoded(text);
        if question == Question::Suggest {
            return self.get(&format!("{}/suggest?q={text}", self.url)).await;
        }
        let price = self.afresh.as_ref().map_or_else(String::new, |asked| {
            format!(
                "&price_min={}",
                asked.fetch_add(1, Ordering::Relaxed) % PRICE_MIN
            )
        });
        let url = format!("{}?q={text}&limit=24{price}", self.url);
        self.get(&url).await
    }

    fn total(question: Question, answer: &Vec<u8>) -> Result<u64> {
        let answer: Value = serde_json::from_slice(answer)?;
        if question == Question::Suggest {
            let products = answer["products"].as_array().context("no `products`")?;
            return Ok(products.len() as u64);
        }
        ensure!(answer["degraded"] == false, "another engine answered");
        answer["total"].as_u64().context("no `total`")
    }
}

/// Writes products into the read model of search, as its follower of the catalogue would.
pub(super) async fn write(
    admin: &mut PgConnection,
    numbers: std::ops::Range<u32>,
    step: &Step,
) -> Result<()> {
    let mut first = numbers.start;
    while first < numbers.end {
        let last = (first + BATCH).min(numbers.end);
        step.update(&format!("writing {first} of {}", numbers.end));
        let products: Vec<Product> = (first..last).map(Product::of).collect();
        let ids: Vec<String> = products.iter().map(Product::id).collect();
        let bodies: Vec<Value> = products.iter().map(Product::body).collect();
        let hashes: Vec<Vec<u8>> = products.iter().map(Product::meaning_hash).collect();
        sqlx::query(
            "insert into search.document (product_id, version, deleted, body, meaning_hash)
             select id::uuid, 1, false, body, hash from unnest($1::text[], $2::jsonb[], $3::bytea[]) t (id, body, hash)",
        )
        .bind(ids)
        .bind(bodies)
        .bind(hashes)
        .execute(&mut *admin)
        .await
        .context("the read model of search")?;
        first = last;
    }
    sqlx::raw_sql("analyze search.document")
        .execute(admin)
        .await?;
    Ok(())
}

/// Waits until every product has a vector.
pub(super) async fn embedded(admin: &mut PgConnection, step: &Step) -> Result<()> {
    let missing = "select count(*) from search.document where vector_model is null";
    let (mut last, mut moved) = (0, Instant::now());
    loop {
        let left: i64 = sqlx::query_scalar(missing).fetch_one(&mut *admin).await?;
        if left == 0 {
            return Ok(());
        }
        step.update(&format!("{left} products without a vector"));
        if left != last {
            (last, moved) = (left, Instant::now());
        } else if moved.elapsed() > STUCK {
            bail!("{left} products never got a vector");
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}
