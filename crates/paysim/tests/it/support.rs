//! A simulator of its own for each test, and a small client.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use paysim::{Config, Running};
use reqwest::{Client, Method, Response};
use serde_json::Value;

use crate::contract;

/// A folder that goes away with the test.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "paysim-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        Self(std::env::temp_dir().join(name))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn journal(&self) -> PathBuf {
        self.0.join("journal.jsonl")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// A client of a simulator.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) base_url: String,
    pub(crate) client: Client,
    key: String,
}

/// Status, headers and JSON of an answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) replayed: bool,
    pub(crate) body: Value,
}

impl Answer {
    /// Reads an answer, and checks that it is one that Stripe could have given.
    pub(crate) async fn of(method: Method, response: Response) -> Self {
        let status = response.status().as_u16();
        let path = response.url().path().to_owned();
        let replayed = response.headers().contains_key("idempotent-replayed");
        let body = response.json().await.unwrap();
        contract::check_answer(&method, &path, status, &body);
        Self {
            status,
            replayed,
            body,
        }
    }

    /// The body of a success.
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{:#}", self.body);
        self.body
    }

    /// The error object of a refusal with this status.
    #[track_caller]
    pub(crate) fn error(&self, status: u16) -> &Value {
        assert_eq!(self.status, status, "{:#}", self.body);
        &self.body["error"]
    }
}

impl Api {
    pub(crate) fn new(base_url: &str) -> Self {
        let client = Client::builder().no_proxy().build().unwrap();
        Self {
            base_url: base_url.to_owned(),
            client,
            key: "sk_test_techmart".to_owned(),
        }
    }

    pub(crate) fn with_key(&self, key: &str) -> Self {
        Self {
            key: key.to_owned(),
            ..self.clone()
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, &[]).await
    }

    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.send(Method::POST, path, None, form).await
    }

    pub(crate) async fn post_once(&self, key: &str, path: &str, form: &[(&str, &str)]) -> Answer {
        self.send(Method::POST, path, Some(key), form).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None, &[]).await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        idempotency_key: Option<&str>,
        form: &[(&str, &str)],
    ) -> Answer {
        let url = format!("{}{path}", self.base_url);
        let mut request = self
            .client
            .request(method.clone(), url)
            .bearer_auth(&self.key)
            .header("Accept", "application/json");
        if method == Method::POST {
            request = request.form(form);
        }
        if let Some(key) = idempotency_key {
            request = request.header("Idempotency-Key", key);
        }
        Answer::of(method, request.send().await.unwrap()).await
    }

    /// An intent of 20.00 usd paid with a test card.
    pub(crate) async fn pay(&self, card: &str) -> Answer {
        let form = [
            ("amount", "2000"),
            ("currency", "usd"),
            ("confirm", "true"),
            ("payment_method", card),
            ("metadata[order_id]", "order-7"),
        ];
        self.post("/v1/payment_intents", &form).await
    }

    /// Answers the bank's question of an intent, `complete` or `fail`, as its page does.
    pub(crate) async fn authenticate(&self, intent: &Value, answer: &str) -> Answer {
        let action = &intent["next_action"];
        let url = action["redirect_to_url"]["url"]
            .as_str()
            .or(action["use_stripe_sdk"]["stripe_js"].as_str())
            .unwrap();
        let (page, query) = url.split_once('?').unwrap();
        let request = self
            .client
            .post(format!("{page}/{answer}"))
            .header("Accept", "application/json")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(query.to_owned());
        Answer::of(Method::POST, request.send().await.unwrap()).await
    }

    /// The types of all events, oldest first.
    pub(crate) async fn event_types(&self) -> Vec<String> {
        let events = self.get("/v1/events?limit=100").await.ok();
        let events = events["data"].as_array().unwrap().iter().rev();
        events
            .map(|event| event["type"].as_str().unwrap().to_owned())
            .collect()
    }
}

/// A simulator in a new folder.
pub(crate) async fn start() -> (Folder, Running, Api) {
    let folder = Folder::new();
    let (running, api) = open(&folder).await;
    (folder, running, api)
}

/// A simulator on a folder.
pub(crate) async fn open(folder: &Folder) -> (Running, Api) {
    let running = paysim::start(Config::new(folder.path())).await.unwrap();
    let api = Api::new(&running.base_url);
    (running, api)
}

/// Looks again and again until there is something.
pub(crate) async fn eventually<T>(mut look: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..6000 {
        if let Some(value) = look().await {
            return value;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it did not happen within a minute");
}
