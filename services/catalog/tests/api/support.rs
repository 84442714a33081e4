//! A shop of its own for each test.

use std::sync::Arc;

use catalog::cache::ReadCache;
use catalog::config::{DEFAULTS, Settings};
use catalog::ops::{Workshop, loading};
use catalog::state::AppState;
use common::db::Db;
use common::redis::Cache;
use kernel::TestClock;
use serde_json::{Value, json};
use testkit::{Answer, Call, TestApp, TestDb, Tokens};

/// A service on a database with the category tree and nothing else.
pub(crate) struct Shop {
    pub(crate) db: TestDb,
    pub(crate) app: TestApp,
    pub(crate) state: AppState,
    pub(crate) staff: String,
    pub(crate) customer: String,
    pub(crate) settings: Settings,
    pub(crate) clock: TestClock,
    tokens: Tokens,
}

impl Shop {
    pub(crate) async fn open() -> Self {
        Self::open_with(Cache::none("catalog"), None).await
    }

    /// A shop with this cache that reads from the replica at this address.
    pub(crate) async fn open_with(cache: Cache, replica: Option<String>) -> Self {
        let db = TestDb::new().await;
        let url = ("TECHMART_CATALOG__DB__URL".to_owned(), db.url("catalog"));
        let mut settings: Settings = common::config::load_from("catalog", DEFAULTS, [url]).unwrap();
        settings.db = db.settings("catalog");
        if let Some(replica) = replica {
            settings.db.read_url = Some(replica.into());
            // Long enough for a busy machine, short enough to notice within a request that it is away.
            settings.db.acquire_timeout_ms = 3000;
        }
        let clock = testkit::clock();
        let tokens = Tokens::new(Arc::new(clock.clone()));
        let pools = Db::connect("catalog", &settings.db).unwrap();
        let state = AppState::new(
            pools,
            cache,
            Arc::new(clock.clone()),
            tokens.verifier(),
            &settings,
        );
        let router = catalog::app(state.clone());
        let app = TestApp::new(common::layers::apply(router, &settings.http, "catalog"));
        let shop = Self {
            staff: tokens.staff(),
            customer: tokens.customer(kernel::UserId::generate()),
            db,
            app,
            state,
            settings,
            clock,
            tokens,
        };
        loading::write_categories(&shop.workshop()).await.unwrap();
        shop
    }

    /// What the operators' commands work with.
    pub(crate) fn workshop(&self) -> Workshop {
        Workshop {
            db: self.state.db.clone(),
            cache: self.cache(),
            currency: self.state.currency,
            limits: self.settings.import,
        }
    }

    pub(crate) fn cache(&self) -> ReadCache {
        self.state.cache.clone()
    }

    pub(crate) fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// A token of another member of staff.
    pub(crate) fn other_staff(&self) -> String {
        self.tokens.staff()
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.app.get(format!("/api/v1{path}")).send().await
    }

    pub(crate) async fn staff_get(&self, path: &str) -> Answer {
        self.app
            .get(format!("/api/v1/admin{path}"))
            .bearer(&self.staff)
            .send()
            .await
    }

    pub(crate) async fn staff_post(&self, path: &str, body: Value) -> Answer {
        self.app
            .post(format!("/api/v1/admin{path}"))
            .bearer(&self.staff)
            .json(body)
            .send()
            .await
    }

    /// As [`Self::staff_post`], under a new idempotency key.
    pub(crate) async fn staff_once(&self, path: &str, body: Value) -> Answer {
        let key = kernel::EventId::generate().to_string();
        self.staff_under(&key, path, body).await
    }

    /// As [`Self::staff_post`], under this idempotency key.
    pub(crate) async fn staff_under(&self, key: &str, path: &str, body: Value) -> Answer {
        self.app
            .post(format!("/api/v1/admin{path}"))
            .bearer(&self.staff)
            .header("idempotency-key", key)
            .json(body)
            .send()
            .await
    }

    /// A call by staff with these permissions.
    pub(crate) fn call_with(&self, permissions: &[&str], method: &str, path: &str) -> Call {
        let method = http::Method::from_bytes(method.as_bytes()).unwrap();
        self.app
            .call(method, format!("/api/v1/admin{path}"))
            .bearer(self.tokens.staff_with(permissions))
    }

    pub(crate) async fn staff_patch(&self, path: &str, tag: &str, body: Value) -> Answer {
        let call = self
            .app
            .patch(format!("/api/v1/admin{path}"))
            .bearer(&self.staff)
            .json(body);
        if tag.is_empty() {
            call.send().await
        } else {
            call.header("if-match", tag).send().await
        }
    }

    /// Makes an active product of one variant.
    pub(crate) async fn product(&self, title: &str, amount: i64, on_hand: i64) -> Value {
        let body = json!({
            "title": title, "category": "laptops", "brand": "Acme", "status": "active",
            "variants": [{"price": usd(amount), "stock": {"on_hand": on_hand}}],
        });
        self.staff_post("/products", body).await.expect(201).json
    }

    /// Defines attributes.
    pub(crate) async fn attributes(&self, codes: &[(&str, &str)]) {
        for (code, kind) in codes {
            let body = json!({"code": code, "name": code.to_uppercase(), "kind": kind});
            self.staff_post("/attributes", body).await.expect(201);
        }
    }

    /// All pages of a list, as their items' titles.
    pub(crate) async fn titles(&self, path: &str) -> Vec<String> {
        let mut titles = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self.get(&format!("{path}{cursor}")).await.expect(200).json;
            let items = page["items"].as_array().unwrap();
            titles.extend(
                items
                    .iter()
                    .map(|item| item["title"].as_str().unwrap().to_owned()),
            );
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return titles,
            }
        }
    }
}

/// An amount of dollars.
pub(crate) fn usd(amount: i64) -> Value {
    json!({"amount": amount, "currency": "USD"})
}

/// The pointers of a validation problem.
pub(crate) fn pointers(problem: &Value) -> Vec<&str> {
    let errors = problem["errors"].as_array().unwrap();
    errors
        .iter()
        .map(|error| error["pointer"].as_str().unwrap())
        .collect()
}

/// The `ETag` of an answer.
pub(crate) fn tag(answer: &Answer) -> String {
    answer.header("etag").unwrap().to_owned()
}
