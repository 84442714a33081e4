//! Somebody who fills a checkout in and pays.

use serde_json::{Value, json};
use testkit::{Answer, Call};

use crate::shop::{Cart, Shop};

pub(crate) const CHECKOUTS: &str = "/api/v1/checkouts";

/// A checkout under way.
#[derive(Debug, Clone)]
pub(crate) struct Buyer {
    pub(crate) cart: Cart,
    pub(crate) checkout: Value,
}

pub(crate) fn address() -> Value {
    json!({"name": "Ada Lovelace", "line1": "12 Analytical Way", "city": "San Francisco", "region": "ca",
           "postal_code": "94105", "country": "US"})
}

impl Buyer {
    /// Begins a checkout.
    pub(crate) async fn begin(shop: &Shop, cart: Cart) -> Self {
        let call = shop
            .app
            .post(CHECKOUTS)
            .header(cart.header.0, &cart.header.1);
        let checkout = call
            .json(json!({"cart_id": cart.cart_id}))
            .send()
            .await
            .expect(201)
            .json;
        Self { cart, checkout }
    }

    /// Begins a checkout and fills it in.
    pub(crate) async fn ready(shop: &Shop, cart: Cart) -> Self {
        let mut buyer = Self::begin(shop, cart).await;
        buyer
            .patch(
                shop,
                json!({"email": "ada@example.com", "shipping_address": address()}),
            )
            .await;
        buyer
            .patch(shop, json!({"shipping_method": "standard"}))
            .await;
        buyer
    }

    pub(crate) fn path(&self) -> String {
        format!("{CHECKOUTS}/{}", self.checkout["id"].as_str().unwrap())
    }

    pub(crate) fn call(&self, call: Call) -> Call {
        call.header(self.cart.header.0, &self.cart.header.1)
    }

    pub(crate) async fn patch(&mut self, shop: &Shop, patch: Value) {
        let call = self.call(shop.app.patch(self.path()));
        self.checkout = call.json(patch).send().await.expect(200).json;
    }

    pub(crate) async fn refresh(&mut self, shop: &Shop) -> &Value {
        self.checkout = self
            .call(shop.app.get(self.path()))
            .send()
            .await
            .expect(200)
            .json;
        &self.checkout
    }

    /// What the shopper agrees to.
    pub(crate) fn agreement(&self, payment_method: &str) -> Value {
        json!({"expected_total": self.checkout["totals"]["total"], "version": self.checkout["version"],
               "payment_method": payment_method})
    }

    pub(crate) async fn complete(&self, shop: &Shop, key: &str, body: Value) -> Answer {
        let call = self.call(shop.app.post(format!("{}/complete", self.path())));
        call.header("idempotency-key", key).json(body).send().await
    }

    pub(crate) async fn pay(&self, shop: &Shop, key: &str, payment_method: &str) -> Answer {
        self.complete(shop, key, self.agreement(payment_method))
            .await
    }
}
