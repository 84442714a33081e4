//! While the chosen engine is away, the embedded one answers.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use kernel::ProductId;
use search::engines::Engines;
use search::pipeline::Pipeline;
use search_core::{Change, Document, EngineError, Found, Place, Plan, SearchEngine};
use search_vectors::Embedding;
use serde_json::{Value, json};

use crate::shop::{New, Shop};

const STATUS: &str = "/api/v1/admin/search/status";

fn lamps() -> [New; 2] {
    ["Desk lamp", "Floor lamp"].map(|title| New {
        title,
        ..New::default()
    })
}

/// An address where nobody listens.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    format!("http://{}", listener.local_addr().expect("an address"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_engine_without_an_address_is_refused() {
    let shop = Shop::open().await;
    let settings = [("SEARCH__ENGINE", "opensearch")];
    let error = shop.refused(&settings).await;
    assert!(
        error.contains("TECHMART_SEARCH__OPENSEARCH__URL"),
        "{error}"
    );
    let settings = [
        ("SEARCH__ENGINE", "opensearch"),
        ("OPENSEARCH__URL", "not an address"),
    ];
    shop.refused(&settings).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_listens_and_everything_is_answered() {
    let shop = Shop::with(&lamps()).await;
    let url = nobody();
    let settings = [
        ("SEARCH__ENGINE", "opensearch"),
        ("OPENSEARCH__URL", url.as_str()),
        ("OPENSEARCH__RETRY_AFTER_MS", "10"),
    ];
    let instance = shop.instance_with(&settings).await;
    // Longer than it takes to look whether it is there.
    for round in 0..15 {
        for (query, total) in [("q=lamp", 2), ("q=desk+lamp&sort=price_asc", 1), ("", 2)] {
            let page = instance.search(query).await;
            assert_eq!(page["total"], total, "{query} in round {round}");
            assert_eq!(page["degraded"], true, "{query} in round {round}");
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let suggestions = instance.suggest("q=lam").await;
    assert_eq!(suggestions["products"].as_array().map(Vec::len), Some(2));
    let status = shop.read(&instance, STATUS).await;
    assert_eq!(status["degraded"], true);
    let engine = |name: &str| -> Value {
        let engines = status["engines"].as_array().expect("engines").iter();
        let mut found = engines.filter(|engine| engine["engine"] == name);
        found.next().expect("the engine").clone()
    };
    let remote = json!({"engine": "opensearch", "chosen": true, "available": false, "cursor": null, "behind": null});
    assert_eq!(engine("opensearch"), remote);
    let embedded = engine("embedded");
    assert_eq!(
        (
            &embedded["chosen"],
            &embedded["available"],
            &embedded["behind"]
        ),
        (&json!(false), &json!(true), &json!(0))
    );
    assert_eq!(status["products"], 2);
    // Who asks for that engine and no other is told that it is away.
    let ask = json!({"q": "lamp", "variants": [{"name": "", "engine": "opensearch"}]});
    let refused = shop
        .manage(&instance, "/api/v1/admin/search/preview", ask)
        .await;
    refused.expect(503);
    // Lists are the embedded engine's own.
    let popular = instance.app.get("/api/v1/search/popular").send().await;
    assert_eq!(
        popular.expect(200).json["items"].as_array().map(Vec::len),
        Some(2)
    );
}

/// Finds, and is away when it is asked for what it found.
#[derive(Debug)]
struct Dying {
    engine: Arc<dyn SearchEngine>,
    fails: bool,
    asked: AtomicBool,
}

impl Dying {
    fn error<T>(&self) -> Result<T, EngineError> {
        if self.fails {
            return Err(EngineError::Failed("broken".into()));
        }
        Err(EngineError::Away("killed".to_owned()))
    }
}

impl SearchEngine for Dying {
    fn name(&self) -> &'static str {
        "dying"
    }

    fn search<'a>(&'a self, plan: &'a Plan) -> BoxFuture<'a, Result<Found, EngineError>> {
        self.asked.store(true, Ordering::Relaxed);
        self.engine.search(plan)
    }

    fn documents<'a>(
        &'a self,
        _ids: &'a [ProductId],
    ) -> BoxFuture<'a, Result<Vec<Document>, EngineError>> {
        async { self.error() }.boxed()
    }

    fn vector(&self, _id: ProductId) -> BoxFuture<'_, Result<Option<Embedding>, EngineError>> {
        async { self.error() }.boxed()
    }

    fn take_in(&self, _: Vec<Change>, _: Place) -> BoxFuture<'_, Result<(), EngineError>> {
        async { self.error() }.boxed()
    }

    fn place(&self) -> BoxFuture<'_, Result<Place, EngineError>> {
        self.engine.place()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_engine_that_dies_between_finding_and_showing() {
    let shop = Shop::with(&lamps()).await;
    let instance = shop.instance().await;
    let embedded = instance.state.engines().embedded();
    for fails in [true, false] {
        let dying = Arc::new(Dying {
            engine: Arc::clone(embedded),
            fails,
            asked: AtomicBool::new(false),
        });
        let remote = Arc::clone(&dying);
        let pause = Duration::from_hours(1);
        let engines = Engines::with_remote(Arc::clone(embedded), remote, pause);
        engines.let_remote_answer(true);
        let mut state = instance.state.clone();
        state.pipeline = Arc::new(Pipeline {
            engines,
            ..Pipeline::clone(&state.pipeline)
        });
        let app = shop.app(state.clone());
        let search = app.get("/api/v1/search?q=lamp").send().await;
        assert!(dying.asked.load(Ordering::Relaxed));
        if fails {
            // What is broken is no reason to hide it.
            search.expect(500);
            continue;
        }
        let page = search.expect(200).json;
        assert_eq!(
            (&page["total"], &page["degraded"]),
            (&json!(2), &json!(true))
        );
        assert_eq!(page["items"].as_array().map(Vec::len), Some(2));
        assert!(
            state.engines().is_degraded(),
            "it is not asked again so soon"
        );
        state.engines().let_remote_answer(true);
        let suggest = app.get("/api/v1/search/suggest?q=lam").send().await;
        assert_eq!(
            suggest.expect(200).json["products"]
                .as_array()
                .map(Vec::len),
            Some(2)
        );
    }
}
