//! Requests to the provider: keys, deadlines and repetitions.

use std::time::Duration;

use anyhow::Context as _;
use bytes::Bytes;
use common::telemetry::ClientSpan;
use http::StatusCode;
use reqwest::{Client, Method, RequestBuilder, redirect};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::Instant;
use url::Url;

use crate::config::PaymentSettings;

/// The version of Stripe's API that [`super::objects`] reads.
const API_VERSION: &str = "2025-09-30.clover";
/// The pause before a request is repeated; it doubles.
const RETRY_PAUSE: Duration = Duration::from_millis(200);
/// The header that names a request.
const KEY: &str = "Idempotency-Key";

/// The provider. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Provider {
    client: Client,
    base: Url,
    secret_key: SecretString,
    deadline: Duration,
    tries_max: u32,
}

/// A request. One that changes something has a key, and is only ever repeated under it.
#[derive(Debug)]
pub(super) struct Ask<'a> {
    pub(super) method: Method,
    pub(super) path: &'a str,
    pub(super) key: Option<String>,
    pub(super) form: Vec<(&'static str, String)>,
}

/// How an exchange ended.
#[derive(Debug, Clone)]
pub(super) enum Answer {
    /// With an answer.
    Got(StatusCode, Bytes),
    /// The request surely did not arrive.
    NotSent,
    /// Nobody knows.
    Unknown,
}

/// Whether the same request may bring a better answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    /// It was executed, or never will be.
    No,
    /// It was turned away before anything was executed.
    TurnedAway,
    /// It may have been executed.
    Doubtful,
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

    /// Asks, and asks again within the deadline as long as `judge` hopes for a better answer.
    pub(super) async fn ask(&self, ask: &Ask<'_>, judge: fn(StatusCode, &[u8]) -> Again) -> Answer {
        let end = Instant::now() + self.deadline;
        // Once a request may have arrived, only the provider's own word ends the doubt.
        let mut arrived = false;
        let mut last = None;
        let mut pause = RETRY_PAUSE;
        for attempt in 1..=self.tries_max {
            let left = end.saturating_duration_since(Instant::now());
            let Some(request) = self.request(ask).filter(|_| !left.is_zero()) else {
                break;
            };
            let span = ClientSpan::http(ask.method.as_str(), self.base.host_str(), || {
                template(ask.path)
            });
            match exchange(request.timeout(left), span).await {
                Ok((status, body)) => match judge(status, &body) {
                    Again::No => return Answer::Got(status, body),
                    Again::TurnedAway => {}
                    Again::Doubtful => {
                        arrived = true;
                        last = Some((status, body));
                    }
                },
                Err(error) => {
                    tracing::warn!(attempt, error = %error, "the payment provider does not answer");
                    arrived |= !error.is_connect();
                }
            }
            if attempt < self.tries_max {
                tokio::time::sleep(pause.min(end.saturating_duration_since(Instant::now()))).await;
                pause *= 2;
            }
        }
        match last {
            Some((status, body)) => Answer::Got(status, body),
            None if arrived => Answer::Unknown,
            None => Answer::NotSent,
        }
    }

    fn request(&self, ask: &Ask<'_>) -> Option<RequestBuilder> {
        // Paths are made here and of ids without slashes.
        let mut url = self.base.join(ask.path).ok()?;
        let reads = ask.method == Method::GET;
        if reads && !ask.form.is_empty() {
            url.query_pairs_mut().extend_pairs(&ask.form);
        }
        let mut request = self
            .client
            .request(ask.method.clone(), url)
            .bearer_auth(self.secret_key.expose_secret())
            .header("Stripe-Version", API_VERSION);
        if let Some(key) = &ask.key {
            request = request.header(KEY, key);
        }
        Some(if reads {
            request
        } else {
            request.form(&ask.form)
        })
    }
}

/// Whether to repeat a request of which nothing but the status matters.
pub(super) fn by_status(status: StatusCode, _: &[u8]) -> Again {
    match status {
        StatusCode::TOO_MANY_REQUESTS => Again::TurnedAway,
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            tracing::error!(
                status = status.as_u16(),
                "the payment provider refuses our key"
            );
            Again::TurnedAway
        }
        // The first request with the same key is still at work.
        StatusCode::CONFLICT => Again::Doubtful,
        status if status.is_server_error() => Again::Doubtful,
        _ => Again::No,
    }
}

/// The provider is told which trace its answer belongs to.
async fn exchange(
    request: RequestBuilder,
    span: ClientSpan,
) -> Result<(StatusCode, Bytes), reqwest::Error> {
    let exchanged = async {
        let response = request.headers(span.headers()).send().await?;
        let status = response.status();
        span.answered(status.as_u16());
        Ok((status, response.bytes().await?))
    };
    exchanged.await.map_err(|error: reqwest::Error| {
        span.failed("no_answer");
        error.without_url()
    })
}

/// The path of a request without the provider's ids: `/v1/payment_intents/{id}/cancel`.
fn template(path: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').collect();
    if let Some(id) = parts.get_mut(1) {
        *id = "{id}";
    }
    format!("/v1/{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_names_no_object() {
        assert_eq!(template("refunds"), "/v1/refunds");
        assert_eq!(template("payment_intents/pi_1"), "/v1/payment_intents/{id}");
        assert_eq!(
            template("payment_intents/pi_1/cancel"),
            "/v1/payment_intents/{id}/cancel"
        );
    }
}
