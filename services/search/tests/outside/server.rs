//! A real `OpenSearch`.

use std::time::{Duration, Instant};

use kernel::ProductId;
use libtest_mimic::Trial;
use search::engines::EngineKind;
use serde_json::{Value, json};

use crate::moment::Moment;
use crate::shop::{Instance, New, PATIENCE, Shop, titles};
use crate::trial;

const STATUS: &str = "/api/v1/admin/search/status";

/// The server, where one is named.
#[expect(
    clippy::disallowed_methods,
    reason = "tests are told their server by xtask"
)]
pub(crate) fn url() -> Option<String> {
    let url = std::env::var("TECHMART_TEST_OPENSEARCH_URL").ok();
    url.filter(|url| !url.is_empty())
}

pub(crate) fn trials(url: Option<&str>, model: Option<&str>) -> Vec<Trial> {
    let with_model = model.unwrap_or_default().to_owned();
    let words = trial(
        "opensearch_answers_as_the_embedded_index_does",
        url,
        |url| answers(url, String::new()),
    );
    let meaning = trial(
        "opensearch_finds_by_meaning_too",
        url.filter(|_| model.is_some()),
        move |url| answers(url, with_model),
    );
    let lease = trial("another_instance_goes_on_filling", url, lease);
    let past = trial(
        "opensearch_forgets_what_a_restored_database_has_lost",
        url,
        restored,
    );
    vec![words, meaning, lease, past]
}

/// An index of its own on the server, and how to reach it.
struct Remote {
    url: String,
    index: String,
    model: String,
}

impl Remote {
    fn new(url: String, model: String) -> Self {
        let index = format!("s{}", ProductId::generate().uuid().simple());
        Self { url, index, model }
    }

    async fn instance(&self, shop: &Shop) -> Instance {
        let mut settings = vec![
            ("SEARCH__ENGINE", "opensearch"),
            ("OPENSEARCH__URL", self.url.as_str()),
            ("OPENSEARCH__INDEX", self.index.as_str()),
            // What is tested is not how fast it is.
            ("OPENSEARCH__SEARCH_TIMEOUT_MS", "20000"),
        ];
        if !self.model.is_empty() {
            settings.push(("SEARCH__MODEL_FILE", self.model.as_str()));
        }
        shop.instance_with(&settings).await
    }

    /// Removes what the test made on the server.
    async fn clean(self) {
        let client = opensearch_client(&self.url);
        for name in [
            format!("{}-v*", self.index),
            format!("{}-state", self.index),
        ] {
            let parts = opensearch::indices::IndicesDeleteParts::Index(&[&name]);
            let deleted = client.indices().delete(parts).send().await;
            deleted.expect("an answer");
        }
    }
}

fn opensearch_client(url: &str) -> opensearch::OpenSearch {
    use opensearch::http::transport::{SingleNodeConnectionPool, TransportBuilder};
    let pool = SingleNodeConnectionPool::new(url.parse().expect("an address"));
    let transport = TransportBuilder::new(pool)
        .disable_proxy()
        .timeout(Duration::from_secs(30))
        .build();
    opensearch::OpenSearch::new(transport.expect("a client"))
}

fn products() -> Vec<New> {
    let new = |title, brand, category, price, stock, attributes| New {
        title,
        brand,
        category,
        price,
        stock,
        attributes,
        ..New::default()
    };
    vec![
        new(
            "Note 14 laptop",
            "Acme",
            "laptops",
            90_000,
            5,
            r#"{"ram": 16, "colour": "Black"}"#,
        ),
        new(
            "Note 16 laptop",
            "Acme",
            "laptops",
            120_000,
            0,
            r#"{"ram": 32, "colour": "Red"}"#,
        ),
        new(
            "Laptop bag",
            "Birch",
            "computers",
            3_000,
            9,
            r#"{"colour": "Black"}"#,
        ),
        new(
            "Slate 10 tablet",
            "Birch",
            "tablets",
            40_000,
            9,
            r#"{"ram": 8, "touch": true}"#,
        ),
        new("Brother TN-2110 toner", "Brother", "toner", 5_000, 9, "{}"),
        new("Brother TN-2220 toner", "Brother", "toner", 6_000, 9, "{}"),
        new(
            "Wireless headphones",
            "Cedar",
            "audio",
            12_000,
            9,
            r#"{"colour": "Black"}"#,
        ),
        new("Couch", "Cedar", "audio", 99_000, 9, "{}"),
    ]
}

/// Waits until it answers, and has taken in everything.
async fn until_filled(shop: &Shop, instance: &Instance) {
    let start = Instant::now();
    loop {
        let status = shop.read(instance, STATUS).await;
        let engines = status["engines"].as_array().expect("engines");
        let is_level = engines.iter().all(|engine| engine["behind"] == 0);
        let is_embedded = status["model"].is_null() || status["embedded"] == status["products"];
        if is_level && is_embedded && status["degraded"] == false {
            return;
        }
        assert!(start.elapsed() < 2 * PATIENCE, "{status}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// What engines must agree on: everything but who answered.
fn told(mut page: Value) -> Value {
    let page = page.as_object_mut().expect("a page");
    page.remove("degraded");
    page.remove("next_cursor");
    json!(page)
}

async fn answers(url: String, model: String) {
    let shop = Shop::with(&products()).await;
    let remote = Remote::new(url, model);
    let instance = remote.instance(&shop).await;
    until_filled(&shop, &instance).await;
    let mut settings = Vec::new();
    if !remote.model.is_empty() {
        settings.push(("SEARCH__MODEL_FILE", remote.model.as_str()));
    }
    let embedded = shop.instance_with(&settings).await;
    until_filled(&shop, &embedded).await;
    for query in [
        "",
        "q=laptop",
        "q=acme+laptop",
        "q=tn2110",
        "q=brother+toner",
        "q=headphnoes",
        "q=laptop+under+100",
        "q=sofa+for+two",
        "q=wireless+toner",
        "q=xylophone",
        "category=computers",
        "category=computers&brand=acme&in_stock=true",
        "attr=colour:Black&attr=ram:8..16",
        "q=toner&sort=price_desc",
        "sort=price_asc&limit=3",
        "price_min=5000&price_max=40000",
    ] {
        let found = until_same(&instance, &embedded, query).await;
        assert_eq!(found["degraded"], false, "{query}");
    }
    if !remote.model.is_empty() {
        let page = instance.search("q=sofa+for+two").await;
        assert_eq!(
            (&titles(&page)[0][..], &page["mode"]),
            ("Couch", &json!("hybrid"))
        );
    }
    assert!(
        !instance.suggest("q=lapt").await["products"]
            .as_array()
            .expect("a list")
            .is_empty()
    );
    // An edit is soon seen.
    let id = shop
        .add(&New {
            title: "Desk lamp",
            ..New::default()
        })
        .await;
    instance
        .until_found("q=lamp&sort=newest", &["Desk lamp"])
        .await;
    shop.set(id, "title", "Desk lantern").await;
    instance
        .until_found("q=lantern&sort=newest", &["Desk lantern"])
        .await;
    shop.set(id, "status", "archived").await;
    instance.until_found("q=lantern&sort=newest", &[]).await;
    assert_eq!(instance.search("q=laptop").await["degraded"], false);
    embedded.stop().await;
    instance.stop().await;
    remote.clean().await;
}

/// Asks both until they agree: an index is refreshed once a second.
async fn until_same(one: &Instance, other: &Instance, query: &str) -> Value {
    let start = Instant::now();
    loop {
        let (page, wanted) = (one.search(query).await, other.search(query).await);
        if told(page.clone()) == told(wanted.clone()) {
            return page;
        }
        assert!(
            start.elapsed() < PATIENCE / 3,
            "{query}:\n{page}\ninstead of\n{wanted}"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn lease(url: String) {
    let shop = Shop::with(&products()).await;
    let remote = Remote::new(url, String::new());
    let first = remote.instance(&shop).await;
    let second = remote.instance(&shop).await;
    until_filled(&shop, &first).await;
    until_filled(&shop, &second).await;
    let holder = async || -> String {
        let holder =
            sqlx::query_scalar("select holder::text from search.lease where name = 'opensearch'");
        let holder = holder.fetch_optional(&shop.admin).await;
        holder.expect("a lease").unwrap_or_default()
    };
    let before = holder().await;
    // One of them leads; whichever stays goes on.
    first.stop().await;
    let lamp = New {
        title: "Desk lamp",
        ..New::default()
    };
    shop.add(&lamp).await;
    second.until_found("q=lamp", &["Desk lamp"]).await;
    until_filled(&shop, &second).await;
    let third = remote.instance(&shop).await;
    let led = holder().await;
    second.stop().await;
    shop.add(&New {
        title: "Floor lamp",
        ..lamp
    })
    .await;
    third
        .until_found("q=lamp", &["Desk lamp", "Floor lamp"])
        .await;
    until_filled(&shop, &third).await;
    assert_eq!(third.search("q=lamp").await["degraded"], false);
    assert!(
        before != led || holder().await != led,
        "the lease has another holder"
    );
    third.stop().await;
    remote.clean().await;
}

async fn restored(url: String) {
    let shop = Shop::with(&products()).await;
    let moment = Moment::of(&shop).await;
    let remote = Remote::new(url, String::new());
    let instance = remote.instance(&shop).await;
    let lamp = New {
        title: "Desk lamp",
        ..New::default()
    };
    let lost = shop.add(&lamp).await;
    instance.until_found("q=lamp", &["Desk lamp"]).await;
    until_filled(&shop, &instance).await;
    let shared = instance.state.engines().get(EngineKind::OpenSearch);
    let shared = shared.expect("an engine");
    let known = async || shared.documents(&[lost]).await.expect("documents").len();
    assert_eq!(known().await, 1);
    moment.write_beyond(instance.cursor().await).await;
    moment.restore().await;
    until_filled(&shop, &instance).await;
    assert_eq!(known().await, 0);
    instance.until_found("q=lamp", &[]).await;
    let page = instance.search("q=laptop").await;
    assert_eq!(
        (&page["total"], &page["degraded"]),
        (&json!(3), &json!(false))
    );
    // It goes on from there.
    shop.add(&lamp).await;
    instance.until_found("q=lamp", &["Desk lamp"]).await;
    until_filled(&shop, &instance).await;
    instance.stop().await;
    remote.clean().await;
}
