//! Charges: one authorisation, successful or not.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Card, wire::with_nulls};

/// One request to the customer's bank.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Charge {
    pub(crate) id: String,
    pub(crate) payment_intent: String,
    pub(crate) payment_method: String,
    pub(crate) billing_details: Value,
    pub(crate) card: Card,
    pub(crate) balance_transaction: Option<String>,
    /// Minor units that the bank was asked for.
    pub(crate) amount: i64,
    pub(crate) amount_captured: i64,
    /// Minor units refunded by refund objects; failed refunds do not count.
    pub(crate) amount_refunded: i64,
    pub(crate) currency: String,
    pub(crate) created: i64,
    pub(crate) paid: bool,
    /// An authorisation that was given back before it was captured.
    pub(crate) released: bool,
    pub(crate) failure: Option<Failure>,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) description: Option<String>,
    pub(crate) receipt_email: Option<String>,
    pub(crate) shipping: Option<Value>,
    #[serde(default)]
    pub(crate) customer: Option<String>,
    /// Id of the challenge that the customer passed.
    #[serde(default)]
    pub(crate) authentication: Option<String>,
    /// The idempotency key of the request that made it.
    #[serde(default)]
    pub(crate) idempotency_key: Option<String>,
    #[serde(default)]
    pub(crate) disputed: bool,
    /// Time in Unix milliseconds at which the bank lets go what is held, or the card's holder
    /// complains.
    #[serde(default)]
    pub(crate) settle_at_ms: Option<i64>,
}

/// Why a charge failed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Failure {
    pub(crate) code: String,
    pub(crate) decline_code: String,
    pub(crate) message: String,
    pub(crate) blocked: bool,
}

impl Charge {
    pub(crate) fn captured(&self) -> bool {
        self.amount_captured > 0
    }

    /// What can still be refunded, in minor units.
    pub(crate) fn refundable(&self) -> i64 {
        self.amount_captured - self.amount_refunded
    }

    /// Stripe's shape.
    pub(crate) fn view(&self) -> Value {
        let failure = self.failure.as_ref();
        let refunded = if self.released {
            self.amount
        } else {
            self.amount_refunded
        };
        let all_refunded = self.released || (self.captured() && self.refundable() == 0);
        let held_until = (self.paid && !self.captured())
            .then_some(self.settle_at_ms)
            .flatten()
            .map(|at| at / 1000);
        let object = json!({
            "id": self.id,
            "object": "charge",
            "amount": self.amount,
            "amount_captured": self.amount_captured,
            "amount_refunded": refunded,
            "balance_transaction": self.balance_transaction,
            "billing_details": self.billing_details,
            "captured": self.captured(),
            "created": self.created,
            "currency": self.currency,
            "customer": self.customer,
            "description": self.description,
            "disputed": self.disputed,
            "failure_code": failure.map(|failure| &failure.code),
            "failure_message": failure.map(|failure| &failure.message),
            "fraud_details": {},
            "livemode": false,
            "metadata": self.metadata,
            "outcome": self.outcome(),
            "paid": self.paid,
            "payment_intent": self.payment_intent,
            "payment_method": self.payment_method,
            "payment_method_details": {
                "type": "card",
                "card": self.card.charge_view(
                    self.paid.then_some(self.amount),
                    failure.map(|failure| failure.code.as_str()),
                    self.authentication.as_deref(),
                    held_until,
                ),
            },
            "receipt_email": self.receipt_email,
            "refunded": all_refunded,
            "shipping": self.shipping,
            "status": if self.paid { "succeeded" } else { "failed" },
        });
        with_nulls(
            object,
            &[
                "application",
                "application_fee",
                "application_fee_amount",
                "calculated_statement_descriptor",
                "failure_balance_transaction",
                "on_behalf_of",
                "receipt_number",
                "receipt_url",
                "review",
                "source",
                "source_transfer",
                "statement_descriptor",
                "statement_descriptor_suffix",
                "transfer_data",
                "transfer_group",
            ],
        )
    }

    fn outcome(&self) -> Value {
        match &self.failure {
            None => json!({
                "network_status": "approved_by_network", "reason": null,
                "risk_level": "normal", "risk_score": 20,
                "seller_message": "Payment complete.", "type": "authorized",
            }),
            Some(failure) if failure.blocked => json!({
                "network_status": "not_sent_to_network", "reason": "highest_risk_level",
                "risk_level": "highest", "risk_score": 90,
                "seller_message": "Stripe blocked this payment as too risky.",
                "type": "blocked",
            }),
            Some(failure) => json!({
                "network_status": "declined_by_network", "reason": failure.decline_code,
                "risk_level": "normal", "risk_score": 20,
                "seller_message": "The bank did not approve the charge.",
                "type": "issuer_declined",
            }),
        }
    }
}
