//! Requests to the provider. A request is only ever repeated with the same idempotency key, so that a payment that
//! was made already is found and not made again.

use std::time::Duration;

use anyhow::Context as _;
use bytes::Bytes;
use http::StatusCode;
use kernel::{AttemptId, CheckoutId, Money, OrderId};
use reqwest::{Client, Method, RequestBuilder, redirect};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::Instant;
use url::Url;

use super::wire::{self, Reading};
use crate::config::PaymentSettings;
use crate::domain::payment::{Outcome, Sighting};

/// The version of Stripe's API that [`wire`] reads.
const API_VERSION: &str = "2025-09-30.clover";
/// The pause before a request is repeated; it doubles.
const RETRY_PAUSE: Duration = Duration::from_millis(200);

/// The provider. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Provider {
    client: Client,
    base: Url,
    secret_key: SecretString,
    deadline: Duration,
    tries_max: u32,
}

/// A payment to be made.
#[derive(Debug, Clone)]
pub struct NewPayment<'a> {
    /// Names the payment: the same attempt is never paid twice.
    pub attempt_id: AttemptId,
    /// The order that it is for.
    pub order_id: OrderId,
    /// The checkout that it is for.
    pub checkout_id: CheckoutId,
    /// What is charged.
    pub amount: Money,
    /// With what, `pm_…`.
    pub payment_method: &'a str,
}

/// What became of a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundStatus {
    /// On its way, or arrived.
    Accepted,
    /// The money could not be returned.
    Failed,
}

impl Provider {
    /// Sets the client up without connecting.
    ///
    /// # Errors
    /// When the address cannot be read.
    pub fn new(settings: &PaymentSettings) -> anyhow::Result<Self> {
        let base = format!("{}/v1/", settings.api_base.trim_end_matches('/'));
        let deadline = Duration::from_millis(settings.deadline_ms);
        Ok(Self {
            client: Client::builder()
                .timeout(deadline)
                .connect_timeout(Duration::from_millis(settings.connect_timeout_ms))
                .redirect(redirect::Policy::none())
                .user_agent(concat!("techmart-checkout/", env!("CARGO_PKG_VERSION")))
                .build()
                .context("the payment provider's client")?,
            base: base
                .parse()
                .context("TECHMART_CHECKOUT__PAYMENT__API_BASE: not an http address")?,
            secret_key: settings.secret_key.clone(),
            deadline,
            tries_max: settings.tries_max.max(1),
        })
    }

    /// Makes the payment, or finds it made.
    pub async fn create(&self, payment: &NewPayment<'_>) -> Sighting {
        let form = [
            ("amount", payment.amount.minor().to_string()),
            (
                "currency",
                payment.amount.currency().code().to_ascii_lowercase(),
            ),
            ("payment_method", payment.payment_method.to_owned()),
            ("payment_method_types[0]", "card".to_owned()),
            ("confirm", "true".to_owned()),
            ("capture_method", "automatic".to_owned()),
            ("metadata[order_id]", payment.order_id.to_string()),
            ("metadata[checkout_id]", payment.checkout_id.to_string()),
            ("metadata[attempt_id]", payment.attempt_id.to_string()),
        ];
        let key = payment.attempt_id.to_string();
        let request = || {
            Some(
                self.request(Method::POST, "payment_intents")?
                    .header(KEY, &key)
                    .form(&form),
            )
        };
        self.ask(request, wire::read_created).await
    }

    /// The payment as it is now.
    pub async fn retrieve(&self, provider_ref: &str) -> Sighting {
        let path = format!("payment_intents/{provider_ref}");
        self.ask(|| self.request(Method::GET, &path), wire::read_known)
            .await
    }

    /// Ends a payment that has not taken money. Answers what it is then: a payment that came first stays.
    pub async fn cancel(&self, provider_ref: &str, attempt_id: AttemptId) -> Sighting {
        let path = format!("payment_intents/{provider_ref}/cancel");
        let key = format!("cancel:{attempt_id}");
        let form = [("cancellation_reason", "abandoned")];
        let request = || {
            Some(
                self.request(Method::POST, &path)?
                    .header(KEY, &key)
                    .form(&form),
            )
        };
        self.ask(request, wire::read_known).await
    }

    /// Returns a whole payment, once. `None` where the answer is not known yet.
    pub async fn refund(&self, provider_ref: &str, attempt_id: AttemptId) -> Option<RefundStatus> {
        let form = [
            ("payment_intent", provider_ref.to_owned()),
            ("metadata[attempt_id]", attempt_id.to_string()),
        ];
        let key = format!("refund:{attempt_id}");
        let request = self
            .request(Method::POST, "refunds")?
            .header(KEY, key)
            .form(&form);
        let (status, body) = match exchange(request).await {
            Ok(answer) => answer,
            Err(error) => {
                tracing::warn!(error = %error, "a refund has no answer yet");
                return None;
            }
        };
        let refund = serde_json::from_slice::<wire::Refund>(&body)
            .ok()
            .filter(|_| status.is_success());
        match refund.map(|refund| refund.status) {
            Some(status) if status == "failed" || status == "canceled" => {
                Some(RefundStatus::Failed)
            }
            Some(_) => Some(RefundStatus::Accepted),
            None => {
                tracing::warn!(
                    status = status.as_u16(),
                    "the payment provider refuses a refund"
                );
                None
            }
        }
    }

    /// Asks, and asks again within the deadline as long as that may bring a better answer.
    async fn ask(
        &self,
        request: impl Fn() -> Option<RequestBuilder>,
        read: fn(StatusCode, &[u8]) -> Reading,
    ) -> Sighting {
        let end = Instant::now() + self.deadline;
        // Once a request may have arrived, only the provider's own word ends the doubt.
        let mut arrived = false;
        let mut pause = RETRY_PAUSE;
        for attempt in 1..=self.tries_max {
            let left = end.saturating_duration_since(Instant::now());
            let Some(request) = request().filter(|_| !left.is_zero()) else {
                break;
            };
            let reading = match exchange(request.timeout(left)).await {
                Ok((status, body)) => read(status, &body),
                Err(error) => {
                    tracing::warn!(attempt, error = %error, "the payment provider does not answer");
                    let outcome = if error.is_connect() {
                        Outcome::NotSent
                    } else {
                        Outcome::Unknown
                    };
                    Reading {
                        sighting: Sighting::blind(outcome),
                        retry: true,
                    }
                }
            };
            match reading.sighting.outcome {
                Outcome::NotSent => {}
                Outcome::Unknown => arrived = true,
                _ => return reading.sighting,
            }
            if !reading.retry || attempt == self.tries_max {
                break;
            }
            tokio::time::sleep(pause.min(end.saturating_duration_since(Instant::now()))).await;
            pause *= 2;
        }
        Sighting::blind(if arrived {
            Outcome::Unknown
        } else {
            Outcome::NotSent
        })
    }

    fn request(&self, method: Method, path: &str) -> Option<RequestBuilder> {
        // Paths are made here and of ids without slashes.
        let url = self.base.join(path).ok()?;
        Some(
            self.client
                .request(method, url)
                .bearer_auth(self.secret_key.expose_secret())
                .header("Stripe-Version", API_VERSION),
        )
    }
}

/// The header that names a request.
const KEY: &str = "Idempotency-Key";

async fn exchange(request: RequestBuilder) -> Result<(StatusCode, Bytes), reqwest::Error> {
    let response = request.send().await.map_err(reqwest::Error::without_url)?;
    let status = response.status();
    Ok((
        status,
        response
            .bytes()
            .await
            .map_err(reqwest::Error::without_url)?,
    ))
}
