//! Refunds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::wire::with_nulls;

/// Money on its way back to a card.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Refund {
    pub(crate) id: String,
    pub(crate) charge: String,
    pub(crate) payment_intent: String,
    pub(crate) balance_transaction: String,
    /// Minor units.
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) created: i64,
    pub(crate) reason: Option<String>,
    pub(crate) status: RefundStatus,
    pub(crate) failure_reason: Option<String>,
    #[serde(default)]
    pub(crate) failure_balance_transaction: Option<String>,
    pub(crate) metadata: BTreeMap<String, String>,
    /// Time in Unix milliseconds at which the bank's final answer comes.
    pub(crate) settle_at_ms: Option<i64>,
}

/// Where a refund stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RefundStatus {
    Pending,
    Succeeded,
    Failed,
}

impl RefundStatus {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }
}

impl Refund {
    /// Stripe's shape.
    pub(crate) fn view(&self) -> Value {
        let mut object = json!({
            "id": self.id,
            "object": "refund",
            "amount": self.amount,
            "balance_transaction": self.balance_transaction,
            "charge": self.charge,
            "created": self.created,
            "currency": self.currency,
            "destination_details": {
                "type": "card",
                "card": { "reference_status": "pending", "reference_type": "acquirer_reference_number",
                    "type": "refund" },
            },
            "metadata": self.metadata,
            "payment_intent": self.payment_intent,
            "reason": self.reason,
            "status": self.status,
        });
        if let Value::Object(fields) = &mut object {
            let failure = [
                ("failure_reason", &self.failure_reason),
                (
                    "failure_balance_transaction",
                    &self.failure_balance_transaction,
                ),
            ];
            for (name, value) in failure {
                if let Some(value) = value {
                    fields.insert(name.to_owned(), value.as_str().into());
                }
            }
            if self.status == RefundStatus::Pending {
                fields.insert("pending_reason".to_owned(), "processing".into());
            }
        }
        with_nulls(
            object,
            &[
                "receipt_number",
                "source_transfer_reversal",
                "transfer_reversal",
            ],
        )
    }
}
