//! Movements of money that were asked for: carried out at the provider with no transaction open, then written in one.

use contract_orders::{RefundOutcome, order, payment};
use jiff::{SignedDuration, Timestamp};
use kernel::Money;
use serde_json::json;
use sqlx::PgConnection;

use crate::domain::operation::{OperationKind, OperationState, retry_pause};
use crate::domain::state::{AttemptState, poll_pause};
use crate::error::Error;
use crate::provider::{Ending, Returning};
use crate::state::{AppState, after};
use crate::store::attempts::{self, Attempt};
use crate::store::ledger::{self, Transfer};
use crate::store::operations::{self, Operation};

/// What the provider made of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Of a capture or an end.
    Ended(Ending),
    /// Of a refund.
    Returned(Returning),
}

/// Carries an operation out, or goes on with it. It was claimed before.
///
/// # Errors
/// When the outcome could not be written; calling it again is safe.
pub async fn operate(state: &AppState, operation: &Operation) -> Result<OperationState, Error> {
    common::failpoint!("checkout.before_operation_call");
    let answer = ask(state, operation).await?;
    common::failpoint!("checkout.after_operation_call");
    settle(state, operation, answer).await
}

async fn ask(state: &AppState, operation: &Operation) -> Result<Answer, Error> {
    let attempt_id = operation
        .attempt_id
        .ok_or(Error::Internal("stored value needs no provider"))?;
    let mut conn = state.db.write().await?;
    let attempt = attempts::get(&mut conn, attempt_id).await?;
    // No connection is kept while the provider is asked.
    drop(conn);
    let provider_ref = attempt
        .provider_ref
        .ok_or(Error::Internal("a payment has no reference"))?;
    let (provider, id) = (&state.provider, operation.operation_id);
    let minor = operation.amount.minor();
    Ok(match (operation.kind, &operation.provider_ref) {
        (OperationKind::Capture, _) => {
            Answer::Ended(provider.capture(&provider_ref, minor, id).await)
        }
        (OperationKind::Void, _) => Answer::Ended(provider.void(&provider_ref, id).await),
        (OperationKind::Refund | OperationKind::Credit, Some(known)) => {
            Answer::Returned(provider.retrieve_refund(known).await)
        }
        (OperationKind::Refund | OperationKind::Credit, None) => {
            Answer::Returned(refund(state, operation, &provider_ref).await)
        }
    })
}

/// Refunds. Once the provider may have forgotten the key, the refund is looked for before it is made.
async fn refund(state: &AppState, operation: &Operation, provider_ref: &str) -> Returning {
    let age = state.now().duration_since(operation.created_at);
    let remembered = SignedDuration::from_secs(state.settings.payment.resend_max_s);
    if operation.tries > 1 && age >= remembered {
        let Some(refunds) = state.provider.list_refunds(provider_ref).await else {
            return Returning::Unknown;
        };
        let name = operation.operation_id.to_string();
        let made = refunds
            .into_iter()
            .find(|refund| refund.metadata.get("operation_id") == Some(&name));
        if let Some(refund) = made {
            return Returning::from(refund);
        }
    }
    let minor = operation.amount.minor();
    state
        .provider
        .refund(provider_ref, minor, operation.operation_id)
        .await
}

/// Writes what became of an operation. Idempotent: whoever comes second finds it done.
///
/// # Errors
/// When nothing could be written; calling it again is safe.
pub async fn settle(
    state: &AppState,
    operation: &Operation,
    answer: Answer,
) -> Result<OperationState, Error> {
    let now = state.now();
    let mut tx = state.db.begin().await?;
    order::lock(&mut tx, operation.order_id).await?;
    let attempt_id = operation
        .attempt_id
        .ok_or(Error::Internal("stored value needs no provider"))?;
    let mut attempt = attempts::lock(&mut tx, attempt_id).await?;
    let mut operation = operations::lock(&mut tx, operation.operation_id).await?;
    if !operation.state.is_open() {
        return Ok(operation.state);
    }
    match answer {
        Answer::Ended(ending) => {
            end(&mut tx, &mut operation, &mut attempt, ending, now).await?;
        }
        Answer::Returned(returning) => {
            give_back(&mut tx, &mut operation, &mut attempt, returning, now).await?;
        }
    }
    common::failpoint!("checkout.before_operation_commit");
    tx.commit().await?;
    metrics::counter!("techmart_checkout_operations_total",
        "kind" => operation.kind.as_str(), "state" => operation.state.as_str())
    .increment(1);
    if operation.state == OperationState::Failed {
        tracing::error!(
            order.id = %operation.order_id, operation.id = %operation.operation_id, kind = operation.kind.as_str(),
            "a movement of money failed; a person must look"
        );
        if operation.kind == OperationKind::Refund {
            metrics::counter!("techmart_checkout_refund_failures_total").increment(1);
        }
    }
    Ok(operation.state)
}

/// The provider has not told: asked again later, under the same key.
async fn try_again(
    conn: &mut PgConnection,
    operation: &mut Operation,
    now: Timestamp,
) -> Result<(), Error> {
    operation.enter(OperationState::Submitted)?;
    let again_at = after(now, retry_pause(operation.tries));
    operations::update(conn, operation, None, Some(again_at)).await?;
    Ok(())
}

pub(super) async fn end(
    conn: &mut PgConnection,
    operation: &mut Operation,
    attempt: &mut Attempt,
    ending: Ending,
    now: Timestamp,
) -> Result<(), Error> {
    let (kind, failure) = match ending {
        Ending::Unknown => return try_again(conn, operation, now).await,
        Ending::Captured { amount_minor } => {
            capture(conn, attempt, amount_minor).await?;
            if operation.kind == OperationKind::Capture {
                operation.amount = Money::new(amount_minor, operation.amount.currency())
                    .unwrap_or(operation.amount);
            }
            let late = operation.kind == OperationKind::Void;
            ("payment.captured", late.then_some("captured_already"))
        }
        Ending::Ended => {
            if attempt.state == AttemptState::Authorized {
                attempt.enter(AttemptState::Voided)?;
            }
            let late = operation.kind == OperationKind::Capture;
            ("payment.voided", late.then_some("authorization_ended"))
        }
        Ending::Refused { ref reason } => {
            let kind = match operation.kind {
                OperationKind::Capture => "payment.capture_failed",
                _ => "payment.void_failed",
            };
            (kind, Some(reason.as_str()))
        }
    };
    operation.enter(match failure {
        None => OperationState::Succeeded,
        Some(_) => OperationState::Failed,
    })?;
    attempts::update(conn, attempt).await?;
    operations::update(conn, operation, failure, None).await?;
    return_if_cancelled(conn, attempt, now).await?;
    let detail = json!({"operation_id": operation.operation_id, "amount_minor": operation.amount.minor(),
        "currency": operation.amount.currency(), "failure": failure});
    let sums = operations::sums(conn, operation.order_id).await?;
    payment::record_payment(conn, operation.order_id, sums, Some((kind, detail))).await?;
    Ok(())
}

/// Writes a capture down, once.
pub(super) async fn capture(
    conn: &mut PgConnection,
    attempt: &mut Attempt,
    amount_minor: i64,
) -> Result<(), Error> {
    if attempt.state == AttemptState::Captured {
        return Ok(());
    }
    let taken = Money::new(amount_minor, attempt.amount.currency())
        .map_err(|_| Error::Internal("the provider took an impossible amount"))?;
    attempt.enter(AttemptState::Captured)?;
    attempt.captured_minor = amount_minor;
    let (order_id, cause) = (Some(attempt.order_id), attempt.attempt_id.uuid());
    ledger::insert(conn, Transfer::Capture, taken, order_id, cause).await?;
    Ok(())
}

/// An order that was cancelled keeps no money: what was captured in spite of it goes back.
pub(super) async fn return_if_cancelled(
    conn: &mut PgConnection,
    attempt: &mut Attempt,
    now: Timestamp,
) -> Result<(), Error> {
    let state = order::lock(conn, attempt.order_id).await?;
    let closed = matches!(
        state,
        contract_orders::OrderState::Cancelled | contract_orders::OrderState::Expired
    );
    let left = attempt.left_minor();
    if !closed || left <= 0 {
        return Ok(());
    }
    let amount = Money::new(left, attempt.amount.currency())
        .map_err(|_| Error::Internal("an impossible amount is left"))?;
    attempt.refund_pending_minor = attempt.refund_pending_minor.saturating_add(left);
    attempts::update(conn, attempt).await?;
    let operation = Operation {
        operation_id: kernel::OperationId::generate(),
        order_id: attempt.order_id,
        attempt_id: Some(attempt.attempt_id),
        refund_id: None,
        kind: OperationKind::Refund,
        amount,
        state: OperationState::Requested,
        provider_ref: None,
        tries: 0,
        created_at: now,
    };
    operations::insert(conn, &operation, Some(now)).await?;
    metrics::counter!("techmart_checkout_late_money_total").increment(1);
    Ok(())
}

pub(super) async fn give_back(
    conn: &mut PgConnection,
    operation: &mut Operation,
    attempt: &mut Attempt,
    returning: Returning,
    now: Timestamp,
) -> Result<(), Error> {
    let minor = operation.amount.minor();
    match returning {
        Returning::Unknown => return try_again(conn, operation, now).await,
        Returning::Pending { provider_ref } => {
            operation.enter(OperationState::Submitted)?;
            operation.provider_ref.get_or_insert(provider_ref);
            let again_at = after(now, poll_pause(operation.tries));
            operations::update(conn, operation, None, Some(again_at)).await?;
            if let Some(refund_id) = operation.refund_id {
                payment::record_refund(conn, refund_id, RefundOutcome::Submitted).await?;
            }
            return Ok(());
        }
        Returning::Succeeded { provider_ref } => {
            operation.enter(OperationState::Succeeded)?;
            operation.provider_ref.get_or_insert(provider_ref);
            attempt.refund_pending_minor = attempt.refund_pending_minor.saturating_sub(minor);
            attempt.refunded_minor = attempt.refunded_minor.saturating_add(minor);
            attempts::update(conn, attempt).await?;
            operations::update(conn, operation, None, None).await?;
            let (order_id, cause) = (Some(operation.order_id), operation.operation_id.uuid());
            ledger::insert(conn, Transfer::Refund, operation.amount, order_id, cause).await?;
            let sums = operations::sums(conn, operation.order_id).await?;
            payment::record_payment(conn, operation.order_id, sums, None).await?;
            if let Some(refund_id) = operation.refund_id
                && operations::is_refund_done(conn, refund_id).await?
            {
                payment::record_refund(conn, refund_id, RefundOutcome::Succeeded).await?;
            }
        }
        Returning::Failed {
            provider_ref,
            reason,
        } => {
            operation.enter(OperationState::Failed)?;
            operation.provider_ref = operation.provider_ref.take().or(provider_ref);
            attempt.refund_pending_minor = attempt.refund_pending_minor.saturating_sub(minor);
            attempts::update(conn, attempt).await?;
            operations::update(conn, operation, Some(&reason), None).await?;
            let sums = operations::sums(conn, operation.order_id).await?;
            let reason = reason.as_str();
            let detail = json!({"operation_id": operation.operation_id, "amount_minor": minor, "failure": reason});
            // A refund of the order tells by itself.
            let event = operation
                .refund_id
                .is_none()
                .then_some(("payment.refund_failed", detail));
            payment::record_payment(conn, operation.order_id, sums, event).await?;
            if let Some(refund_id) = operation.refund_id {
                let outcome = RefundOutcome::Failed { reason };
                payment::record_refund(conn, refund_id, outcome).await?;
            }
        }
    }
    Ok(())
}
