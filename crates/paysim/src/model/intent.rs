//! Payment intents.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Challenge, wire::with_nulls};

/// One attempt to collect one amount.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Intent {
    pub(crate) id: String,
    pub(crate) client_secret: String,
    /// Minor units.
    pub(crate) amount: i64,
    pub(crate) amount_capturable: i64,
    pub(crate) amount_received: i64,
    pub(crate) currency: String,
    pub(crate) status: IntentStatus,
    pub(crate) capture_method: CaptureMethod,
    pub(crate) created: i64,
    pub(crate) canceled_at: Option<i64>,
    pub(crate) cancellation_reason: Option<String>,
    pub(crate) payment_method: Option<String>,
    pub(crate) latest_charge: Option<String>,
    pub(crate) last_payment_error: Option<Value>,
    pub(crate) automatic_payment_methods: Option<Value>,
    pub(crate) setup_future_usage: Option<String>,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) description: Option<String>,
    pub(crate) receipt_email: Option<String>,
    pub(crate) shipping: Option<Value>,
    pub(crate) statement_descriptor: Option<String>,
    pub(crate) statement_descriptor_suffix: Option<String>,
    #[serde(default)]
    pub(crate) customer: Option<String>,
    /// `automatic`, `any` or `challenge`; automatic when not given.
    #[serde(default)]
    pub(crate) request_three_d_secure: Option<String>,
    /// The bank's question while the status is `requires_action`.
    #[serde(default)]
    pub(crate) challenge: Option<Challenge>,
}

/// Where an intent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum IntentStatus {
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    RequiresCapture,
    Succeeded,
    Canceled,
}

impl IntentStatus {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::RequiresPaymentMethod => "requires_payment_method",
            Self::RequiresConfirmation => "requires_confirmation",
            Self::RequiresAction => "requires_action",
            Self::RequiresCapture => "requires_capture",
            Self::Succeeded => "succeeded",
            Self::Canceled => "canceled",
        }
    }
}

/// When an authorised amount is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CaptureMethod {
    Automatic,
    AutomaticAsync,
    Manual,
}

impl CaptureMethod {
    /// The words that clients send.
    pub(crate) const WORDS: [&str; 3] = ["automatic", "automatic_async", "manual"];

    /// The method of a word out of `WORDS`; Stripe's default when none was sent.
    pub(crate) fn from_word(word: Option<&str>) -> Self {
        match word {
            Some("manual") => Self::Manual,
            Some("automatic") => Self::Automatic,
            _ => Self::AutomaticAsync,
        }
    }
}

impl Intent {
    /// Stripe's shape.
    pub(crate) fn view(&self) -> Value {
        let object = json!({
            "id": self.id,
            "object": "payment_intent",
            "amount": self.amount,
            "amount_capturable": self.amount_capturable,
            "amount_details": { "tip": {} },
            "amount_received": self.amount_received,
            "automatic_payment_methods": self.automatic_payment_methods,
            "canceled_at": self.canceled_at,
            "cancellation_reason": self.cancellation_reason,
            "capture_method": self.capture_method,
            "client_secret": self.client_secret,
            "confirmation_method": "automatic",
            "created": self.created,
            "currency": self.currency,
            "customer": self.customer,
            "description": self.description,
            "last_payment_error": self.last_payment_error,
            "latest_charge": self.latest_charge,
            "livemode": false,
            "metadata": self.metadata,
            "next_action": self.challenge.as_ref().map(Challenge::view),
            "payment_method": self.payment_method,
            "payment_method_options": {
                "card": { "installments": null, "mandate_options": null, "network": null,
                    "request_three_d_secure": self.request_three_d_secure.as_deref().unwrap_or("automatic") },
            },
            "payment_method_types": ["card"],
            "receipt_email": self.receipt_email,
            "setup_future_usage": self.setup_future_usage,
            "shipping": self.shipping,
            "statement_descriptor": self.statement_descriptor,
            "statement_descriptor_suffix": self.statement_descriptor_suffix,
            "status": self.status,
        });
        with_nulls(
            object,
            &[
                "application",
                "application_fee_amount",
                "on_behalf_of",
                "payment_method_configuration_details",
                "processing",
                "review",
                "source",
                "transfer_data",
                "transfer_group",
            ],
        )
    }

    /// What a browser with the publishable key and the client secret may see.
    pub(crate) fn browser_view(&self) -> Value {
        const SHOWN: [&str; 24] = [
            "id",
            "object",
            "amount",
            "amount_details",
            "automatic_payment_methods",
            "canceled_at",
            "cancellation_reason",
            "capture_method",
            "client_secret",
            "confirmation_method",
            "created",
            "currency",
            "description",
            "last_payment_error",
            "livemode",
            "next_action",
            "payment_method",
            "payment_method_types",
            "processing",
            "receipt_email",
            "setup_future_usage",
            "shipping",
            "source",
            "status",
        ];
        let mut view = self.view();
        if let Value::Object(fields) = &mut view {
            fields.retain(|name, _| SHOWN.contains(&name.as_str()));
        }
        view
    }
}
