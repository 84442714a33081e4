//! A shop's back office: an instance of the service, tokens of staff, and products in the read model.

use std::sync::Arc;
use std::time::{Duration, Instant};

use common::config::load_from;
use common::db::Db;
use common::jobs::Jobs;
use common::redis::Cache;
use kernel::{ProductId, TestClock, UserId, VariantId};
use search::config::{DEFAULTS, Settings};
use search::start::{Parts, start};
use search::state::AppState;
use serde_json::{Value, json};
use sqlx::PgPool;
use testkit::{Answer, TestApp, TestDb, Tokens};

pub(crate) const SYNONYMS: &str = "/api/v1/admin/search/synonyms";
pub(crate) const RULES: &str = "/api/v1/admin/search/rules";
/// Whatever is waited for is late after this time; nothing takes that long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// One instance, and what it stands on.
pub(crate) struct Desk {
    pub(crate) app: TestApp,
    pub(crate) state: AppState,
    pub(crate) settings: Settings,
    pub(crate) document: Value,
    pub(crate) test_db: Arc<TestDb>,
    pub(crate) admin: PgPool,
    pub(crate) tokens: Arc<Tokens>,
    pub(crate) clock: TestClock,
    manager: UserId,
    jobs: Jobs,
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.jobs.stopping().cancel();
    }
}

impl Desk {
    pub(crate) async fn open() -> Self {
        Self::open_with(Cache::none("search")).await
    }

    pub(crate) async fn open_with(cache: Cache) -> Self {
        let test_db = Arc::new(TestDb::new().await);
        let clock = testkit::noon();
        let tokens = Arc::new(Tokens::new(Arc::new(clock.clone())));
        Self::beside(test_db, tokens, clock, UserId::generate(), cache).await
    }

    /// Another instance on the same database.
    pub(crate) async fn another(&self, cache: Cache) -> Self {
        let (db, tokens) = (Arc::clone(&self.test_db), Arc::clone(&self.tokens));
        Self::beside(db, tokens, self.clock.clone(), self.manager, cache).await
    }

    async fn beside(
        test_db: Arc<TestDb>,
        tokens: Arc<Tokens>,
        clock: TestClock,
        manager: UserId,
        cache: Cache,
    ) -> Self {
        let url = ("TECHMART_SEARCH__DB__URL".to_owned(), test_db.url("search"));
        let mut settings: Settings =
            load_from("search", DEFAULTS, [url]).expect("the defaults are complete");
        settings.db = test_db.settings("search");
        // Tests write counts down and compute popularity by themselves.
        settings.signals.flush_ms = 3_600_000;
        settings.signals.popularity_s = 3_600;
        let jobs = Jobs::new();
        let parts = Parts {
            db: Db::connect("search", &settings.db).expect("the URL is well formed"),
            cache,
            verifier: tokens.verifier(),
            clock: Arc::new(clock.clone()),
            jobs: jobs.clone(),
        };
        let state = start(parts, &settings).await.expect("an instance");
        let router = search::app(state.clone());
        let admin = test_db.admin_pool().await;
        until_first_runs(&admin).await;
        Self {
            app: TestApp::new(common::layers::apply(router, &settings.http, "search")),
            state,
            document: serde_json::to_value(search::openapi()).expect("JSON"),
            admin,
            settings,
            test_db,
            tokens,
            clock,
            manager,
            jobs,
        }
    }

    /// A token of the member of staff who manages search.
    pub(crate) fn staff(&self) -> String {
        let permissions = &["search.read", "search.write"];
        self.tokens.staff_as(self.manager, permissions)
    }

    /// Makes a synonym or a rule.
    pub(crate) async fn make(&self, path: &str, key: &str, body: Value) -> Answer {
        let call = self.app.post(path).bearer(self.staff());
        call.header("idempotency-key", key).json(body).send().await
    }

    /// Changes one, as it was answered.
    pub(crate) async fn patch(&self, path: &str, made: &Answer, body: Value) -> Answer {
        let call = self.app.patch(place(path, made)).bearer(self.staff());
        let call = call.header("if-match", made.header("etag").expect("a tag"));
        call.json(body).send().await
    }

    /// Reads something as staff.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.app.get(path).bearer(self.staff()).send().await
    }

    /// A product in the read model.
    pub(crate) async fn product(&self, skus: &[&str]) -> ProductId {
        let (product, variant) = (ProductId::generate(), VariantId::generate());
        let body = json!({
            "product_id": product.uuid(), "slug": format!("p-{}", product.uuid().simple()), "title": "Lamp",
            "description": "", "brand": null, "category": {"slug": "lamps", "name": "Lamps", "path": "lamps"},
            "category_names": ["Lamps"], "art": "generic", "color": null, "attributes": [], "skus": skus,
            "variant_titles": [], "price_minor": 1999, "compare_at_minor": null, "currency": "USD",
            "availability": "in_stock", "variant_count": 1, "default_variant_id": variant.uuid(),
            "created_at": "2026-01-01T00:00:00Z", "released_at": null,
        });
        sqlx::query(
            "insert into search.document (product_id, version, deleted, body) values ($1, 1, false, $2)",
        )
        .bind(product.uuid())
        .bind(body)
        .execute(&self.admin)
        .await
        .expect("a document");
        product
    }

    /// One number out of the database.
    pub(crate) async fn number(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql)
            .fetch_one(&self.admin)
            .await
            .expect("a number")
    }

    /// Waits until this instance knows a revision.
    pub(crate) async fn until_revision(&self, revision: i64) -> Duration {
        let start = Instant::now();
        while self.state.merchandising.current().revision < revision {
            assert!(
                start.elapsed() < PATIENCE,
                "revision {revision} never comes"
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        start.elapsed()
    }
}

/// Waits until the jobs that run at the start have run: there is nothing for them to do yet.
async fn until_first_runs(admin: &PgPool) {
    let start = Instant::now();
    loop {
        let open: i64 =
            sqlx::query_scalar("select count(*) from search.signal_run where ran_at = '-infinity'")
                .fetch_one(admin)
                .await
                .expect("a number");
        if open == 0 {
            return;
        }
        assert!(start.elapsed() < PATIENCE, "the jobs never run");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The path of something that was made.
pub(crate) fn place(path: &str, made: &Answer) -> String {
    format!("{path}/{}", made.json["id"].as_str().expect("an id"))
}

/// One member of each item of a page.
pub(crate) fn members<'a>(page: &'a Answer, name: &str) -> Vec<&'a Value> {
    let items = page.json["items"].as_array().expect("items");
    items.iter().map(|item| &item[name]).collect()
}
