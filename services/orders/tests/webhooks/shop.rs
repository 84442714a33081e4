//! A database with orders in it, staff in front of it, and the jobs behind it.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRef;
use axum::{Extension, Router};
use common::access::Verifier;
use common::db::Db;
use common::extract::RequestMeta;
use common::jobs::Jobs;
use common::redis::Wakeups;
use jiff::SignedDuration;
use kernel::{CartId, CheckoutId, OrderId, TestClock, UserId};
use orders::webhooks::{Client, WebhookSettings, Webhooks, dispatcher, recorder};
use serde_json::{Value, json};
use sqlx::PgPool;
use testkit::{Answer, Call, TestApp, TestDb, Tokens, clock};
use utoipa_axum::router::OpenApiRouter;

use crate::receiver::Receiver;

const ENDPOINTS: &str = "/api/v1/admin/webhook-endpoints";

#[derive(Clone, FromRef)]
struct State {
    webhooks: Webhooks,
    verifier: Verifier,
}

pub(crate) struct Shop {
    pub(crate) app: TestApp,
    pub(crate) webhooks: Webhooks,
    pub(crate) admin: PgPool,
    pub(crate) tokens: Tokens,
    pub(crate) clock: TestClock,
    pub(crate) jobs: Jobs,
    pub(crate) document: Value,
    staff: UserId,
    _db: TestDb,
}

/// Settings under which the receivers of tests can be reached.
pub(crate) fn open_settings() -> WebhookSettings {
    WebhookSettings {
        allow_private: true,
        notice_to: Some("staff@techmart.example".to_owned()),
        ..WebhookSettings::default()
    }
}

impl Shop {
    pub(crate) async fn open() -> Self {
        Self::open_with(open_settings(), None).await
    }

    pub(crate) async fn open_with(settings: WebhookSettings, client: Option<Client>) -> Self {
        let db = TestDb::new().await;
        let clock = clock();
        let tokens = Tokens::new(Arc::new(clock.clone()));
        let own = Db::connect("orders", &db.settings("orders")).expect("the URL is well formed");
        let mut webhooks = Webhooks::new(own, Arc::new(clock.clone()), settings).expect("a client");
        webhooks.client = client.unwrap_or(webhooks.client);
        let state = State {
            webhooks: webhooks.clone(),
            verifier: tokens.verifier(),
        };
        let router = orders::webhooks::router::<Router<State>>();
        let document = orders::webhooks::router::<OpenApiRouter<State>>().into_openapi();
        let meta = RequestMeta {
            request_id: "test".into(),
            peer: None,
        };
        Self {
            app: TestApp::new(router.with_state(state).layer(Extension(meta))),
            webhooks,
            admin: db.admin_pool().await,
            tokens,
            clock,
            jobs: Jobs::new(),
            document: serde_json::to_value(document).expect("a document"),
            staff: UserId::generate(),
            _db: db,
        }
    }

    /// A receiver that takes everything.
    pub(crate) async fn receiver(&self) -> Receiver {
        Receiver::open(&self.jobs).await
    }

    /// Starts the jobs.
    pub(crate) fn run(&self) {
        recorder::run(self.webhooks.clone(), &self.jobs, Wakeups::local());
        dispatcher::run(self.webhooks.clone(), &self.jobs);
    }

    pub(crate) async fn close(self) {
        assert!(
            self.jobs.shutdown(Duration::from_secs(20)).await,
            "jobs end"
        );
    }

    /// A placed order; its event is one of those that tests emit themselves.
    pub(crate) async fn order(&self) -> OrderId {
        let order_id = OrderId::generate();
        let address = json!({"name": "Ada Example", "line1": "1 Main St", "city": "Springfield", "region": "CA",
                             "postal_code": "90210", "country": "US"});
        let method = json!({"code": "standard", "name": "Standard", "tax_minor": 0, "tax_rate_ppm": 0, "total_minor": 0});
        sqlx::query(
            "insert into orders.sales_order (order_id, order_number, checkout_id, cart_id, email, state, payment_state, currency,
               subtotal_minor, discount_minor, shipping_minor, tax_minor, total_minor, shipping_address, billing_address,
               shipping_method, placed_at)
             values ($1, 'TM-' || upper(right($1::text, 7)), $2, $3, 'ada@example.com', 'placed', 'captured', 'USD', 0, 0, 0, 0, 0, $4, $4, $5, now())",
        )
        .bind(order_id.uuid())
        .bind(CheckoutId::generate().uuid())
        .bind(CartId::generate().uuid())
        .bind(address)
        .bind(method)
        .execute(&self.admin)
        .await
        .expect("an order");
        order_id
    }

    /// Something happens to an order.
    pub(crate) async fn emit(&self, order_id: OrderId, kind: &str, detail: Value) {
        sqlx::query("select orders.emit_v1($1, $2, $3)")
            .bind(kind)
            .bind(order_id.uuid())
            .bind(detail)
            .execute(&self.admin)
            .await
            .expect("an event");
        // What no job of these tests consumes.
        sqlx::query("delete from orders.outbox where consumer <> 'webhooks'")
            .execute(&self.admin)
            .await
            .expect("deleted");
    }

    pub(crate) fn forward(&self, hours: i64) {
        self.clock.advance(SignedDuration::from_hours(hours));
    }

    // ---- staff

    pub(crate) fn as_staff(&self, call: Call) -> Call {
        call.bearer(self.tokens.staff_as(self.staff, &["webhooks.write"]))
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.as_staff(self.app.get(format!("{ENDPOINTS}{path}")))
            .send()
            .await
    }

    /// With a key of its own.
    pub(crate) async fn post(&self, path: &str, body: Option<Value>) -> Answer {
        let key = OrderId::generate().to_string();
        self.post_as(&key, path, body).await
    }

    pub(crate) async fn post_as(&self, key: &str, path: &str, body: Option<Value>) -> Answer {
        let call = self
            .as_staff(self.app.post(format!("{ENDPOINTS}{path}")))
            .header("idempotency-key", key);
        match body {
            Some(body) => call.json(body).send().await,
            None => call.send().await,
        }
    }

    pub(crate) async fn patch(&self, id: &str, version: i64, body: Value) -> Answer {
        let call = self.as_staff(self.app.patch(format!("{ENDPOINTS}/{id}")));
        call.header("if-match", format!("\"{version}\""))
            .json(body)
            .send()
            .await
    }

    /// A new endpoint: its id and its secret.
    pub(crate) async fn endpoint(&self, url: &str, kinds: &[&str]) -> (String, String) {
        let answer = self
            .post("", Some(json!({"url": url, "kinds": kinds})))
            .await
            .expect(201);
        let id = answer.json["endpoint"]["id"]
            .as_str()
            .expect("an id")
            .to_owned();
        (
            id,
            answer.json["secret"].as_str().expect("a secret").to_owned(),
        )
    }

    /// The deliveries of an endpoint, the oldest first.
    pub(crate) async fn deliveries(&self, id: &str) -> Vec<Value> {
        let answer = self
            .get(&format!("/{id}/deliveries?limit=100"))
            .await
            .expect(200);
        let mut items = answer.json["items"].as_array().expect("items").clone();
        items.sort_by_key(|item| (item["occurred_at"].to_string(), item["sequence"].as_i64()));
        items
    }

    /// The states of the deliveries of an endpoint, the oldest first.
    pub(crate) async fn states(&self, id: &str) -> Vec<String> {
        let items = self.deliveries(id).await;
        items
            .iter()
            .map(|item| item["state"].as_str().expect("a state").to_owned())
            .collect()
    }

    /// Waits until the states are these.
    pub(crate) async fn until(&self, id: &str, states: &[&str]) {
        let what = format!("deliveries {states:?}");
        testkit::until(&what, async || self.states(id).await == states).await;
    }

    /// Waits until so many attempts, at all deliveries, are written down. What the receiver has got may not be yet, and
    /// would be written down at the time that the clock shows then.
    pub(crate) async fn until_attempts(&self, attempts: i64) {
        let made = "select count(*) from orders.webhook_attempt";
        let what = format!("{attempts} attempts");
        testkit::until(&what, async || self.count(made).await >= attempts).await;
    }

    /// Waits until every event was numbered.
    pub(crate) async fn until_recorded(&self) {
        let left = "select count(*) from orders.outbox where consumer = 'webhooks'";
        testkit::until("all events numbered", async || self.count(left).await == 0).await;
    }

    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql)
            .fetch_one(&self.admin)
            .await
            .expect("a count")
    }
}
