//! A real server, an index of its own for each test, and generated products.

use std::time::Duration;

use kernel::ProductId;
use search_core::{Change, Entry, SearchEngine, document};
use search_lexis::{Alternative, Concept, Pattern};
use search_opensearch::{OpenSearch, Settings};
use search_vectors::{DIMENSIONS, Embedding};
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) mod proxy;
pub(crate) mod server;

/// Words of titles and descriptions.
pub(crate) const WORDS: [&str; 24] = [
    "laptop", "charger", "cable", "gaming", "mouse", "keyboard", "monitor", "silver", "black",
    "compact", "wireless", "speaker", "camera", "lens", "tripod", "printer", "toner", "phone",
    "case", "adapter", "battery", "desk", "dock", "stand",
];
pub(crate) const BRANDS: [&str; 6] = ["acme", "borealis", "canto", "delta", "ember", "fjord"];
pub(crate) const CATEGORIES: [(&str, &str); 5] = [
    ("computers", "laptops"),
    ("computers", "monitors"),
    ("phones", "cases"),
    ("photo", "cameras"),
    ("photo", "tripods"),
];

/// The variable that names the server.
#[expect(
    clippy::disallowed_methods,
    reason = "tests are told their server by xtask"
)]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

pub(crate) fn url() -> String {
    variable("TECHMART_TEST_OPENSEARCH_URL")
        .expect("TECHMART_TEST_OPENSEARCH_URL names a running OpenSearch")
}

/// Settings with an index that no other test uses.
pub(crate) fn settings() -> Settings {
    settings_at(&url())
}

pub(crate) fn settings_at(url: &str) -> Settings {
    let name = format!("t{}", ProductId::generate().uuid().simple());
    Settings {
        model: Some("test-model".to_owned()),
        // Tests share a machine with compilers: what is measured is not how fast it is.
        search_timeout: Duration::from_secs(20),
        ..Settings::new(url, name, "USD".parse().unwrap())
    }
}

/// An engine whose indices are removed when it is dropped.
pub(crate) struct Test {
    pub(crate) engine: OpenSearch,
    pub(crate) settings: Settings,
}

impl Test {
    pub(crate) fn new(settings: Settings) -> Self {
        let engine = OpenSearch::new(settings.clone()).unwrap();
        Self { engine, settings }
    }

    /// Another process on the same index.
    pub(crate) fn other(&self) -> OpenSearch {
        OpenSearch::new(self.settings.clone()).unwrap()
    }

    /// Applies changes and waits until they can be seen.
    pub(crate) async fn apply(&self, changes: Vec<Change>, cursor: i64) {
        self.engine.apply(changes, cursor).await.unwrap();
        self.visible().await;
    }

    pub(crate) async fn visible(&self) {
        raw(
            &self.settings.url,
            "POST",
            &format!("/{}-v*/_refresh", self.settings.index),
            None,
        )
        .await;
    }

    /// Names of the indices that are there.
    pub(crate) async fn indices(&self) -> Vec<String> {
        let path = format!(
            "/_cat/indices/{}-v*?format=json&h=index",
            self.settings.index
        );
        let listed = raw(&self.settings.url, "GET", &path, None).await;
        let names = listed
            .as_array()
            .unwrap()
            .iter()
            .map(|index| index["index"].as_str().unwrap().to_owned());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    pub(crate) async fn clean(&self) {
        for index in self.indices().await {
            raw(&self.settings.url, "DELETE", &format!("/{index}"), None).await;
        }
        raw(
            &self.settings.url,
            "DELETE",
            &format!("/{}-state", self.settings.index),
            None,
        )
        .await;
    }
}

/// A request beside the engine, to look behind it.
pub(crate) async fn raw(url: &str, method: &str, path: &str, body: Option<Value>) -> Value {
    use opensearch::http::Method;
    use opensearch::http::headers::HeaderMap;
    use opensearch::http::transport::{SingleNodeConnectionPool, TransportBuilder};
    let pool = SingleNodeConnectionPool::new(url.parse().unwrap());
    let transport = TransportBuilder::new(pool)
        .disable_proxy()
        .timeout(Duration::from_secs(30))
        .build()
        .unwrap();
    let method = match method {
        "GET" => Method::Get,
        "PUT" => Method::Put,
        "POST" => Method::Post,
        _ => Method::Delete,
    };
    let body = body.map(|body| body.to_string());
    let answer = transport
        .send(method, path, HeaderMap::new(), None::<&()>, body, None)
        .await
        .unwrap();
    let text = answer.text().await.unwrap();
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

/// Numbers that are the same in every run (splitmix64).
#[derive(Clone)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    pub(crate) fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

pub(crate) fn id(n: u64) -> ProductId {
    Uuid::from_u128(u128::from(n) + 1).into()
}

/// The body of a product as the catalogue writes it.
pub(crate) fn body(n: u64, random: &mut Random) -> Value {
    let words = |random: &mut Random, count: usize| -> String {
        (0..count)
            .map(|_| random.one(&WORDS))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let (above, category) = random.one(&CATEGORIES);
    let brand = random.one(&BRANDS);
    let length = 2 + random.below(5);
    let title = format!("{brand} {} X{n}", words(random, length));
    let length = 5 + random.below(60);
    let mut attributes = vec![
        json!({"code": "colour", "name": "Colour", "unit": null, "value": random.one(&["Red", "Blue", "Deep black"]), "highlight": 1}),
    ];
    if random.chance(70) {
        attributes.push(json!({"code": "ram", "name": "Memory", "unit": "GB", "value": random.one(&[4.0, 8.0, 16.0, 32.0]), "highlight": 2}));
    }
    if random.chance(50) {
        attributes.push(json!({"code": "touch", "name": "Touchscreen", "unit": null, "value": random.chance(50), "highlight": null}));
    }
    if random.chance(40) {
        attributes.push(json!({"code": "size.inch", "name": "Size", "unit": "inch", "value": 10.5 + f64::from(u32::try_from(random.below(40)).unwrap()) / 2.0, "highlight": null}));
    }
    if random.chance(30) {
        attributes.push(json!({"code": "note", "name": "Note", "unit": null, "value": words(random, 3), "highlight": null}));
    }
    json!({
        "product_id": id(n).uuid(), "slug": format!("product-{n}"), "title": title, "description": words(random, length),
        "brand": {"slug": brand, "name": brand.to_uppercase()},
        "category": {"slug": category, "name": category.to_uppercase(), "path": format!("{above}/{category}")},
        "category_names": [above.to_uppercase(), category.to_uppercase()], "art": "laptop", "color": null,
        "attributes": attributes, "skus": [format!("SKU-{n}"), format!("{:013}", n * 7 + 1_000_000)],
        "variant_titles": [], "price_minor": 500 + random.below(600_000), "compare_at_minor": null, "currency": "USD",
        "availability": random.one(&["in_stock", "low", "out"]), "variant_count": 1,
        "default_variant_id": Uuid::from_u128(2),
        "created_at": format!("2026-01-{:02}T03:04:05.{:06}+00:00", 1 + random.below(28), random.below(1_000_000)),
    })
}

pub(crate) fn vector(random: &mut Random) -> Embedding {
    let mut numbers = [0.0_f32; DIMENSIONS];
    for number in &mut numbers {
        *number = f32::from(i16::try_from(random.below(2_001)).unwrap()) - 1_000.0;
    }
    Embedding::from_f32(&numbers).unwrap()
}

/// A product as generated from its number.
pub(crate) fn entry(n: u64, revision: i64, random: &mut Random) -> Entry {
    let body = body(n, random).to_string();
    let vector = random.chance(90).then(|| vector(random));
    let popularity = f32::from(u16::try_from(random.below(1_000)).unwrap()) / 1_000.0;
    Entry::of(
        revision,
        document::read(&body).unwrap(),
        body,
        vector,
        popularity,
    )
}

pub(crate) fn put(n: u64, revision: i64, random: &mut Random) -> Change {
    Change {
        product_id: id(n),
        revision,
        entry: Some(Box::new(entry(n, revision, random))),
    }
}

pub(crate) fn gone(n: u64, revision: i64) -> Change {
    Change {
        product_id: id(n),
        revision,
        entry: None,
    }
}

/// Many products, with rising revisions.
pub(crate) fn catalogue(count: u64, seed: u64) -> Vec<Change> {
    let mut random = Random(seed);
    (0..count)
        .map(|n| put(n, i64::try_from(n).unwrap() + 1, &mut random))
        .collect()
}

pub(crate) fn concept(patterns: Vec<(Pattern, f32)>, optional: bool) -> Concept {
    Concept {
        word: "word".to_owned(),
        alternatives: patterns
            .into_iter()
            .map(|(pattern, weight)| Alternative { pattern, weight })
            .collect(),
        optional,
    }
}

/// A plan that asks for everything, sorted.
pub(crate) fn everything() -> search_core::Plan {
    search_core::Plan {
        concepts: Vec::new(),
        required: 0,
        filters: search_core::Filters::default(),
        vector: None,
        include: Vec::new(),
        order: search_core::Order::Sorted {
            sort: search_core::Sort::PriceAsc,
            after: None,
            size: 10_000,
        },
        facets: false,
    }
}

/// A plan for products that hold a stem, best first.
pub(crate) fn term(stem: &str) -> search_core::Plan {
    search_core::Plan {
        concepts: vec![concept(vec![(Pattern::Term(stem.to_owned()), 1.0)], false)],
        required: 1,
        order: search_core::Order::Ranked { window: 1_000 },
        ..everything()
    }
}
