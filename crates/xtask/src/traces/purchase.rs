//! A guest buys one thing; every request says that it belongs to one trace.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::canaries::Canaries;
use super::{PATIENCE, PAUSE};
use crate::race::shop::text;
use crate::race::{Request, Shop};
use crate::stack::Stack;

/// A purchase that was made.
#[derive(Debug)]
pub(super) struct Purchase {
    /// The id of its trace.
    pub(super) trace: String,
    /// The span that all its requests were sent in.
    pub(super) span: String,
}

/// A guest on the way.
struct Guest<'a> {
    shop: &'a Shop,
    purchase: &'a Purchase,
    token: Option<String>,
}

impl Purchase {
    /// Someone signs in, and a guest looks around and buys. What must not be told afterwards is added to the canaries.
    pub(super) async fn make(stack: &Stack, shop: &Shop, canaries: &mut Canaries) -> Result<Self> {
        let purchase = Self {
            trace: hex::encode(rand::random::<[u8; 16]>()),
            span: hex::encode(rand::random::<[u8; 8]>()),
        };
        let goods = shop.put_on_sale("traces", 5).await?;
        let product = any_product(shop).await?;
        sign_in(stack, shop, canaries).await?;
        let mut guest = Guest {
            shop,
            purchase: &purchase,
            token: None,
        };
        let searched = format!("/search?q={}", canaries.card_number);
        guest.ask(Request::new("GET", searched)).await?;
        guest
            .ask(Request::new("GET", format!("/products/{product}")))
            .await?;
        let checkout = guest.prepare(&goods.variant_id, canaries).await?;
        guest.buy(&checkout, canaries).await?;
        Ok(purchase)
    }
}

/// Some product of the shop.
async fn any_product(shop: &Shop) -> Result<String> {
    let request = Request::new("GET", "/search?q=&limit=1");
    let found = shop.wire.client().send(&request).await?.success("search")?;
    text(&found["items"][0], "slug")
}

/// A customer signs in: passwords and tokens go over the wire.
async fn sign_in(stack: &Stack, shop: &Shop, canaries: &mut Canaries) -> Result<()> {
    let customer = stack.state.customers.first().context("no demo customer")?;
    let login = json!({"email": customer.email, "password": customer.password});
    let request = Request::new("POST", "/auth/login").json(&login);
    let answer = shop.wire.client().send(&request).await?;
    let cookie = answer.headers.get("set-cookie").cloned();
    let session = answer.success("login")?;
    canaries.add("access token", text(&session, "access_token")?);
    if let Some(token) = session["refresh_token"].as_str() {
        canaries.add("refresh token", token);
    }
    let kept = cookie
        .as_deref()
        .and_then(|cookie| cookie.split(['=', ';']).nth(1));
    if let Some(token) = kept {
        canaries.add("cookie", token);
    }
    Ok(())
}

impl Guest<'_> {
    /// Sends a request within the trace.
    async fn ask(&mut self, request: Request) -> Result<Value> {
        let Purchase { trace, span } = self.purchase;
        let mut request = request.header("traceparent", format!("00-{trace}-{span}-01"));
        if let Some(token) = &self.token {
            request = request.header("Cart-Token", token);
        }
        let answer = self.shop.wire.client().send(&request).await?;
        if let Some(token) = answer.headers.get("cart-token") {
            self.token = Some(token.clone());
        }
        answer.success("purchase")
    }

    /// From an empty cart to a checkout that lacks only the payment.
    async fn prepare(&mut self, variant: &str, canaries: &mut Canaries) -> Result<Value> {
        let cart = self
            .ask(Request::new("POST", "/carts").json(&json!({})))
            .await?;
        canaries.add("cart token", self.token.clone().context("no Cart-Token")?);
        let cart = text(&cart, "id")?;
        let line = json!({"variant_id": variant, "quantity": 1});
        let request = Request::new("POST", format!("/carts/{cart}/lines")).json(&line);
        self.ask(request).await?;
        let open = Request::new("POST", "/checkouts").json(&json!({"cart_id": cart}));
        let checkout = self.ask(open).await?;
        let path = format!("/checkouts/{}", text(&checkout, "id")?);
        let address = json!({
            "email": canaries.email,
            "shipping_address": {
                "name": canaries.name, "line1": canaries.street, "city": "Springfield",
                "region": "IL", "postal_code": "62701", "country": "US",
            },
        });
        let checkout = self
            .ask(Request::new("PATCH", path.clone()).json(&address))
            .await?;
        let method = text(&checkout["shipping_methods"][0], "code")?;
        let choice = json!({"shipping_method": method});
        self.ask(Request::new("PATCH", path).json(&choice)).await
    }

    /// Pays, and looks at the order.
    async fn buy(&mut self, checkout: &Value, canaries: &mut Canaries) -> Result<()> {
        let path = format!("/checkouts/{}/complete", text(checkout, "id")?);
        let body = json!({
            "expected_total": checkout["totals"]["total"],
            "version": checkout["version"],
            "payment_method": "pm_card_visa",
        });
        let begun = Instant::now();
        let placed = loop {
            let request = Request::new("POST", path.clone()).json(&body);
            let answer = self
                .ask(request.header("Idempotency-Key", "traces"))
                .await?;
            if answer["order_token"].is_string() {
                break answer;
            }
            ensure!(begun.elapsed() < PATIENCE, "not placed: {answer}");
            tokio::time::sleep(PAUSE).await;
        };
        let token = text(&placed, "order_token")?;
        canaries.add("order token", token.clone());
        let order = text(&placed["order"], "id")?;
        let request = Request::new("GET", format!("/orders/{order}"));
        self.ask(request.header("Order-Token", token)).await?;
        // The provider's report comes by itself.
        tokio::time::sleep(Duration::from_secs(2)).await;
        Ok(())
    }
}
