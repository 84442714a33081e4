//! Sending: to public addresses, with a deadline, without redirects, cookies or proxies.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use common::telemetry::ClientSpan;
use futures::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;

use super::address::is_public;
use super::settings::WebhookSettings;
use super::target;

/// How much of an answer is read, in bytes.
const ANSWER_MAX: usize = 64 * 1_024;
/// How much of an answer is kept, in characters.
const KEPT_CHARS_MAX: usize = 1_000;

/// Looks a name up. Replaced in tests.
pub type Lookup = Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> + Send + Sync>;

/// A name leads to an address that is not public.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to an address that is not public")]
struct NotPublic;

/// Sends messages. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    guard: Guard,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("allow_private", &self.guard.allow_private)
            .finish_non_exhaustive()
    }
}

/// What is sent.
#[derive(Debug, Clone)]
pub struct Outgoing<'a> {
    /// The header `webhook-id`.
    pub id: &'a str,
    /// The header `webhook-timestamp`.
    pub timestamp: i64,
    /// The header `webhook-signature`.
    pub signature: &'a str,
    /// JSON.
    pub body: String,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The status of the answer, if there was one.
    pub status: Option<u16>,
    /// Why it counts as failed; none if it was taken.
    pub error: Option<String>,
    /// The beginning of the answer.
    pub response: Option<String>,
    /// How long it took.
    pub latency: Duration,
    /// For how long the endpoint wants to be left alone.
    pub retry_after: Option<Duration>,
}

impl Outcome {
    /// Whether the endpoint says that it wants nothing any more (410).
    pub fn is_gone(&self) -> bool {
        self.status == Some(410)
    }
}

impl Client {
    /// A client that asks the system for addresses.
    ///
    /// # Errors
    /// When none can be made.
    pub fn new(settings: &WebhookSettings) -> anyhow::Result<Self> {
        Self::with_lookup(settings, Arc::new(|name| Box::pin(system_lookup(name))))
    }

    /// A client that asks `lookup` for addresses.
    ///
    /// # Errors
    /// When none can be made.
    pub fn with_lookup(settings: &WebhookSettings, lookup: Lookup) -> anyhow::Result<Self> {
        let guard = Guard {
            allow_private: settings.allow_private,
            lookup,
        };
        let http = reqwest::Client::builder()
            .user_agent("TechMart-Webhooks/1")
            .timeout(settings.timeout())
            .redirect(Policy::none())
            .referer(false)
            .no_proxy()
            .https_only(!settings.allow_private)
            .pool_idle_timeout(Duration::from_secs(15))
            .dns_resolver(guard.clone())
            .build()
            .context("the HTTP client for webhooks")?;
        Ok(Self { http, guard })
    }

    /// Whether messages to private addresses are allowed.
    pub fn allows_private(&self) -> bool {
        self.guard.allow_private
    }

    /// Whether a name leads to an address that is not public, as far as can be told now. Asked when staff enter an
    /// address; what counts is asked again at every connection.
    pub async fn leads_inside(&self, host: &str) -> bool {
        let looking = self.guard.addresses(host.to_owned());
        match tokio::time::timeout(Duration::from_secs(2), looking).await {
            Ok(Err(error)) => error.is::<NotPublic>(),
            _ => false,
        }
    }

    /// Sends one message and waits for what becomes of it.
    pub async fn send(&self, url: &str, outgoing: Outgoing<'_>) -> Outcome {
        let started = Instant::now();
        let mut outcome = match self.exchange(url, outgoing).await {
            Ok(outcome) => outcome,
            Err(error) => Outcome {
                status: None,
                error: Some(error),
                response: None,
                latency: Duration::ZERO,
                retry_after: None,
            },
        };
        outcome.latency = started.elapsed();
        outcome
    }

    async fn exchange(&self, url: &str, outgoing: Outgoing<'_>) -> Result<Outcome, String> {
        // Numbers are not looked up, so this is the place where they are refused.
        let url = target::check(url, self.guard.allow_private)
            .map_err(|refusal| format!("the address {refusal}"))?;
        let request = self
            .http
            .post(url)
            .header("content-type", "application/json")
            .header("webhook-id", outgoing.id)
            .header("webhook-timestamp", outgoing.timestamp.to_string())
            .header("webhook-signature", outgoing.signature)
            .body(outgoing.body);
        // Whose endpoint it is, is nobody's business; nor is our trace theirs.
        let span = ClientSpan::http("POST", None, || "webhook".to_owned());
        let mut response = request.send().await.map_err(|error| {
            span.failed("no_answer");
            describe(&error)
        })?;
        let status = response.status();
        span.answered(status.as_u16());
        let retry_after = response
            .headers()
            .get("retry-after")
            .and_then(|value| value.to_str().ok()?.trim().parse().ok())
            .map(Duration::from_secs);
        let mut answer = Vec::new();
        // The status decides; an answer that breaks off changes nothing.
        while let Ok(Some(chunk)) = response.chunk().await {
            let room = ANSWER_MAX.saturating_sub(answer.len());
            answer.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
            if answer.len() >= ANSWER_MAX {
                break;
            }
        }
        let error = if status.is_success() {
            None
        } else if status.is_redirection() {
            Some(format!(
                "answered {}: redirects are not followed",
                status.as_u16()
            ))
        } else {
            Some(format!("answered {}", status.as_u16()))
        };
        Ok(Outcome {
            status: Some(status.as_u16()),
            error,
            response: Some(printable(&answer)).filter(|text| !text.is_empty()),
            latency: Duration::ZERO,
            retry_after,
        })
    }
}

/// What went wrong, without addresses or names.
fn describe(error: &reqwest::Error) -> String {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    let mut tls = false;
    while let Some(cause) = source {
        if cause.is::<NotPublic>() {
            return NotPublic.to_string();
        }
        tls |= cause.to_string().contains("certificate");
        source = cause.source();
    }
    let text = if error.is_timeout() {
        "no answer in time"
    } else if tls {
        "the certificate is not valid"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    };
    text.to_owned()
}

/// The beginning of an answer as text that the database takes.
fn printable(answer: &[u8]) -> String {
    let text = String::from_utf8_lossy(answer);
    let clean = text.chars().map(|c| if c == '\0' { '\u{FFFD}' } else { c });
    clean.take(KEPT_CHARS_MAX).collect()
}

/// Answers the addresses of a name, all of which must be public.
#[derive(Clone)]
struct Guard {
    allow_private: bool,
    lookup: Lookup,
}

impl Guard {
    async fn addresses(
        &self,
        name: String,
    ) -> Result<Vec<IpAddr>, Box<dyn std::error::Error + Send + Sync>> {
        let found = (self.lookup)(name).await?;
        if !self.allow_private && !found.iter().copied().all(is_public) {
            return Err(Box::new(NotPublic));
        }
        Ok(found)
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            // The connection goes to one of these addresses: nobody looks the name up again.
            let found = guard.addresses(name.as_str().to_owned()).await?;
            let sockets = found.into_iter().map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(sockets) as Addrs)
        })
    }
}

async fn system_lookup(name: String) -> io::Result<Vec<IpAddr>> {
    let found = tokio::net::lookup_host((name, 0)).await?;
    Ok(found.map(|socket| socket.ip()).collect())
}
