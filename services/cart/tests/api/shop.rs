//! A shop with a few products, and the service in front of it.

use cart::config::{DEFAULTS, Settings};
use cart::state::AppState;
use common::db::Db;
use common::redis::Cache;
use kernel::{CartId, Clock as _, CouponId, Currency, OrderId, TestClock, UserId, VariantId};
use serde_json::{Value, json};
use sqlx::PgPool;
use std::sync::Arc;
use testkit::{Answer, TestApp, TestDb, Tokens, clock};

pub(crate) struct Shop {
    pub(crate) app: TestApp,
    pub(crate) db: TestDb,
    pub(crate) admin: PgPool,
    pub(crate) tokens: Tokens,
    pub(crate) clock: TestClock,
    pub(crate) state: AppState,
    manager: UserId,
}

/// A guest's open cart.
pub(crate) struct GuestCart {
    pub(crate) id: CartId,
    pub(crate) token: String,
}

impl Shop {
    pub(crate) async fn open() -> Self {
        Self::open_with(Cache::none("cart")).await
    }

    pub(crate) async fn open_with(cache: Cache) -> Self {
        let db = TestDb::new().await;
        let url = ("TECHMART_CART__DB__URL".to_owned(), db.url("cart"));
        let mut settings: Settings =
            common::config::load_from("cart", DEFAULTS, [url]).expect("the defaults are complete");
        settings.db = db.settings("cart");
        settings.cart.lines_max = 3;
        settings.limit.coupon_address_burst = 40;
        settings.shop.currency = Currency::USD;
        let admin = db.admin_pool().await;
        let clock = clock();
        let tokens = Tokens::new(Arc::new(clock.clone()));
        let state = AppState::new(
            Db::connect("cart", &settings.db).expect("the URL is well formed"),
            cache,
            Arc::new(clock.clone()),
            tokens.verifier(),
            &settings,
        );
        let router = cart::app(state.clone());
        Self {
            app: TestApp::new(common::layers::apply(router, &settings.http, "cart")),
            db,
            admin,
            tokens,
            clock,
            state,
            manager: UserId::generate(),
        }
    }

    /// A product with one variant at 19.99 USD and this stock.
    pub(crate) async fn product(&self, on_hand: i32) -> VariantId {
        let variant = VariantId::generate();
        sqlx::query(
            "with category as (
               insert into catalog.category (category_id, slug, name, path, art)
               values (gen_random_uuid(), 'lamps', 'Lamps', 'lamps', 'generic')
               on conflict (slug) do update set name = excluded.name returning category_id),
             product as (
               insert into catalog.product (product_id, slug, title, category_id, status)
               select gen_random_uuid(), 'lamp-' || replace($1::text, '-', ''), 'Lamp', category_id, 'active' from category
               returning product_id)
             insert into catalog.variant (variant_id, product_id, max_per_order) select $1, product_id, 20 from product",
        )
        .bind(variant.uuid())
        .execute(&self.admin)
        .await
        .expect("a product");
        sqlx::query("insert into catalog.price (variant_id, currency, amount_minor) values ($1, 'USD', 1999)")
            .bind(variant.uuid())
            .execute(&self.admin)
            .await
            .expect("a price");
        sqlx::query(
            "insert into catalog.stock_level (variant_id, location_id, on_hand)
             select $1, location_id, $2 from catalog.stock_location",
        )
        .bind(variant.uuid())
        .bind(on_hand)
        .execute(&self.admin)
        .await
        .expect("stock");
        variant
    }

    pub(crate) async fn guest_cart(&self) -> GuestCart {
        let answer = self.app.post("/api/v1/carts").send().await.expect(201);
        let token = answer.header("cart-token").expect("a token").to_owned();
        GuestCart {
            id: id(&answer.json),
            token,
        }
    }

    pub(crate) async fn customer(&self) -> (String, CartId) {
        let token = self.tokens.customer(UserId::generate());
        let answer = self
            .app
            .post("/api/v1/carts")
            .bearer(&token)
            .send()
            .await
            .expect(201);
        (token, id(&answer.json))
    }

    /// A token of the member of staff who manages coupons.
    pub(crate) fn staff(&self) -> String {
        self.tokens
            .staff_as(self.manager, &["coupons.read", "coupons.write"])
    }

    /// Makes a coupon with these terms and a code of its own.
    pub(crate) async fn make_coupon(&self, terms: Value) -> Answer {
        let mut body = json!({"description": "A coupon"});
        let code = kernel::EventId::generate().uuid().simple().to_string();
        body["code"] = json!(format!("save-{code}"));
        for (name, value) in terms.as_object().expect("an object") {
            body[name] = value.clone();
        }
        let call = self.app.post("/api/v1/admin/coupons").bearer(self.staff());
        call.header("idempotency-key", code).json(body).send().await
    }

    /// Uses a coupon for an order, as checkout does.
    pub(crate) async fn redeem(&self, coupon_id: CouponId, order_id: OrderId, customer: UserId) {
        let checkout = self.db.pool("checkout", 1).await;
        let mut conn = checkout.acquire().await.expect("a connection");
        let key = contract_cart::CustomerKey::customer(customer);
        contract_cart::redeem(&mut conn, coupon_id, order_id, &key, self.clock.now())
            .await
            .expect("a use is left");
    }

    /// The guest's cart as it is.
    pub(crate) async fn read(&self, cart: &GuestCart) -> Answer {
        let call = self.app.get(format!("/api/v1/carts/{}", cart.id));
        call.header("cart-token", &cart.token)
            .send()
            .await
            .expect(200)
    }

    pub(crate) async fn add(&self, cart: &GuestCart, variant: VariantId, quantity: i32) -> Answer {
        self.app
            .post(format!("/api/v1/carts/{}/lines", cart.id))
            .header("cart-token", &cart.token)
            .json(json!({"variant_id": variant, "quantity": quantity}))
            .send()
            .await
    }
}

pub(crate) fn id(cart: &Value) -> CartId {
    cart["id"]
        .as_str()
        .expect("an id")
        .parse()
        .expect("a cart's id")
}
