//! Disputes: the card's holder takes money back through the bank.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// A complaint of a card's holder.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Dispute {
    pub(crate) id: String,
    pub(crate) charge: String,
    pub(crate) payment_intent: String,
    pub(crate) card_brand: String,
    /// Minor units.
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) created: i64,
    pub(crate) reason: String,
    pub(crate) status: DisputeStatus,
    /// What the shop says, by Stripe's field names.
    pub(crate) evidence: BTreeMap<String, String>,
    pub(crate) submissions: u32,
    pub(crate) metadata: BTreeMap<String, String>,
    /// Money that went to the bank and came back, oldest first.
    pub(crate) movements: Vec<Movement>,
    /// Time in Unix milliseconds at which the bank decides.
    pub(crate) settle_at_ms: Option<i64>,
}

/// A movement on the shop's balance.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Movement {
    pub(crate) id: String,
    /// Minor units; below zero when it leaves the shop.
    pub(crate) amount: i64,
    /// What the dispute costs besides.
    pub(crate) fee: i64,
    pub(crate) created: i64,
}

/// Where a dispute stands. The `Warning` states are those of an inquiry, which moves no money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DisputeStatus {
    WarningNeedsResponse,
    WarningUnderReview,
    WarningClosed,
    NeedsResponse,
    UnderReview,
    Won,
    Lost,
}

impl DisputeStatus {
    /// Whether the shop can still answer or give in.
    pub(crate) fn is_open(self) -> bool {
        matches!(self, Self::WarningNeedsResponse | Self::NeedsResponse)
    }

    pub(crate) fn is_inquiry(self) -> bool {
        use DisputeStatus::{WarningClosed, WarningNeedsResponse, WarningUnderReview};
        matches!(
            self,
            WarningNeedsResponse | WarningUnderReview | WarningClosed
        )
    }
}

impl Dispute {
    /// What the bank holds, in minor units.
    pub(crate) fn withdrawn(&self) -> i64 {
        -self.movements.iter().map(|moved| moved.amount).sum::<i64>()
    }

    /// Whether the charge can be refunded all the same.
    pub(crate) fn allows_refund(&self) -> bool {
        self.status.is_inquiry() || self.status == DisputeStatus::Won
    }

    /// Stripe's shape.
    pub(crate) fn view(&self) -> Value {
        let evidence: Map<String, Value> = EVIDENCE
            .iter()
            .map(|name| {
                let value = self.evidence.get(*name).map(|text| text.as_str().into());
                ((*name).to_owned(), value.unwrap_or_default())
            })
            .chain([("enhanced_evidence".to_owned(), json!({}))])
            .collect();
        let case = if self.status.is_inquiry() {
            "inquiry"
        } else {
            "chargeback"
        };
        json!({
            "id": self.id,
            "object": "dispute",
            "amount": self.amount,
            "balance_transactions": self.movements.iter().map(|moved| self.movement(moved)).collect::<Vec<_>>(),
            "charge": self.charge,
            "created": self.created,
            "currency": self.currency,
            "enhanced_eligibility_types": [],
            "evidence": evidence,
            "evidence_details": {
                "due_by": self.created + RESPONSE_S,
                "enhanced_eligibility": {},
                "has_evidence": !self.evidence.is_empty(),
                "past_due": false,
                "submission_count": self.submissions,
            },
            "is_charge_refundable": self.allows_refund(),
            "livemode": false,
            "metadata": self.metadata,
            "payment_intent": self.payment_intent,
            "payment_method_details": {
                "card": { "brand": self.card_brand, "case_type": case, "network": self.card_brand,
                    "network_reason_code": "10.4" },
                "type": "card",
            },
            "reason": self.reason,
            "status": self.status,
        })
    }

    fn movement(&self, moved: &Movement) -> Value {
        let fee_details: Vec<Value> = (moved.fee != 0)
            .then(|| {
                json!({
                    "amount": moved.fee, "application": null, "currency": self.currency,
                    "description": "Dispute fee", "type": "stripe_fee",
                })
            })
            .into_iter()
            .collect();
        json!({
            "id": moved.id,
            "object": "balance_transaction",
            "amount": moved.amount,
            "available_on": moved.created,
            "balance_type": "payments",
            "created": moved.created,
            "currency": self.currency,
            "description": if moved.amount < 0 {
                format!("Chargeback withdrawal for {}", self.charge)
            } else {
                format!("Chargeback reversal for {}", self.charge)
            },
            "exchange_rate": null,
            "fee": moved.fee,
            "fee_details": fee_details,
            "net": moved.amount - moved.fee,
            "reporting_category": if moved.amount < 0 { "dispute" } else { "dispute_reversal" },
            "source": self.id,
            "status": "available",
            "type": "adjustment",
        })
    }
}

/// The shop has a week to answer.
const RESPONSE_S: i64 = 7 * 24 * 60 * 60;

/// What a shop can say in texts.
pub(crate) const EVIDENCE: [&str; 26] = [
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_text",
];
