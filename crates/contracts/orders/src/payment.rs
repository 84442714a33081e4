//! What became of an order's money, reported in the transaction that learned of it. The caller holds the order
//! ([`crate::order::lock`]).

use kernel::{OrderId, RefundId};
use sqlx::PgConnection;

/// What the payment of an order adds up to, in minor units of its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PaymentSums {
    /// Held on a card, and to be captured yet.
    pub authorized_minor: i64,
    /// Taken.
    pub captured_minor: i64,
    /// Given back for good.
    pub refunded_minor: i64,
    /// Whether an authorisation ended without a capture.
    pub voided: bool,
    /// Whether the cardholder disputes the payment.
    pub disputed: bool,
}

/// What became of a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundOutcome<'a> {
    /// The provider works on it.
    Submitted,
    /// All of it went back.
    Succeeded,
    /// It did not go back.
    Failed {
        /// Why, in the provider's words.
        reason: &'a str,
    },
    /// It went back, and came back to the shop.
    Reversed {
        /// Why, in the provider's words.
        reason: &'a str,
    },
}

impl RefundOutcome<'_> {
    fn state(&self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Succeeded => "succeeded",
            Self::Failed { .. } => "failed",
            Self::Reversed { .. } => "reversed",
        }
    }

    fn failure(&self) -> Option<&str> {
        match self {
            Self::Submitted | Self::Succeeded => None,
            Self::Failed { reason } | Self::Reversed { reason } => Some(reason),
        }
    }
}

/// Records what the payment adds up to now. `event` is its kind (`payment.captured`, `payment.voided`, …) and detail: a
/// step in the timeline, and an event for whoever listens.
///
/// # Errors
/// When the database fails.
pub async fn record_payment(
    conn: &mut PgConnection,
    order_id: OrderId,
    sums: PaymentSums,
    event: Option<(&str, serde_json::Value)>,
) -> Result<(), sqlx::Error> {
    let (kind, detail) = event.unzip();
    sqlx::query!(
        "select orders.record_payment_v1($1, $2, $3, $4, $5, $6, $7, $8)",
        order_id.uuid(),
        sums.authorized_minor,
        sums.captured_minor,
        sums.refunded_minor,
        sums.voided,
        sums.disputed,
        kind,
        detail.unwrap_or_else(|| serde_json::json!({}))
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Records what became of a refund. Called again with the same outcome it does nothing.
///
/// # Errors
/// When the database fails.
pub async fn record_refund(
    conn: &mut PgConnection,
    refund_id: RefundId,
    outcome: RefundOutcome<'_>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "select orders.record_refund_v1($1, $2, $3)",
        refund_id.uuid(),
        outcome.state(),
        outcome.failure()
    )
    .execute(conn)
    .await
    .map(drop)
}
