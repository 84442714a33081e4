//! What shoppers and staff do, one request at a time, before and after a race.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::target::Target;
use super::wire::{Answer, Client, Request, Wire};

/// How many shoppers get ready side by side.
const READY_AT_ONCE: usize = 16;
/// A request that prepares a race is tried again on 503 for this long.
const PATIENCE: Duration = Duration::from_secs(30);
/// Access tokens live for ten minutes.
const TOKEN_LIFE: Duration = Duration::from_mins(8);
const CARD: &str = "pm_card_visa";

/// A shop with its way in.
#[derive(Debug)]
pub(crate) struct Shop {
    pub(crate) target: Target,
    pub(crate) wire: Wire,
    staff: Mutex<Option<(Instant, String)>>,
}

/// A variant on sale.
#[derive(Debug, Clone)]
pub(crate) struct Goods {
    pub(crate) variant_id: String,
    pub(crate) sku: String,
}

/// A guest whose checkout lacks only the payment.
#[derive(Debug, Clone)]
pub(crate) struct Buyer<'a> {
    pub(crate) client: Client<'a>,
    pub(crate) cart_id: String,
    /// The guest's secret.
    pub(crate) token: String,
    /// The checkout as last seen.
    pub(crate) checkout: Value,
    /// Names the attempt to pay.
    pub(crate) key: String,
    pub(crate) card: &'static str,
}

impl Shop {
    /// The shop of a target.
    pub(crate) fn new(target: Target) -> Self {
        let wire = Wire::new(target.gateway);
        Self {
            target,
            wire,
            staff: Mutex::default(),
        }
    }

    /// Puts a new product with that stock on sale.
    pub(crate) async fn put_on_sale(&self, name: &str, on_hand: usize) -> Result<Goods> {
        let seller = self.wire.client();
        let categories = seller.send(&Request::new("GET", "/categories")).await?;
        let categories = categories.success("categories")?;
        let category = leaf(&categories["items"][0]).context("there is no category")?;
        let sku = format!("RACE-{}-{:08x}", name.to_uppercase(), rand::random::<u32>());
        let product = json!({
            "title": format!("Race {name}"),
            "category": category,
            "status": "active",
            "variants": [{
                "sku": sku,
                "price": {"amount": 4999, "currency": "USD"},
                "stock": {"on_hand": on_hand},
            }],
        });
        let request = Request::new("POST", "/admin/products").json(&product);
        let created = self.as_staff(request).await?.success("new product")?;
        Ok(Goods {
            variant_id: text(&created["variants"][0], "id")?,
            sku,
        })
    }

    /// Sends a request as a member of staff, from a fresh address.
    pub(crate) async fn as_staff(&self, request: Request) -> Result<Answer> {
        let request = self.signed_in(request).await?;
        self.wire.client().send(&request).await
    }

    /// A request with the access token of a member of staff.
    pub(crate) async fn signed_in(&self, request: Request) -> Result<Request> {
        let mut kept = self.staff.lock().await;
        let token = match &*kept {
            Some((since, token)) if since.elapsed() < TOKEN_LIFE => token.clone(),
            _ => {
                let login = &self.target.staff;
                let login = json!({"email": login.email, "password": login.password});
                let request = Request::new("POST", "/auth/login").json(&login);
                let session = self.wire.client().send(&request).await?;
                let token = text(&session.success("staff login")?, "access_token")?;
                *kept = Some((Instant::now(), token.clone()));
                token
            }
        };
        Ok(request.header("Authorization", format!("Bearer {token}")))
    }

    /// As many buyers, each with one piece, each from an address of its own.
    pub(crate) async fn buyers(
        &self,
        count: usize,
        prefix: &str,
        goods: &Goods,
    ) -> Result<Vec<Buyer<'_>>> {
        stream::iter(0..count)
            .map(
                |index| async move { self.buyer(format!("{prefix}-{index}"), &[(goods, 1)]).await },
            )
            .buffered(READY_AT_ONCE)
            .try_collect()
            .await
    }

    /// A guest with these pieces in the cart and everything but the payment settled.
    pub(crate) async fn buyer(&self, key: String, pieces: &[(&Goods, usize)]) -> Result<Buyer<'_>> {
        let mut buyer = self.guest(key).await?;
        for (goods, quantity) in pieces {
            buyer.add(goods, *quantity).await?;
        }
        buyer.check_out().await?;
        Ok(buyer)
    }

    /// A guest with an empty cart.
    pub(crate) async fn guest(&self, key: String) -> Result<Buyer<'_>> {
        let client = self.wire.client();
        let cart = patient(client, &Request::new("POST", "/carts").json(&json!({}))).await?;
        let token = cart.headers.get("cart-token").cloned();
        let cart = cart.success("new cart")?;
        Ok(Buyer {
            client,
            cart_id: text(&cart, "id")?,
            token: token.context("no Cart-Token for a guest")?,
            checkout: Value::Null,
            key,
            card: CARD,
        })
    }
}

impl Buyer<'_> {
    /// A request with the guest's secret.
    pub(crate) fn request(&self, method: &'static str, path: impl Into<String>) -> Request {
        Request::new(method, path).header("Cart-Token", &self.token)
    }

    /// The request that puts pieces into the cart.
    pub(crate) fn addition(&self, goods: &Goods, quantity: usize) -> Request {
        let line = json!({"variant_id": goods.variant_id, "quantity": quantity});
        self.request("POST", format!("/carts/{}/lines", self.cart_id))
            .json(&line)
    }

    /// Puts pieces into the cart.
    pub(crate) async fn add(&self, goods: &Goods, quantity: usize) -> Result<Value> {
        let request = self.addition(goods, quantity);
        patient(self.client, &request).await?.success("new line")
    }

    /// Opens the checkout and settles everything but the payment.
    pub(crate) async fn check_out(&mut self) -> Result<()> {
        let open = json!({"cart_id": self.cart_id});
        let request = self.request("POST", "/checkouts").json(&open);
        let checkout = patient(self.client, &request).await?.success("checkout")?;
        let path = format!("/checkouts/{}", text(&checkout, "id")?);
        let address = json!({
            "email": format!("{}@example.com", self.key),
            "shipping_address": {
                "name": "Guest", "line1": "1 Main Street", "city": "Springfield",
                "region": "IL", "postal_code": "62701", "country": "US",
            },
        });
        let request = self.request("PATCH", path.clone()).json(&address);
        let checkout = patient(self.client, &request).await?.success("address")?;
        let method = text(&checkout["shipping_methods"][0], "code")?;
        let request = self.request("PATCH", path);
        let request = request.json(&json!({"shipping_method": method}));
        self.checkout = patient(self.client, &request).await?.success("shipping")?;
        Ok(())
    }

    /// The request that pays, under the buyer's own key.
    pub(crate) fn complete(&self) -> Request {
        self.complete_as(&self.key)
    }

    /// The request that pays, under another key.
    pub(crate) fn complete_as(&self, key: &str) -> Request {
        let id = self.checkout["id"].as_str().unwrap_or_default();
        let body = json!({
            "expected_total": self.checkout["totals"]["total"],
            "version": self.checkout["version"],
            "payment_method": self.card,
        });
        self.request("POST", format!("/checkouts/{id}/complete"))
            .header("Idempotency-Key", key)
            .json(&body)
    }
}

/// Sends a request until the answer is not 503.
pub(crate) async fn patient(client: Client<'_>, request: &Request) -> Result<Answer> {
    let begun = Instant::now();
    loop {
        match client.send(request).await {
            Ok(answer) if answer.status != 503 => return Ok(answer),
            Ok(answer) if begun.elapsed() > PATIENCE => bail!("still {}", answer.outcome()),
            Err(error) if begun.elapsed() > PATIENCE => return Err(error),
            Ok(_) | Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
        }
    }
}

/// The slug of the first category without children.
fn leaf(node: &Value) -> Option<&str> {
    match node["children"].get(0) {
        Some(child) => leaf(child),
        None => node["slug"].as_str(),
    }
}

/// A member that is text.
pub(crate) fn text(value: &Value, key: &str) -> Result<String> {
    let found = value[key].as_str();
    ensure!(found.is_some(), "no `{key}` in {value}");
    Ok(found.unwrap_or_default().to_owned())
}
