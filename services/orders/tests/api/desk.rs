//! A database with orders in it, and the service in front of it.

use std::sync::Arc;

use common::db::Db;
use contract_orders::{NewOrder, NewOrderLine, OrderTokenKey, order};
use jiff::SignedDuration;
use kernel::{
    CartId, CheckoutId, Clock as _, Currency, OrderId, ProductId, Quantity, TestClock, UserId,
    VariantId,
};
use orders::state::AppState;
use serde_json::json;
use sqlx::PgPool;
use testkit::{TestApp, TestDb, Tokens, clock};

pub(crate) struct Desk {
    pub(crate) app: TestApp,
    pub(crate) db: TestDb,
    pub(crate) own: Db,
    pub(crate) checkout: PgPool,
    pub(crate) tokens: Tokens,
    pub(crate) token_key: OrderTokenKey,
    pub(crate) clock: TestClock,
}

impl Desk {
    pub(crate) async fn open() -> Self {
        let db = TestDb::new().await;
        let clock = clock();
        let tokens = Tokens::new(Arc::new(clock.clone()));
        let token_key: OrderTokenKey = "ab".repeat(32).parse().expect("a key");
        let own = Db::connect("orders", &db.settings("orders")).expect("the URL is well formed");
        let state = AppState {
            db: own.clone(),
            verifier: tokens.verifier(),
            clock: Arc::new(clock.clone()),
            token_key: token_key.clone(),
        };
        let (router, _) = orders::app(state);
        let checkout = db.pool("checkout", 4).await;
        Self {
            app: TestApp::new(router),
            db,
            own,
            checkout,
            tokens,
            token_key,
            clock,
        }
    }

    /// A pending order of two lamps.
    pub(crate) async fn pending(&self, customer_id: Option<UserId>) -> OrderId {
        let order_id = OrderId::generate();
        let address = json!({"name": "Ada Example", "line1": "1 Main St", "city": "Springfield", "region": "CA",
                             "postal_code": "90210", "country": "US"});
        let new = NewOrder {
            order_id,
            checkout_id: CheckoutId::generate(),
            cart_id: CartId::generate(),
            customer_id,
            email: "ada@example.com".parse().expect("an address"),
            currency: Currency::USD,
            subtotal_minor: 4000,
            discount_minor: 0,
            shipping_minor: 499,
            tax_minor: 290,
            tax_included_minor: 0,
            total_minor: 4789,
            shipping_address: address.clone(),
            billing_address: address,
            shipping_method: json!({"code": "standard", "name": "Standard delivery"}),
            lines: vec![NewOrderLine {
                variant_id: VariantId::generate(),
                product_id: ProductId::generate(),
                slug: "lamp".to_owned(),
                title: "Lamp".to_owned(),
                variant_title: "Blue".to_owned(),
                sku: Some("LMP-1".to_owned()),
                art: "generic".to_owned(),
                color: Some("0000ff".to_owned()),
                quantity: Quantity::new(2).expect("two"),
                unit_price_minor: 2000,
                discount_minor: 0,
                tax_minor: 290,
                tax_rate_ppm: 72_500,
                total_minor: 4290,
            }],
        };
        let mut conn = self.checkout.acquire().await.expect("a connection");
        order::open(&mut conn, &new).await.expect("an order");
        order_id
    }

    /// The same, paid. Answers its number.
    pub(crate) async fn place(&self, order_id: OrderId) -> String {
        let mut conn = self.checkout.acquire().await.expect("a connection");
        let placed = order::place(&mut conn, order_id, "captured", self.clock.now())
            .await
            .expect("placed");
        assert!(placed.placed);
        placed.number.expect("a placed order has a number")
    }

    /// A guest's token for an order.
    pub(crate) fn token(&self, order_id: OrderId, hours: i64) -> String {
        self.token_key.sign(
            order_id,
            self.clock.now() + SignedDuration::from_hours(hours),
        )
    }
}
