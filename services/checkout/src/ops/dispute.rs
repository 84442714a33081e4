//! Disputes: a cardholder asks the bank for the money back.

use contract_orders::{order, payment};
use kernel::Money;
use serde_json::json;

use crate::error::Error;
use crate::provider::objects::Dispute;
use crate::state::AppState;
use crate::store::attempts::{self, Attempt};
use crate::store::ledger::{self, Transfer};
use crate::store::{disputes, operations};

/// Writes where a dispute stands. What is decided stays decided, in whatever order reports come.
///
/// # Errors
/// When it could not be written; calling it again is safe.
pub async fn record(state: &AppState, attempt: &Attempt, dispute: &Dispute) -> Result<(), Error> {
    let currency = attempt.amount.currency();
    let amount = Money::new(dispute.amount.max(0), currency)
        .map_err(|_| Error::Internal("a dispute about an impossible amount"))?;
    let mut tx = state.db.begin().await?;
    order::lock(&mut tx, attempt.order_id).await?;
    let mut attempt = attempts::lock(&mut tx, attempt.attempt_id).await?;
    let before = disputes::find_state(&mut tx, &dispute.id).await?;
    if before.as_deref() == Some(&dispute.status) || before.as_deref().is_some_and(is_closed) {
        return Ok(());
    }
    disputes::upsert(&mut tx, &attempt, dispute, amount).await?;
    attempt.disputed = disputes::is_disputed(&mut tx, attempt.attempt_id).await?;
    attempts::update(&mut tx, &attempt).await?;
    let (order_id, cause) = (Some(attempt.order_id), attempt.attempt_id.uuid());
    // An inquiry moves no money, unless it becomes a dispute.
    if !dispute.status.starts_with("warning_") && amount.minor() > 0 {
        ledger::insert(&mut tx, Transfer::Dispute, amount, order_id, cause).await?;
        if dispute.status == "won" {
            ledger::insert(&mut tx, Transfer::DisputeWon, amount, order_id, cause).await?;
        }
    }
    let kind = if is_closed(&dispute.status) {
        "payment.dispute_closed"
    } else {
        "payment.disputed"
    };
    let detail = json!({"reason": dispute.reason, "state": dispute.status,
        "amount_minor": amount.minor(), "currency": currency});
    let sums = operations::sums(&mut tx, attempt.order_id).await?;
    payment::record_payment(&mut tx, attempt.order_id, sums, Some((kind, detail))).await?;
    tx.commit().await?;
    metrics::counter!("techmart_checkout_disputes_total", "state" => dispute.status.clone())
        .increment(1);
    tracing::warn!(order.id = %attempt.order_id, dispute.id = dispute.id, state = dispute.status, "dispute");
    Ok(())
}

/// Whether the bank has decided.
fn is_closed(state: &str) -> bool {
    matches!(state, "won" | "lost" | "warning_closed" | "prevented")
}
