//! Hostile searches: query languages, expensive patterns, injections, confused types, what is not on sale, bombs for
//! regular expressions. Each is answered soon and without a 5xx, no answer holds a member that the documents do not
//! know, what goes off sale is gone within 2 s, and the service falls quiet again.

#![expect(clippy::float_arithmetic, reason = "a share of a core; no money")]

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use super::fields;
use crate::bench::cpu;
use crate::build::SINGLE;
use crate::stack::Stack;
use crate::ui::Ui;

/// The longest that any of these may take; a release build needs a fraction of it.
const SOON: Duration = Duration::from_secs(1);
/// How soon a product that goes off sale must be gone.
const GONE: Duration = Duration::from_secs(2);
/// How soon a new one must be there before that can be tried.
const THERE: Duration = Duration::from_secs(30);
/// After this long nothing of all that is still being worked on; then the service is watched for as long.
const QUIET: Duration = Duration::from_secs(1);
/// More of a core than it needs when nobody asks.
const QUIET_SHARE: f64 = 0.2;

const SEARCH: &str = "/api/v1/search";
const SUGGEST: &str = "/api/v1/search/suggest";

/// Query languages (S1): words like any others.
const LANGUAGES: [&str; 12] = [
    "*:*",
    "_exists_:cost",
    "cost:[0 TO 1]",
    r#"{"match_all":{}}"#,
    r#"{"query":{"query_string":{"query":"*"}}}"#,
    "title:laptop AND status:draft",
    "+laptop -\"",
    "laptop~2 /lap.*/ \"open",
    "laptop)) OR ((1:1",
    "(a OR (b OR (c OR (d OR (e OR (f",
    "laptop^99999 && !(",
    "\\ \\\\ \\\" ' ;",
];
/// Patterns that cost a naive engine dear (S2), and bombs for regular expressions (S6).
const PATTERNS: [&str; 8] = [
    "*a*b*c*",
    "/(a+)+$/",
    "????????",
    "*",
    "a* b* c* d* e* f*",
    "(.*)*(.*)*(.*)*x",
    "((a|a)*)*$",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
];
/// What no parameter may be (S3, S4). Each must be refused.
const CONFUSED: [&str; 20] = [
    "sort=price;select%20pg_sleep(5)",
    "sort=price_asc%27--",
    "sort[]=price_asc",
    "sort=price_asc&sort=price_desc",
    "price_min=NaN",
    "price_min=[]",
    "price[gte]=[]",
    "price_min=1&price_min=2",
    "price_min=-1",
    "price_max=1e9",
    "price_max=99999999999999999999",
    "limit=0",
    "limit=101",
    "limit=all",
    "in_stock=maybe",
    "cursor=%27%20or%201=1--",
    "cursor=AAAA",
    "attr=ram",
    "page=99999",
    "q=laptop&q=bag",
];
/// What a filter may be, although nothing has it (S3).
const INJECTIONS: [&str; 6] = [
    "category=x%27%20or%20%271%27=%271",
    "brand=%27);select%20pg_sleep(5);--",
    "attr=ram:1%27%20or%20%271%27=%271",
    "attr=ram%27:8..16",
    "category=..%2F..%2Fetc",
    "brand=%00",
];

/// A client that keeps what it has seen.
struct Asker<'a> {
    origin: &'a str,
    /// Members that answers of searching and suggesting may have.
    known: [(&'static str, BTreeSet<String>); 2],
    clients: Vec<Client>,
    asked: usize,
    slowest: (Duration, String),
}

/// Asks all of it; how many answers were as they should be.
pub(super) async fn run(stack: &Stack, document: &Value, owner: &str, ui: Ui) -> Result<usize> {
    let step = ui.step("Hostile searches");
    let origin = stack.settings().origin()?;
    let clients = (0..8).map(|index| super::client(240 + index));
    let mut asker = Asker {
        origin: &origin,
        known: [
            (SEARCH, fields::documented(document, SEARCH)?),
            (SUGGEST, fields::documented(document, SUGGEST)?),
        ],
        clients: clients.collect::<Result<_>>()?,
        asked: 0,
        slowest: (Duration::ZERO, String::new()),
    };
    let process = ["search", SINGLE]
        .into_iter()
        .find_map(|name| stack.supervisor.process(name))
        .context("search does not run")?;
    let bombs = [
        format!("{}!", "a".repeat(255)),
        "a".repeat(255) + "\u{0}",
        "(".repeat(256),
        "é".repeat(128),
        "9".repeat(256),
        "a ".repeat(127),
        format!("{}16gb", "1.".repeat(120)),
    ];
    let long = [
        format!("{}!", "a".repeat(4_000)),
        "x ".repeat(2_000),
        "\u{1F4BB}".repeat(257),
    ];
    for text in LANGUAGES.iter().chain(&PATTERNS).copied() {
        asker.words(text).await?;
    }
    for text in &bombs {
        asker.words(text).await?;
    }
    for text in &long {
        let query = format!("q={}", crate::catalogue::encoded(text));
        asker.refused(SEARCH, &query).await?;
        asker.refused(SUGGEST, &query).await?;
    }
    for query in CONFUSED {
        asker.refused(SEARCH, query).await?;
    }
    for query in INJECTIONS {
        let results = asker.answered(SEARCH, query, &[200, 400]).await?;
        let found = results["items"].as_array().map_or(0, Vec::len);
        ensure!(found == 0, "{query} finds something");
    }
    asker.off_sale(owner).await?;
    let share = quiet_share(process.pid).await?;
    ensure!(
        share < QUIET_SHARE,
        "{:.0} % of a core are still busy afterwards",
        100.0 * share
    );
    let (slowest, query) = &asker.slowest;
    step.done(format!(
        "{} answers, the slowest {} ms ({query})",
        asker.asked,
        slowest.as_millis()
    ));
    Ok(asker.asked + 1)
}

impl Asker<'_> {
    /// A text that is searched for and typed: answered as words, never with an error.
    async fn words(&mut self, text: &str) -> Result<()> {
        let query = format!("q={}", crate::catalogue::encoded(text));
        // A text that PostgreSQL cannot store is refused, any other is words.
        let allowed: &[u16] = if text.contains('\u{0}') {
            &[200, 400]
        } else {
            &[200]
        };
        self.answered(SEARCH, &query, allowed).await?;
        self.answered(SUGGEST, &query, allowed).await?;
        Ok(())
    }

    async fn refused(&mut self, path: &'static str, query: &str) -> Result<()> {
        let problem = self.answered(path, query, &[400]).await?;
        let code = problem["code"].as_str().unwrap_or_default();
        ensure!(!code.is_empty(), "{path}?{query}: a refusal without a code");
        Ok(())
    }

    /// Asks, and checks time, status and members of the answer.
    async fn answered(
        &mut self,
        path: &'static str,
        query: &str,
        allowed: &[u16],
    ) -> Result<Value> {
        let client = &self.clients[self.asked % self.clients.len()];
        self.asked += 1;
        let begun = Instant::now();
        let response = client
            .get(format!("{}{path}?{query}", self.origin))
            .send()
            .await?;
        let status = response.status();
        let text = response.text().await?;
        let (took, short) = (begun.elapsed(), query.chars().take(60).collect::<String>());
        if took > self.slowest.0 {
            self.slowest = (took, short.clone());
        }
        ensure!(took < SOON, "{path}?{short} took {} ms", took.as_millis());
        ensure!(
            allowed.contains(&status.as_u16()),
            "{path}?{short}: {status}: {text}"
        );
        let answer: Value =
            serde_json::from_str(&text).with_context(|| format!("{path}?{short}"))?;
        if status == StatusCode::OK {
            let known = self.known.iter().find(|(of, _)| *of == path);
            let (_, names) = known.context("an unknown path")?;
            fields::only(&answer, names).with_context(|| format!("{path}?{short}"))?;
        }
        Ok(answer)
    }

    /// A draft is never found (S5); a product on sale is; once it goes off sale it is gone within two seconds.
    async fn off_sale(&mut self, owner: &str) -> Result<()> {
        let sku = format!("HOSTILE-{:08x}", rand::random::<u32>());
        let query = format!("q={sku}");
        let draft = self.staff_product(owner, &sku).await?;
        tokio::time::sleep(GONE).await;
        ensure!(!self.finds(&query, &sku).await?, "a draft is found");
        let on_sale = self.set_status(owner, &draft, "active").await?;
        let begun = Instant::now();
        while !self.finds(&query, &sku).await? {
            ensure!(begun.elapsed() < THERE, "a product on sale is not found");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.set_status(owner, &on_sale, "archived").await?;
        let begun = Instant::now();
        while self.finds(&query, &sku).await? {
            ensure!(begun.elapsed() < GONE, "a product off sale is still found");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    async fn finds(&mut self, query: &str, sku: &str) -> Result<bool> {
        let results = self.answered(SEARCH, query, &[200]).await?;
        let items = results["items"].as_array().context("no items")?;
        Ok(items.iter().any(|item| item["title"] == title(sku)))
    }

    /// A new draft; its id and `ETag`.
    async fn staff_product(&self, owner: &str, sku: &str) -> Result<(String, String)> {
        let categories = self.clients[0]
            .get(format!("{}/api/v1/categories", self.origin))
            .send()
            .await?;
        let categories: Value = categories.json().await?;
        let category = leaf(&categories["items"][0]).context("there is no category")?;
        let product = json!({
            "title": title(sku), "category": category, "status": "draft",
            "variants": [{"sku": sku, "price": {"amount": 4999, "currency": "USD"}, "stock": {"on_hand": 1}}],
        });
        let url = format!("{}/api/v1/admin/products", self.origin);
        let request = self.clients[0].post(url).bearer_auth(owner).json(&product);
        changed(request).await
    }

    async fn set_status(
        &self,
        owner: &str,
        (id, etag): &(String, String),
        status: &str,
    ) -> Result<(String, String)> {
        let url = format!("{}/api/v1/admin/products/{id}", self.origin);
        let request = self.clients[0]
            .patch(url)
            .bearer_auth(owner)
            .header("If-Match", etag);
        changed(request.json(&json!({"status": status}))).await
    }
}

fn title(sku: &str) -> String {
    format!("Hostile {sku}")
}

async fn changed(request: reqwest::RequestBuilder) -> Result<(String, String)> {
    let response = request.send().await?;
    let status = response.status();
    let etag = response
        .headers()
        .get("etag")
        .and_then(|value| value.to_str().ok());
    let etag = etag.map(str::to_owned);
    let body: Value = response.json().await?;
    ensure!(status.is_success(), "{status}: {body}");
    let id = body["id"].as_str().context("a product without an id")?;
    Ok((id.to_owned(), etag.context("a product without an ETag")?))
}

/// The slug of the first category without children.
fn leaf(node: &Value) -> Option<&str> {
    match node["children"].get(0) {
        Some(child) => leaf(child),
        None => node["slug"].as_str(),
    }
}

/// The share of a core that a process needs a moment after it was last asked.
async fn quiet_share(pid: i32) -> Result<f64> {
    tokio::time::sleep(QUIET).await;
    let before = cpu::of_tree(pid)?;
    tokio::time::sleep(QUIET).await;
    Ok(cpu::since(pid, before)? / QUIET.as_secs_f64())
}
