//! What a simulator needs to start.

use std::{fmt, net::SocketAddr, path::PathBuf, time::Duration};

use url::Url;

use crate::{faults::Faults, store::Spans};

/// Settings of one simulator.
#[derive(Clone)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where browsers reach it when that is not where it listens.
    pub public_url: Option<Url>,
    /// Folder of the journal; made when missing.
    pub data_dir: PathBuf,
    /// The secret key (`sk_test_…`) that servers call with.
    pub secret_key: String,
    /// The publishable key (`pk_test_…`) that browsers call with.
    pub publishable_key: String,
    /// Where events go; without it events are recorded and not sent.
    pub webhook: Option<Webhook>,
    /// How undelivered events are tried again.
    pub retry: Retry,
    /// How long a refund to a "pending refund" test card takes to settle.
    pub refund_settle: Duration,
    /// How long after a payment with a "dispute" test card the dispute is opened.
    pub dispute_after: Duration,
    /// How long the bank holds an amount that nobody takes.
    pub hold: Duration,
    /// How long the bank thinks about evidence.
    pub dispute_review: Duration,
    /// What goes wrong from the start.
    pub faults: Faults,
}

impl Config {
    /// Settings for use inside a test: a free port, fixed test keys, no webhook.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            public_url: None,
            data_dir: data_dir.into(),
            secret_key: "sk_test_techmart".to_owned(),
            publishable_key: "pk_test_techmart".to_owned(),
            webhook: None,
            retry: Retry::default(),
            refund_settle: Duration::from_secs(2),
            dispute_after: Duration::from_secs(1),
            hold: Duration::from_hours(7 * 24),
            dispute_review: Duration::from_secs(2),
            faults: Faults::default(),
        }
    }

    pub(crate) fn spans(&self) -> Spans {
        Spans {
            complaint: self.dispute_after,
            hold: self.hold,
        }
    }

    /// Refuses settings that could not work, with one line that names the setting.
    pub(crate) fn check(&self) -> Result<(), String> {
        if !self.secret_key.starts_with("sk_test_") {
            return Err("the secret key must begin with sk_test_".to_owned());
        }
        if !self.publishable_key.starts_with("pk_test_") {
            return Err("the publishable key must begin with pk_test_".to_owned());
        }
        self.faults.check()?;
        self.webhook.as_ref().map_or(Ok(()), Webhook::check)
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("listen", &self.listen)
            .field("data_dir", &self.data_dir)
            .field("webhook", &self.webhook)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

/// The endpoint that receives events.
#[derive(Clone)]
pub struct Webhook {
    /// Where events are posted.
    pub url: Url,
    /// The signing secret (`whsec_…`).
    pub secret: String,
}

impl Webhook {
    pub(crate) fn check(&self) -> Result<(), String> {
        if !matches!(self.url.scheme(), "http" | "https") {
            return Err("the webhook address must be http or https".to_owned());
        }
        if !self.secret.starts_with("whsec_") {
            return Err("the webhook secret must begin with whsec_".to_owned());
        }
        Ok(())
    }
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook")
            .field("url", &self.url.as_str())
            .finish_non_exhaustive()
    }
}

/// Exponential back-off of webhook deliveries.
#[derive(Debug, Clone, Copy)]
pub struct Retry {
    /// Wait after the first failure; it doubles with each further one.
    pub first: Duration,
    /// The longest wait between two tries.
    pub max: Duration,
    /// Age of an event after which it is given up.
    pub give_up_after: Duration,
    /// How long the receiver may take to answer.
    pub timeout: Duration,
}

impl Default for Retry {
    /// Half a second at first, at most a minute, for three days; ten seconds per answer.
    fn default() -> Self {
        Self {
            first: Duration::from_millis(500),
            max: Duration::from_mins(1),
            give_up_after: Duration::from_hours(72),
            timeout: Duration::from_secs(10),
        }
    }
}
