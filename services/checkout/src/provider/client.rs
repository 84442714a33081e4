//! Payments: making one, looking at it, ending it.

use http::StatusCode;
use kernel::{AttemptId, CheckoutId, Money, OrderId};
use reqwest::Method;

use super::objects::Intent;
use super::transport::{Again, Answer, Ask, Provider, by_status};
use super::wire;
use crate::domain::payment::{Outcome, Sighting};
use crate::domain::state::CaptureMethod;

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
    /// When the money is taken.
    pub capture_method: CaptureMethod,
    /// The provider's customer, where a saved card pays or a card is to be saved.
    pub customer: Option<&'a str>,
    /// Whether the card is kept for later purchases.
    pub save_card: bool,
}

/// Shows the charge, and so the card, within an intent.
const WITH_CHARGE: (&str, &str) = ("expand[0]", "latest_charge");

impl Provider {
    /// Makes the payment, or finds it made.
    pub async fn create(&self, payment: &NewPayment<'_>) -> Sighting {
        let currency = payment.amount.currency().code().to_ascii_lowercase();
        let mut form = vec![
            ("amount", payment.amount.minor().to_string()),
            ("currency", currency),
            ("payment_method", payment.payment_method.to_owned()),
            ("payment_method_types[0]", "card".to_owned()),
            ("confirm", "true".to_owned()),
            ("capture_method", payment.capture_method.as_str().to_owned()),
            ("metadata[order_id]", payment.order_id.to_string()),
            ("metadata[checkout_id]", payment.checkout_id.to_string()),
            ("metadata[attempt_id]", payment.attempt_id.to_string()),
            (WITH_CHARGE.0, WITH_CHARGE.1.to_owned()),
        ];
        if let Some(customer) = payment.customer {
            form.push(("customer", customer.to_owned()));
        }
        if payment.save_card {
            form.push(("setup_future_usage", "on_session".to_owned()));
        }
        let ask = Ask {
            method: Method::POST,
            path: "payment_intents",
            key: Some(payment.attempt_id.to_string()),
            form,
        };
        match self.ask(&ask, by_status).await {
            Answer::Got(status, body) => wire::read_created(status, &body),
            Answer::NotSent => Sighting::blind(Outcome::NotSent),
            Answer::Unknown => Sighting::blind(Outcome::Unknown),
        }
    }

    /// The payment as it is now. `None` where the provider does not show it.
    pub async fn retrieve(&self, provider_ref: &str) -> Option<Intent> {
        let ask = Ask {
            method: Method::GET,
            path: &format!("payment_intents/{provider_ref}"),
            key: None,
            form: vec![(WITH_CHARGE.0, WITH_CHARGE.1.to_owned())],
        };
        self.intent(&ask).await
    }

    /// Ends a payment that has not taken money. Answers what it is then: a payment that came first stays.
    pub async fn cancel(
        &self,
        provider_ref: &str,
        key: String,
        reason: &'static str,
    ) -> Option<Intent> {
        let ask = Ask {
            method: Method::POST,
            path: &format!("payment_intents/{provider_ref}/cancel"),
            key: Some(key),
            form: vec![
                ("cancellation_reason", reason.to_owned()),
                (WITH_CHARGE.0, WITH_CHARGE.1.to_owned()),
            ],
        };
        self.intent(&ask).await
    }

    pub(super) async fn intent(&self, ask: &Ask<'_>) -> Option<Intent> {
        match self.ask(ask, by_status).await {
            Answer::Got(status, body) => wire::read_intent(status, &body),
            Answer::NotSent | Answer::Unknown => None,
        }
    }

    /// One object, where the provider shows it.
    pub(super) async fn object<T: serde::de::DeserializeOwned>(&self, ask: &Ask<'_>) -> Option<T> {
        let judge: fn(StatusCode, &[u8]) -> Again = by_status;
        match self.ask(ask, judge).await {
            Answer::Got(status, body) if status.is_success() => serde_json::from_slice(&body).ok(),
            _ => None,
        }
    }
}
