//! What happened to a payment at the provider without us: captures and refunds made there, authorisations that ended by
//! themselves. The provider's state wins.

use contract_orders::{RefundOutcome, order, payment};
use jiff::Timestamp;
use kernel::{Money, OperationId};
use serde_json::json;
use sqlx::PgConnection;

use super::operate;
use crate::domain::operation::{OperationKind, OperationState};
use crate::domain::state::{AttemptState, poll_pause};
use crate::error::Error;
use crate::provider::objects::{Intent, Refund};
use crate::provider::{Ending, Returning};
use crate::state::{AppState, after};
use crate::store::attempts::{self, Attempt};
use crate::store::ledger::{self, Transfer};
use crate::store::operations::{self, Operation};

/// Takes over what the provider shows of a payment that was authorised or captured. False where it does not show it.
///
/// # Errors
/// When it could not be written; calling it again is safe.
pub async fn adopt(state: &AppState, attempt: &Attempt) -> Result<bool, Error> {
    let Some(provider_ref) = &attempt.provider_ref else {
        return Ok(false);
    };
    let Some(intent) = state.provider.retrieve(provider_ref).await else {
        return Ok(false);
    };
    let Some(refunds) = state.provider.list_refunds(provider_ref).await else {
        return Ok(false);
    };
    let now = state.now();
    let mut tx = state.db.begin().await?;
    order::lock(&mut tx, attempt.order_id).await?;
    let mut attempt = attempts::lock(&mut tx, attempt.attempt_id).await?;
    if attempt.state == AttemptState::Authorized {
        end(&mut tx, &mut attempt, &intent, now).await?;
    }
    attempt.next_poll_at = attempt.next_look_at(now);
    attempts::update(&mut tx, &attempt).await?;
    if attempt.state == AttemptState::Captured {
        // The oldest first, as they happened.
        for refund in refunds.into_iter().rev() {
            take_over(&mut tx, &mut attempt, refund, now).await?;
        }
    }
    tx.commit().await?;
    Ok(true)
}

/// The authorisation ended: by an operation of ours whose answer is not written yet, or without us.
async fn end(
    conn: &mut PgConnection,
    attempt: &mut Attempt,
    intent: &Intent,
    now: Timestamp,
) -> Result<(), Error> {
    let ending = match intent.status.as_str() {
        "succeeded" => Ending::Captured {
            amount_minor: intent.amount_received,
        },
        "canceled" => Ending::Ended,
        _ => return Ok(()),
    };
    let open = operations::list_by_attempt(conn, attempt.attempt_id)
        .await?
        .into_iter()
        .find(|o| {
            o.state.is_open() && matches!(o.kind, OperationKind::Capture | OperationKind::Void)
        });
    if let Some(mut operation) = open {
        return operate::end(conn, &mut operation, attempt, ending, now).await;
    }
    let kind = if let Ending::Captured { amount_minor } = ending {
        operate::capture(conn, attempt, amount_minor).await?;
        "payment.captured"
    } else {
        attempt.enter(AttemptState::Voided)?;
        "payment.voided"
    };
    attempts::update(conn, attempt).await?;
    operate::return_if_cancelled(conn, attempt, now).await?;
    let detail = json!({"at": "provider", "amount_minor": attempt.captured_minor,
        "currency": attempt.amount.currency()});
    tell(conn, attempt, Some((kind, detail))).await
}

/// Tells orders what the payment adds up to.
async fn tell(
    conn: &mut PgConnection,
    attempt: &Attempt,
    event: Option<(&str, serde_json::Value)>,
) -> Result<(), Error> {
    let sums = operations::sums(conn, attempt.order_id).await?;
    payment::record_payment(conn, attempt.order_id, sums, event).await?;
    Ok(())
}

async fn take_over(
    conn: &mut PgConnection,
    attempt: &mut Attempt,
    refund: Refund,
    now: Timestamp,
) -> Result<(), Error> {
    let name = refund.metadata.get("operation_id");
    let known = operations::list_by_attempt(conn, attempt.attempt_id)
        .await?
        .into_iter()
        .find(|o| {
            o.provider_ref.as_deref() == Some(&refund.id)
                || name.is_some_and(|name| *name == o.operation_id.to_string())
        });
    let amount_minor = refund.amount;
    let returning = Returning::from(refund);
    match known {
        Some(mut operation) if operation.state.is_open() => {
            operate::give_back(conn, &mut operation, attempt, returning, now).await
        }
        Some(operation) => match (operation.state, returning) {
            (OperationState::Succeeded, Returning::Failed { reason, .. }) => {
                reverse(conn, attempt, operation, &reason).await
            }
            _ => Ok(()),
        },
        None => foreign(conn, attempt, amount_minor, returning, now).await,
    }
}

/// The bank sent a refund back: the shop has the money again, and the shopper has not.
async fn reverse(
    conn: &mut PgConnection,
    attempt: &mut Attempt,
    mut operation: Operation,
    reason: &str,
) -> Result<(), Error> {
    let minor = operation.amount.minor();
    operation.enter(OperationState::Failed)?;
    attempt.refunded_minor = attempt.refunded_minor.saturating_sub(minor);
    attempts::update(conn, attempt).await?;
    operations::update(conn, &operation, Some(reason), None).await?;
    let (order_id, cause) = (Some(operation.order_id), operation.operation_id.uuid());
    let transfer = Transfer::RefundReversed;
    ledger::insert(conn, transfer, operation.amount, order_id, cause).await?;
    metrics::counter!("techmart_checkout_refund_failures_total").increment(1);
    tracing::error!(
        order.id = %operation.order_id, operation.id = %operation.operation_id,
        "a refund came back; a person must look"
    );
    let detail =
        json!({"operation_id": operation.operation_id, "amount_minor": minor, "failure": reason});
    tell(conn, attempt, Some(("payment.refund_reversed", detail))).await?;
    if let Some(refund_id) = operation.refund_id {
        payment::record_refund(conn, refund_id, RefundOutcome::Reversed { reason }).await?;
    }
    Ok(())
}

/// A refund that was made at the provider: it is written down as one of ours.
async fn foreign(
    conn: &mut PgConnection,
    attempt: &mut Attempt,
    amount_minor: i64,
    returning: Returning,
    now: Timestamp,
) -> Result<(), Error> {
    let (provider_ref, pending) = match returning {
        Returning::Succeeded { provider_ref } => (provider_ref, false),
        Returning::Pending { provider_ref } => (provider_ref, true),
        Returning::Failed { .. } | Returning::Unknown => return Ok(()),
    };
    if amount_minor <= 0 || amount_minor > attempt.left_minor() {
        // Our own refunds under way want the same money: they will fail, and this one is looked at again then.
        tracing::error!(
            order.id = %attempt.order_id, attempt.id = %attempt.attempt_id, amount_minor,
            "a refund made at the provider does not fit; a person must look"
        );
        metrics::counter!("techmart_checkout_foreign_refunds_unmatched_total").increment(1);
        return Ok(());
    }
    let amount = Money::new(amount_minor, attempt.amount.currency())
        .map_err(|_| Error::Internal("the provider returned an impossible amount"))?;
    let operation = Operation {
        operation_id: OperationId::generate(),
        order_id: attempt.order_id,
        attempt_id: Some(attempt.attempt_id),
        refund_id: None,
        kind: OperationKind::Refund,
        amount,
        state: if pending {
            OperationState::Submitted
        } else {
            OperationState::Succeeded
        },
        provider_ref: Some(provider_ref),
        tries: 0,
        created_at: now,
    };
    let again_at = pending.then(|| after(now, poll_pause(0)));
    operations::insert(conn, &operation, again_at).await?;
    if pending {
        attempt.refund_pending_minor = attempt.refund_pending_minor.saturating_add(amount_minor);
        attempts::update(conn, attempt).await?;
        return Ok(());
    }
    attempt.refunded_minor = attempt.refunded_minor.saturating_add(amount_minor);
    attempts::update(conn, attempt).await?;
    let (order_id, cause) = (Some(operation.order_id), operation.operation_id.uuid());
    ledger::insert(conn, Transfer::Refund, amount, order_id, cause).await?;
    let detail = json!({"at": "provider", "operation_id": operation.operation_id,
        "amount_minor": amount_minor, "currency": amount.currency()});
    tell(conn, attempt, Some(("payment.refunded", detail))).await
}
