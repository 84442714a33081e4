//! The bank's question to the customer (3-D Secure).

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A question that the customer must answer before the bank approves a payment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Challenge {
    /// `payatt_…`; a new one with each confirmation.
    pub(crate) id: String,
    pub(crate) payment_method: String,
    /// The bank's page.
    pub(crate) url: String,
    /// Where the bank's page leads afterwards; none when the shop's page embeds it.
    pub(crate) return_url: Option<String>,
    /// The idempotency key of the confirmation.
    pub(crate) idempotency_key: Option<String>,
}

impl Challenge {
    /// `next_action` in Stripe's shape.
    pub(crate) fn view(&self) -> Value {
        match &self.return_url {
            Some(return_url) => json!({
                "type": "redirect_to_url",
                "redirect_to_url": { "return_url": return_url, "url": self.url },
            }),
            None => json!({
                "type": "use_stripe_sdk",
                "use_stripe_sdk": {
                    "type": "three_d_secure_redirect",
                    "source": self.id,
                    "stripe_js": self.url,
                },
            }),
        }
    }
}
