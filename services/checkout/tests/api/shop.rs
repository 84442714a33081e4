//! A shop of its own for each test.

use std::path::PathBuf;
use std::sync::Arc;

use checkout::Provider;
use checkout::config::{DEFAULTS, Settings};
use checkout::state::AppState;
use common::db::Db;
use common::jobs::Jobs;
use common::redis::Cache;
use jiff::SignedDuration;
use kernel::{CartId, Quantity, TestClock, UserId, VariantId};
use sha2::{Digest as _, Sha256};
use sqlx::PgPool;
use testkit::{TestApp, TestDb, Tokens};
use uuid::Uuid;

use crate::relay::Relay;

/// Signs the provider's reports.
pub(crate) const WEBHOOK_SECRET: &str = "whsec_test";
/// The one before.
pub(crate) const WEBHOOK_SECRET_PREVIOUS: &str = "whsec_test_previous";
/// Payments are held first, and captured when asked for.
pub(crate) const MANUAL: (&str, &str) = ("TECHMART_CHECKOUT__PAYMENT__CAPTURE", "manual");
/// A provider that does not answer is given up soon; otherwise so late that a busy machine is not taken for one.
pub(crate) const SOON: (&str, &str) = ("TECHMART_CHECKOUT__PAYMENT__DEADLINE_MS", "2500");

/// The service with its own database, clock and payment provider.
pub(crate) struct Shop {
    pub(crate) db: TestDb,
    pub(crate) admin: PgPool,
    /// Connections of the orders service.
    pub(crate) orders: PgPool,
    pub(crate) state: AppState,
    pub(crate) app: TestApp,
    pub(crate) clock: TestClock,
    pub(crate) tokens: Tokens,
    pub(crate) paysim: paysim::Running,
    pub(crate) relay: Relay,
    folder: PathBuf,
}

/// A cart and how to reach it.
#[derive(Debug, Clone)]
pub(crate) struct Cart {
    pub(crate) cart_id: CartId,
    /// The header that opens it.
    pub(crate) header: (&'static str, String),
}

impl Drop for Shop {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

impl Shop {
    pub(crate) async fn open() -> Self {
        Self::open_with(&[]).await
    }

    /// Makes a customer known to the shop.
    pub(crate) async fn sign_up(&self, id: UserId) {
        sqlx::query(
            "insert into auth.user_account (user_id, email, name, role, password_hash)
             values ($1, $1::text || '@shop.example', 'Customer', 'customer', '-')",
        )
        .bind(id.uuid())
        .execute(&self.admin)
        .await
        .expect("a customer");
    }

    /// A shop where money is taken when the order is sent.
    pub(crate) async fn open_manual() -> Self {
        Self::open_with(&[MANUAL]).await
    }

    /// A shop that soon gives up a provider whose answers are lost.
    pub(crate) async fn impatient() -> Self {
        Self::open_with(&[SOON]).await
    }

    pub(crate) async fn open_with(more: &[(&'static str, &str)]) -> Self {
        let (db, clock, jobs) = (TestDb::new().await, testkit::clock(), Jobs::new());
        let folder =
            std::env::temp_dir().join(format!("paysim-{}", Uuid::from(CartId::generate())));
        let paysim = paysim::start(paysim::Config::new(&folder)).await.unwrap();
        let (relay, api_base) = Relay::start(&paysim.base_url, &jobs).await;
        let variables = [
            ("TECHMART_CHECKOUT__DB__URL", db.url("checkout")),
            ("TECHMART__ORDER_TOKEN__KEY", "ab".repeat(32)),
            ("TECHMART_CHECKOUT__PAYMENT__API_BASE", api_base),
            (
                "TECHMART_CHECKOUT__PAYMENT__SECRET_KEY",
                "sk_test_techmart".to_owned(),
            ),
            (
                "TECHMART_CHECKOUT__PAYMENT__PUBLISHABLE_KEY",
                "pk_test_techmart".to_owned(),
            ),
            (
                "TECHMART_CHECKOUT__PAYMENT__WEBHOOK_SECRET",
                WEBHOOK_SECRET.to_owned(),
            ),
            (
                "TECHMART_CHECKOUT__PAYMENT__WEBHOOK_SECRET_PREVIOUS",
                WEBHOOK_SECRET_PREVIOUS.to_owned(),
            ),
            (
                "TECHMART_CHECKOUT__PAYMENT__DEADLINE_MS",
                "30000".to_owned(),
            ),
            (
                "TECHMART_CHECKOUT__PAYMENT__CONNECT_TIMEOUT_MS",
                "20000".to_owned(),
            ),
        ];
        let more = more
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()));
        let variables = variables
            .into_iter()
            .chain(more)
            .map(|(name, value)| (name.to_owned(), value));
        let settings: Settings =
            common::config::load_from("checkout", DEFAULTS, variables).unwrap();
        let tokens = Tokens::new(Arc::new(clock.clone()));
        let state = AppState {
            db: Db::connect("checkout", &settings.db).unwrap(),
            cart_cache: Cache::none("cart"),
            clock: Arc::new(clock.clone()),
            verifier: tokens.verifier(),
            provider: Provider::new(&settings.payment).unwrap(),
            settings: Arc::new(settings),
            jobs,
        };
        let router = checkout::app(state.clone());
        let router = common::layers::apply(router, &state.settings.http, "checkout");
        let admin = db.admin_pool().await;
        let orders = db.pool("orders", 4).await;
        sqlx::raw_sql(
            "insert into catalog.category (category_id, slug, name, path, art) values (gen_random_uuid(), 'audio', 'Audio', 'audio', 'speaker');
             insert into catalog.tax_rate (country, region, tax_class, rate_ppm, included) values ('US', 'CA', 'standard', 72500, false);",
        )
        .execute(&admin)
        .await
        .unwrap();
        Self {
            app: TestApp::new(router),
            db,
            admin,
            orders,
            state,
            clock,
            tokens,
            paysim,
            relay,
            folder,
        }
    }

    /// A product with one variant in stock.
    pub(crate) async fn product(&self, title: &str, price_minor: i64, stock: i32) -> VariantId {
        let variant_id = VariantId::generate();
        let slug = format!("p-{}", variant_id.uuid().simple());
        sqlx::query(
            "with p as (
               insert into catalog.product (product_id, slug, title, category_id, status)
               select gen_random_uuid(), $1, $2, category_id, 'active' from catalog.category returning product_id),
             v as (
               insert into catalog.variant (variant_id, product_id, weight_g)
               select $3, product_id, 400 from p returning variant_id),
             r as (
               insert into catalog.price (variant_id, currency, amount_minor) select variant_id, 'USD', $4 from v)
             insert into catalog.stock_level (variant_id, location_id)
             select v.variant_id, l.location_id from v, catalog.stock_location l",
        )
        .bind(slug)
        .bind(title)
        .bind(variant_id.uuid())
        .bind(price_minor)
        .execute(&self.admin)
        .await
        .unwrap();
        self.receive(variant_id, stock).await;
        variant_id
    }

    /// Moves the units on hand.
    pub(crate) async fn receive(&self, variant_id: VariantId, units: i32) {
        sqlx::query(
            "select catalog.adjust_stock_v1($1, location_id, 0::smallint, 'receive', $2, null, 'test') from catalog.stock_location",
        )
        .bind(variant_id.uuid())
        .bind(units)
        .execute(&self.admin)
        .await
        .unwrap();
    }

    pub(crate) async fn set_price(&self, variant_id: VariantId, price_minor: i64) {
        sqlx::query("update catalog.price set amount_minor = $2 where variant_id = $1")
            .bind(variant_id.uuid())
            .bind(price_minor)
            .execute(&self.admin)
            .await
            .unwrap();
    }

    /// A guest's cart.
    pub(crate) async fn guest_cart(&self, lines: &[(VariantId, i32)]) -> Cart {
        let token = format!("token-{}", Uuid::from(CartId::generate()).simple());
        let hash = Sha256::digest(token.as_bytes()).to_vec();
        let cart_id = self.cart(None, Some(hash), lines).await;
        Cart {
            cart_id,
            header: ("cart-token", token),
        }
    }

    /// A customer's cart.
    pub(crate) async fn customer_cart(&self, user_id: UserId, lines: &[(VariantId, i32)]) -> Cart {
        let cart_id = self.cart(Some(user_id.uuid()), None, lines).await;
        let token = format!("Bearer {}", self.tokens.customer(user_id));
        Cart {
            cart_id,
            header: ("authorization", token),
        }
    }

    async fn cart(
        &self,
        customer: Option<Uuid>,
        hash: Option<Vec<u8>>,
        lines: &[(VariantId, i32)],
    ) -> CartId {
        let cart_id = CartId::generate();
        sqlx::query("insert into cart.cart (cart_id, customer_id, token_hash, currency) values ($1, $2, $3, 'USD')")
            .bind(cart_id.uuid())
            .bind(customer)
            .bind(hash)
            .execute(&self.admin)
            .await
            .unwrap();
        for (variant_id, quantity) in lines {
            self.add_line(cart_id, *variant_id, *quantity).await;
        }
        cart_id
    }

    pub(crate) async fn add_line(&self, cart_id: CartId, variant_id: VariantId, quantity: i32) {
        sqlx::query("insert into cart.line (line_id, cart_id, variant_id, quantity) values ($1, $2, $3, $4)")
            .bind(Uuid::from(CartId::generate()))
            .bind(cart_id.uuid())
            .bind(variant_id.uuid())
            .bind(i32::from(Quantity::new(quantity).unwrap()))
            .execute(&self.admin)
            .await
            .unwrap();
    }

    /// A report, as the provider signs and sends it.
    pub(crate) async fn report(&self, event: &serde_json::Value) {
        let body = event.to_string();
        let at = self.state.now().as_second();
        let signature = paysim::sign_webhook(WEBHOOK_SECRET, at, body.as_bytes());
        let call = self.app.post("/api/v1/payments/webhook");
        let call = call.header("content-type", "application/json");
        let call = call.header("stripe-signature", signature).body(body);
        call.send().await.expect(200);
    }

    /// Everything that the provider has to report, the newest first.
    pub(crate) async fn deliver_reports(&self) {
        let url = format!("{}/v1/events?limit=100", self.paysim.base_url);
        let request = reqwest::Client::builder()
            .no_proxy()
            .build()
            .unwrap()
            .get(url);
        let answer = request
            .bearer_auth("sk_test_techmart")
            .send()
            .await
            .unwrap();
        let events: serde_json::Value = answer.json().await.unwrap();
        for event in events["data"].as_array().unwrap() {
            self.report(event).await;
        }
    }

    /// Somebody at the provider's own pages.
    pub(crate) async fn ask_provider(
        &self,
        path: &str,
        form: &[(&str, String)],
    ) -> serde_json::Value {
        let url = format!("{}/v1/{path}", self.paysim.base_url);
        let request = reqwest::Client::builder()
            .no_proxy()
            .build()
            .unwrap()
            .post(url);
        let answer = request
            .bearer_auth("sk_test_techmart")
            .form(form)
            .send()
            .await
            .unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    pub(crate) async fn count(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query)
            .fetch_one(&self.admin)
            .await
            .unwrap()
    }

    pub(crate) async fn text(&self, query: &'static str) -> String {
        sqlx::query_scalar(query)
            .fetch_one(&self.admin)
            .await
            .unwrap()
    }

    /// Free units of a variant.
    pub(crate) async fn free(&self, variant_id: VariantId) -> i32 {
        sqlx::query_scalar(
            "select on_hand - reserved - allocated from catalog.stock_level where variant_id = $1",
        )
        .bind(variant_id.uuid())
        .fetch_one(&self.admin)
        .await
        .unwrap()
    }

    /// Checks every invariant, and that the provider took exactly what the placed orders cost.
    pub(crate) async fn verify(&self) {
        self.db.verify().await;
        self.verify_money().await;
    }

    /// The provider's ledger, ours, the payments and the orders agree.
    pub(crate) async fn verify_money(&self) {
        let ledger = self.paysim.ledger();
        for intent in &ledger.intents {
            assert!(intent.charges_paid <= 1, "charged twice: {intent:?}");
        }
        let net: i64 = ledger
            .intents
            .iter()
            .map(|intent| intent.captured - intent.refunded - intent.disputed)
            .sum();
        let booked = self
            .count("select coalesce(sum(amount_minor), 0)::bigint from checkout.ledger_entry where account = 'provider'")
            .await;
        assert_eq!(
            net, booked,
            "the provider's ledger and ours differ: {ledger}"
        );
        // What cards, gift cards and credit paid and did not get back is what orders count as paid.
        let owed = self
            .count(
                "select count(*) from orders.sales_order o, lateral checkout.payment_sums_v1(o.order_id) s
                  where (o.captured_minor, o.refunded_minor, o.authorized_minor) is distinct from (s.captured_minor, s.refunded_minor, s.authorized_minor)
                     or (o.state = 'placed' and o.captured_minor + o.authorized_minor + o.cancelled_minor < o.total_minor and not o.voided)",
            )
            .await;
        assert_eq!(owed, 0, "orders and payments differ");
        self.verify_balances().await;
        let open = self
            .count("select count(*) from checkout.idempotency_key where state <> 'done' and locked_until < now() - interval '1 hour'")
            .await;
        assert_eq!(open, 0, "a key is stuck");
    }

    /// Every balance is what the ledger says, and nothing is held for an order that is not being paid.
    async fn verify_balances(&self) {
        let wrong = self
            .count(
                "select count(*) from (
                   select 'gift_cards' as account, coalesce(sum(balance_minor), 0) as held from checkout.stored_value where kind = 'gift_card'
                   union all select 'store_credit', coalesce(sum(balance_minor), 0) from checkout.stored_value where kind = 'store_credit'
                   union all select 'held', coalesce(sum(amount_minor), 0) from checkout.tender where state = 'held') b
                  where b.held <> -(select coalesce(sum(e.amount_minor), 0) from checkout.ledger_entry e where e.account = b.account)",
            )
            .await;
        assert_eq!(wrong, 0, "balances and the ledger differ");
        let stray = self
            .count(
                "select count(*) from checkout.tender t join orders.sales_order o using (order_id)
                  where (t.state = 'held') <> (o.state = 'pending')
                    and not (t.state = 'released' and o.state = 'cancelled') and not (t.state = 'captured' and o.placed_at is not null)",
            )
            .await;
        assert_eq!(stray, 0, "tenders and orders differ");
        let totals = self
            .count(
                "select count(*) from orders.sales_order o
                  where o.total_minor <> (select coalesce(sum(a.amount_minor), 0) from checkout.payment_attempt a where a.order_id = o.order_id)
                                       + (select coalesce(sum(t.amount_minor), 0) from checkout.tender t where t.order_id = o.order_id)",
            )
            .await;
        assert_eq!(
            totals, 0,
            "an order's total is not what is charged and tendered"
        );
    }
}
