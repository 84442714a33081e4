//! A guest with an address of its own who buys one thing over HTTP.

use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

/// How long a guest tries before giving up.
const PATIENCE: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(150);

/// How a purchase ended.
#[derive(Debug, Clone)]
pub(crate) enum End {
    /// Acknowledged: the order's number and what is needed to see it.
    Placed {
        order_id: String,
        number: String,
        token: String,
    },
    /// Refused: sold out. What the answer says is left.
    OutOfStock { available: i64 },
}

/// One guest.
#[derive(Debug)]
pub(crate) struct Shopper {
    client: Client,
    origin: String,
    index: u8,
    /// True when services are killed meanwhile: cut connections and 5xx are tried again.
    patient: bool,
}

/// One answer.
struct Answer {
    status: StatusCode,
    body: Value,
    cart_token: Option<String>,
}

impl Shopper {
    /// Guest number `index` (from 1) calls from 127.0.1.`index`.
    pub(crate) fn new(origin: &str, index: u8, patient: bool) -> Result<Self> {
        let address = IpAddr::V4(Ipv4Addr::new(127, 0, 1, index));
        let client = Client::builder()
            .local_address(address)
            .timeout(Duration::from_secs(40))
            .no_proxy()
            .build()
            .context("HTTP client")?;
        Ok(Self {
            client,
            origin: origin.to_owned(),
            index,
            patient,
        })
    }

    /// Buys one piece of a variant.
    pub(crate) async fn buy(&self, variant: &str) -> Result<End> {
        let begun = Instant::now();
        loop {
            // A cart that was cut off half-way is left behind: nothing of it was acknowledged.
            match self.prepare(variant).await {
                Ok((checkout, token)) => return self.complete(&checkout, &token, begun).await,
                Err(error) if error.is::<SoldOut>() => {
                    let available = error
                        .downcast_ref::<SoldOut>()
                        .map_or(0, |sold| sold.available);
                    return Ok(End::OutOfStock { available });
                }
                Err(error) if self.patient && begun.elapsed() < PATIENCE && is_passing(&error) => {
                    tokio::time::sleep(PAUSE).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Sees an order again with the guest's token.
    pub(crate) async fn see(&self, order_id: &str, token: &str) -> Result<Value> {
        let url = format!("{}/api/v1/orders/{order_id}", self.origin);
        let response = self
            .client
            .get(url)
            .header("Order-Token", token)
            .send()
            .await?;
        let status = response.status();
        let body: Value = response.json().await?;
        ensure!(
            status == StatusCode::OK,
            "order {order_id}: {status}: {body}"
        );
        Ok(body)
    }

    /// From an empty cart to a checkout that lacks only the payment.
    async fn prepare(&self, variant: &str) -> Result<(Value, String)> {
        let cart = self
            .expect(Method::POST, "/carts", None, &json!({}))
            .await?;
        let token = cart.cart_token.context("no Cart-Token for a guest")?;
        let cart_id = text(&cart.body, "id")?;
        let line = json!({"variant_id": variant, "quantity": 1});
        self.expect(
            Method::POST,
            &format!("/carts/{cart_id}/lines"),
            Some(&token),
            &line,
        )
        .await?;
        let open = json!({"cart_id": cart_id});
        let checkout = self
            .expect(Method::POST, "/checkouts", Some(&token), &open)
            .await?
            .body;
        let path = format!("/checkouts/{}", text(&checkout, "id")?);
        let address = json!({
            "email": format!("guest{}@example.com", self.index),
            "shipping_address": {
                "name": "Guest", "line1": "1 Main Street", "city": "Springfield",
                "region": "IL", "postal_code": "62701", "country": "US",
            },
        });
        let checkout = self
            .expect(Method::PATCH, &path, Some(&token), &address)
            .await?
            .body;
        let method = text(&checkout["shipping_methods"][0], "code")?;
        let choice = json!({"shipping_method": method});
        let checkout = self
            .expect(Method::PATCH, &path, Some(&token), &choice)
            .await?
            .body;
        Ok((checkout, token))
    }

    /// Pays. Asks again with the same key until the answer is final.
    async fn complete(&self, checkout: &Value, token: &str, begun: Instant) -> Result<End> {
        let path = format!("/checkouts/{}/complete", text(checkout, "id")?);
        let key = format!("e2e-{}-{}", self.index, text(checkout, "id")?);
        let body = json!({
            "expected_total": checkout["totals"]["total"],
            "version": checkout["version"],
            "payment_method": "pm_card_visa",
        });
        loop {
            let answer = self
                .send(Method::POST, &path, Some(token), Some(&key), &body)
                .await;
            let again = match answer {
                Ok(answer) => match self.judge(answer)? {
                    Some(end) => return Ok(end),
                    None => "not final yet".to_owned(),
                },
                Err(error) if self.patient => format!("{error:#}"),
                Err(error) => return Err(error),
            };
            ensure!(begun.elapsed() < PATIENCE, "guest {}: {again}", self.index);
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// `None`: ask again.
    fn judge(&self, answer: Answer) -> Result<Option<End>> {
        let Answer { status, body, .. } = answer;
        let code = body["code"].as_str().unwrap_or_default();
        match status {
            StatusCode::CREATED => Ok(Some(End::Placed {
                order_id: text(&body["order"], "id")?,
                number: text(&body["order"], "number")?,
                token: text(&body, "order_token")?,
            })),
            StatusCode::ACCEPTED => Ok(None),
            StatusCode::CONFLICT if code == "completion_in_progress" => Ok(None),
            StatusCode::CONFLICT if code == "out_of_stock" => {
                let available = available(&body)?;
                Ok(Some(End::OutOfStock { available }))
            }
            status if self.patient && status.is_server_error() => Ok(None),
            status => bail!("guest {}: complete: {status}: {body}", self.index),
        }
    }

    async fn expect(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: &Value,
    ) -> Result<Answer> {
        let answer = self.send(method.clone(), path, token, None, body).await?;
        if answer.status.is_server_error() {
            return Err(Passing(format!(
                "{method} {path}: {}: {}",
                answer.status, answer.body
            ))
            .into());
        }
        if answer.status == StatusCode::CONFLICT && answer.body["code"] == "out_of_stock" {
            return Err(SoldOut {
                available: available(&answer.body)?,
            }
            .into());
        }
        ensure!(
            answer.status.is_success(),
            "guest {}: {method} {path}: {}: {}",
            self.index,
            answer.status,
            answer.body
        );
        Ok(answer)
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        key: Option<&str>,
        body: &Value,
    ) -> Result<Answer> {
        let url = format!("{}/api/v1{path}", self.origin);
        let mut request = self.client.request(method.clone(), url).json(body);
        if let Some(token) = token {
            request = request.header("Cart-Token", token);
        }
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        let passing = |error: reqwest::Error| Passing(format!("{method} {path}: {error}"));
        let response = request.send().await.map_err(passing)?;
        let status = response.status();
        let cart_token = response.headers().get("cart-token");
        let cart_token = cart_token
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let text = response.text().await.map_err(passing)?;
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Ok(Answer {
            status,
            body,
            cart_token,
        })
    }
}

/// A failure that may pass: a cut connection, a service that restarts.
#[derive(Debug)]
struct Passing(String);

impl std::fmt::Display for Passing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Passing {}

/// A clear refusal before the payment: sold out.
#[derive(Debug)]
struct SoldOut {
    available: i64,
}

impl std::fmt::Display for SoldOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "sold out ({} left)", self.available)
    }
}

impl std::error::Error for SoldOut {}

/// What a refusal says is left: of the line that was asked for, or of the first one listed.
fn available(body: &Value) -> Result<i64> {
    let told = body["available"]
        .as_i64()
        .or_else(|| body["items"][0]["available"].as_i64());
    told.with_context(|| format!("no `available` in {body}"))
}

fn is_passing(error: &anyhow::Error) -> bool {
    error.downcast_ref::<Passing>().is_some()
}

fn text(value: &Value, key: &str) -> Result<String> {
    let found = value[key]
        .as_str()
        .with_context(|| format!("no `{key}` in {value}"))?;
    Ok(found.to_owned())
}
