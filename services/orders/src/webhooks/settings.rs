//! Section `webhooks`.

use std::time::Duration;

use jiff::SignedDuration;
use serde::Deserialize;

/// Outgoing webhooks.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WebhookSettings {
    /// Lets endpoints lie in private networks, and on this machine without TLS. For development and tests.
    pub allow_private: bool,
    /// How long an endpoint may take to answer.
    pub timeout_ms: u64,
    /// An endpoint that failed for so long without a success is disabled.
    pub disable_after_days: i64,
    /// How long events and their deliveries are kept.
    pub keep_days: i64,
    /// How long the old secret signs too after a rotation.
    pub secret_overlap_hours: i64,
    /// How many endpoints there may be.
    pub endpoints_max: i64,
    /// Who is told by e-mail that an endpoint was disabled; without it only the log and the staff pages tell.
    pub notice_to: Option<String>,
}

impl Default for WebhookSettings {
    fn default() -> Self {
        Self {
            allow_private: false,
            timeout_ms: 5_000,
            disable_after_days: 5,
            keep_days: 30,
            secret_overlap_hours: 24,
            endpoints_max: 50,
            notice_to: None,
        }
    }
}

impl WebhookSettings {
    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }

    pub(crate) fn disable_after(&self) -> SignedDuration {
        days(self.disable_after_days)
    }

    pub(crate) fn keep(&self) -> SignedDuration {
        days(self.keep_days)
    }

    pub(crate) fn secret_overlap(&self) -> SignedDuration {
        SignedDuration::from_hours(self.secret_overlap_hours.clamp(0, 24 * 365))
    }
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(days.clamp(0, 3_650).saturating_mul(24))
}
