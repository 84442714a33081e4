//! A database with orders in it, and the service in front of it.

use std::sync::Arc;

use axum::Extension;
use common::db::Db;
use common::extract::RequestMeta;
use contract_orders::{NewOrder, NewOrderLine, OrderTokenKeys, order};
use jiff::SignedDuration;
use kernel::{
    CartId, CheckoutId, Clock as _, Currency, OrderId, ProductId, Quantity, TestClock, UserId,
    VariantId,
};
use mail::mailbox::Mailbox;
use orders::domain::allowed::Policy;
use orders::domain::paper::{Papers, Seller};
use orders::state::AppState;
use orders::store::notifications::OUTBOX;
use orders::webhooks::{WebhookSettings, Webhooks};
use serde_json::{Value, json};
use sqlx::PgPool;
use testkit::{TestApp, TestDb, Tokens, clock};

pub(crate) struct Desk {
    pub(crate) app: TestApp,
    pub(crate) document: Value,
    pub(crate) db: TestDb,
    pub(crate) admin: PgPool,
    pub(crate) own: Db,
    pub(crate) checkout: PgPool,
    pub(crate) tokens: Tokens,
    pub(crate) token_keys: OrderTokenKeys,
    pub(crate) clock: TestClock,
    pub(crate) papers: Arc<Papers>,
    pub(crate) policy: Arc<Policy>,
}

pub(crate) fn policy() -> Policy {
    Policy {
        cancel_grace: SignedDuration::from_mins(30),
        return_window: SignedDuration::from_hours(30 * 24),
        auto_approve: false,
        approval_over_minor: 50_000,
        hold_over_minor: None,
    }
}

impl Desk {
    pub(crate) async fn open() -> Self {
        Self::open_with(policy()).await
    }

    /// Waits until a consumer has taken in all events.
    pub(crate) async fn until_drained(&self, consumer: &str) {
        testkit::until(consumer, async || {
            let left = "select count(*) from orders.outbox where consumer = $1";
            let left = sqlx::query_scalar::<_, i64>(left).bind(consumer);
            left.fetch_one(&self.admin).await.expect("a count") == 0
        })
        .await;
    }

    pub(crate) async fn open_with(policy: Policy) -> Self {
        let db = TestDb::new().await;
        let clock = clock();
        let tokens = Tokens::new(Arc::new(clock.clone()));
        let key = "ab".repeat(32).parse().expect("a key");
        let token_keys = OrderTokenKeys::new(key, None);
        let own = Db::connect("orders", &db.settings("orders")).expect("the URL is well formed");
        let seller = Seller {
            name: "TechMart Inc.".to_owned(),
            address: vec!["1 Main St".to_owned(), "Springfield CA 90210".to_owned()],
            tax_id: Some("US-1".to_owned()),
            registration: None,
            email: None,
            phone: None,
            website: None,
        };
        let papers = Arc::new(Papers {
            seller,
            paper: documents::Paper::Letter,
            tax_name: "Sales tax".to_owned(),
        });
        let policy = Arc::new(policy);
        let shared = Arc::new(clock.clone());
        let state = AppState {
            db: own.clone(),
            verifier: tokens.verifier(),
            clock: shared.clone(),
            token_keys: token_keys.clone(),
            policy: Arc::clone(&policy),
            papers: Arc::clone(&papers),
            mailbox: Mailbox {
                db: own.clone(),
                outbox: OUTBOX,
                sends: false,
                clock: shared.clone(),
            },
            webhooks: Webhooks::new(own.clone(), shared, WebhookSettings::default())
                .expect("a client"),
        };
        let router = orders::app(state);
        let meta = RequestMeta {
            request_id: "test".into(),
            peer: None,
        };
        let checkout = db.pool("checkout", 4).await;
        Self {
            app: TestApp::new(router.layer(Extension(meta))),
            document: serde_json::to_value(orders::openapi()).expect("a document"),
            admin: db.admin_pool().await,
            db,
            own,
            checkout,
            tokens,
            token_keys,
            clock,
            papers,
            policy,
        }
    }

    /// A pending order of two lamps that no stock is behind.
    pub(crate) async fn pending(&self, customer_id: Option<UserId>) -> OrderId {
        let new = NewOrder {
            subtotal_minor: 4000,
            shipping_minor: 499,
            tax_minor: 290,
            total_minor: 4789,
            lines: vec![line(VariantId::generate(), "Lamp", 2, 2000, 0, 290)],
            ..head(customer_id)
        };
        let mut conn = self.checkout.acquire().await.expect("a connection");
        order::open(&mut conn, &new).await.expect("an order");
        new.order_id
    }

    /// The same, paid. Answers its number.
    pub(crate) async fn place(&self, order_id: OrderId) -> String {
        let mut conn = self.checkout.acquire().await.expect("a connection");
        let total: i64 =
            sqlx::query_scalar("select total_minor from orders.sales_order where order_id = $1")
                .bind(order_id.uuid())
                .fetch_one(&self.admin)
                .await
                .expect("its total");
        let placed = order::place(&mut conn, order_id, 0, total, self.clock.now())
            .await
            .expect("placed");
        assert!(placed.placed);
        placed.number.expect("a placed order has a number")
    }

    /// A guest's token for an order.
    pub(crate) fn token(&self, order_id: OrderId, hours: i64) -> String {
        self.token_keys.sign(
            order_id,
            self.clock.now() + SignedDuration::from_hours(hours),
        )
    }
}

/// An order without lines and amounts.
pub(crate) fn head(customer_id: Option<UserId>) -> NewOrder {
    let address = json!({"name": "Ada Example", "line1": "1 Main St", "city": "Springfield", "region": "CA",
                         "postal_code": "90210", "country": "US"});
    NewOrder {
        order_id: OrderId::generate(),
        checkout_id: CheckoutId::generate(),
        cart_id: CartId::generate(),
        customer_id,
        email: "ada@example.com".parse().expect("an address"),
        currency: Currency::USD,
        subtotal_minor: 0,
        discount_minor: 0,
        shipping_minor: 0,
        tax_minor: 0,
        tax_included_minor: 0,
        total_minor: 0,
        shipping_address: address.clone(),
        billing_address: address,
        shipping_method: json!({"code": "standard", "name": "Standard delivery"}),
        coupon: None,
        lines: Vec::new(),
    }
}

/// A line of an order; tax on top of the prices.
pub(crate) fn line(
    variant_id: VariantId,
    title: &str,
    quantity: i64,
    unit: i64,
    discount: i64,
    tax: i64,
) -> NewOrderLine {
    NewOrderLine {
        variant_id,
        product_id: ProductId::generate(),
        slug: title.to_lowercase(),
        title: title.to_owned(),
        variant_title: "Blue".to_owned(),
        sku: Some(format!("{title}-1")),
        art: "generic".to_owned(),
        color: Some("0000ff".to_owned()),
        quantity: Quantity::new(quantity).expect("a quantity"),
        unit_price_minor: unit,
        discount_minor: discount,
        tax_minor: tax,
        tax_rate_ppm: 72_500,
        total_minor: unit * quantity - discount + tax,
    }
}
