//! OpenSearch over the same products: one shard, the fields and boosts of a good default, `cross_fields` with all words
//! required, exact totals, cards from a small `_source`.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::goods::Product;
use super::load::{Engine, Question};
use crate::stack::Stack;
use crate::ui::Step;

const INDEX: &str = "bench";
/// Documents in one bulk request.
const BATCH: u32 = 2_000;

/// The server of the stack, with an index of its own.
#[derive(Debug)]
pub(super) struct OpenSearch {
    client: reqwest::Client,
    origin: String,
    process: i32,
}

impl OpenSearch {
    /// Makes the empty index.
    pub(super) async fn new(stack: &Stack) -> Result<Self> {
        let process = stack.supervisor.process("opensearch");
        let server = Self {
            client: super::client()?,
            origin: stack
                .settings()
                .opensearch_url()?
                .trim_end_matches('/')
                .to_owned(),
            process: process
                .context("OpenSearch does not run here as a child")?
                .pid,
        };
        let text = |analyzer: &str| json!({"type": "text", "analyzer": analyzer, "norms": false});
        let index = json!({
            "settings": {
                "index": {"number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": "-1", "requests.cache.enable": false},
                "analysis": {
                    "filter": {"plural": {"type": "stemmer", "language": "minimal_english"}},
                    "analyzer": {"shop": {"type": "custom", "tokenizer": "standard", "filter": ["lowercase", "asciifolding", "plural"]}},
                },
            },
            "mappings": {
                "dynamic": false,
                "_source": {"excludes": ["description", "codes", "specs"]},
                "properties": {
                    "title": {"type": "text", "analyzer": "shop", "norms": false,
                              "fields": {"typed": {"type": "search_as_you_type", "analyzer": "shop"}}},
                    "brand": {"type": "text", "analyzer": "shop", "norms": false, "fields": {"raw": {"type": "keyword"}}},
                    "category": {"type": "text", "analyzer": "shop", "norms": false, "fields": {"raw": {"type": "keyword"}}},
                    "description": text("shop"),
                    "codes": {"type": "keyword"}, "specs": {"type": "keyword"},
                    "price": {"type": "long"}, "in_stock": {"type": "boolean"},
                },
            },
        });
        server
            .call(reqwest::Method::PUT, &format!("/{INDEX}"), &index)
            .await?;
        Ok(server)
    }

    /// Adds products and makes them visible in one segment, as after a rebuild.
    pub(super) async fn fill(&self, numbers: std::ops::Range<u32>, step: &Step) -> Result<()> {
        let mut first = numbers.start;
        while first < numbers.end {
            let last = (first + BATCH).min(numbers.end);
            step.update(&format!("OpenSearch: {first} of {}", numbers.end));
            let mut lines = String::new();
            for number in first..last {
                let product = Product::of(number);
                let document = json!({
                    "slug": product.slug, "title": product.title, "brand": product.brand, "category": product.kind,
                    "description": product.description, "codes": [product.model.to_lowercase()],
                    "specs": product.specifications(), "price": product.price, "in_stock": product.in_stock,
                });
                let action = json!({"index": {"_id": number.to_string()}});
                lines.extend([
                    action.to_string(),
                    "\n".to_owned(),
                    document.to_string(),
                    "\n".to_owned(),
                ]);
            }
            let request = self.client.post(format!("{}/{INDEX}/_bulk", self.origin));
            let request = request
                .header("Content-Type", "application/x-ndjson")
                .body(lines);
            let answer: Value = request.send().await?.json().await?;
            ensure!(answer["errors"] == false, "OpenSearch refused a document");
            first = last;
        }
        let nothing = json!({});
        step.update("OpenSearch: merging");
        self.call(
            reqwest::Method::POST,
            &format!("/{INDEX}/_forcemerge?max_num_segments=1"),
            &nothing,
        )
        .await?;
        self.call(
            reqwest::Method::POST,
            &format!("/{INDEX}/_refresh"),
            &nothing,
        )
        .await?;
        Ok(())
    }

    async fn call(&self, method: reqwest::Method, path: &str, body: &Value) -> Result<Vec<u8>> {
        let request = self
            .client
            .request(method, format!("{}{path}", self.origin));
        let response = request.json(body).send().await?;
        let status = response.status();
        let bytes = response.bytes().await?;
        ensure!(
            status.is_success(),
            "OpenSearch: {path}: {status}: {}",
            String::from_utf8_lossy(&bytes)
        );
        Ok(bytes.into())
    }
}

fn query(question: Question, text: &str) -> Value {
    if question == Question::Suggest {
        let fields = ["title.typed", "title.typed._2gram", "title.typed._3gram"];
        return json!({
            "size": 5, "track_total_hits": false, "_source": ["slug", "title", "price"],
            "query": {"multi_match": {"query": text, "type": "bool_prefix", "fields": fields}},
        });
    }
    let words = json!({"multi_match": {
        "query": text, "type": "cross_fields", "operator": "and",
        "fields": ["title^4", "brand^3", "category^3", "description^0.5"],
    }});
    let mut body = json!({
        "size": 24, "track_total_hits": true,
        "query": {"bool": {"must": words, "should": {"term": {"codes": {"value": text, "boost": 6}}}}},
    });
    if question == Question::Facets {
        body["aggs"] = json!({
            "brands": {"terms": {"field": "brand.raw", "size": 50}},
            "categories": {"terms": {"field": "category.raw", "size": 50}},
            "specs": {"terms": {"field": "specs", "size": 100}},
            "in_stock": {"filter": {"term": {"in_stock": true}}},
            "price": {"stats": {"field": "price"}},
            "prices": {"range": {"field": "price", "ranges": [
                {"to": 2_500}, {"from": 2_500, "to": 5_000}, {"from": 5_000, "to": 10_000}, {"from": 10_000, "to": 25_000},
                {"from": 25_000, "to": 50_000}, {"from": 50_000, "to": 100_000}, {"from": 100_000},
            ]}},
        });
    }
    body
}

impl Engine for OpenSearch {
    type Answer = Vec<u8>;

    fn name(&self) -> &'static str {
        "OpenSearch"
    }

    fn processes(&self) -> Vec<i32> {
        vec![self.process]
    }

    async fn answer(&self, question: Question, text: &str) -> Result<Vec<u8>> {
        let path = format!("/{INDEX}/_search");
        self.call(reqwest::Method::POST, &path, &query(question, text))
            .await
    }

    fn total(question: Question, answer: &Vec<u8>) -> Result<u64> {
        let answer: Value = serde_json::from_slice(answer)?;
        let hits = &answer["hits"];
        if question == Question::Suggest {
            return Ok(hits["hits"].as_array().context("no hits")?.len() as u64);
        }
        hits["total"]["value"].as_u64().context("no total")
    }
}
