//! Late money: the provider took or holds a payment that can buy nothing any more. It goes back, once.
//!
//! The decision is written before the money moves: the order is cancelled, and the operation that returns the money is
//! asked for, in one transaction. A cancelled order is never placed again, so that no crash in between can both return
//! the money and send the goods.

use contract_orders::{order, payment};
use kernel::OperationId;
use serde_json::json;

use super::answer;
use super::reopen::reopen;
use crate::domain::completion::Settled;
use crate::domain::operation::{OperationKind, OperationState};
use crate::domain::payment::Sighting;
use crate::domain::state::AttemptState;
use crate::error::Error;
use crate::state::AppState;
use crate::store::attempts::Attempt;
use crate::store::ledger::{self, Transfer};
use crate::store::operations::{self, Operation};
use crate::store::{attempts, checkouts, saga_steps};

/// Returns the whole payment, which is `paid`: held or taken.
///
/// # Errors
/// When it could not be written; calling it again is safe.
pub async fn return_money(
    state: &AppState,
    attempt: &Attempt,
    sighting: &Sighting,
    paid: AttemptState,
) -> Result<Settled, Error> {
    let now = state.now();
    let mut tx = state.db.begin().await?;
    let checkout = checkouts::lock(&mut tx, attempt.checkout_id).await?;
    order::lock(&mut tx, attempt.order_id).await?;
    let mut attempt = attempts::lock(&mut tx, attempt.attempt_id).await?;
    let settled = Settled::Returned {
        checkout_id: checkout.checkout_id,
    };
    if attempt.state.is_paid() {
        return Ok(settled);
    }
    // A decline that was answered before stays the answer of its request.
    let unanswered = attempt.decline_code.is_none();
    if attempt.provider_ref.is_none() {
        attempt.provider_ref.clone_from(&sighting.provider_ref);
    }
    attempt.enter(paid)?;
    attempt.next_poll_at = attempt.next_look_at(now);
    let taken = paid == AttemptState::Captured;
    if taken {
        attempt.captured_minor = attempt.amount.minor();
        attempt.refund_pending_minor = attempt.amount.minor();
        let (order_id, cause) = (Some(attempt.order_id), attempt.attempt_id.uuid());
        ledger::insert(&mut tx, Transfer::Capture, attempt.amount, order_id, cause).await?;
    }
    attempts::update(&mut tx, &attempt).await?;
    let operation = Operation {
        operation_id: OperationId::generate(),
        order_id: attempt.order_id,
        attempt_id: Some(attempt.attempt_id),
        refund_id: None,
        kind: if taken {
            OperationKind::Refund
        } else {
            OperationKind::Void
        },
        amount: attempt.amount,
        state: OperationState::Requested,
        provider_ref: None,
        tries: 0,
        created_at: now,
    };
    operations::insert(&mut tx, &operation, Some(now)).await?;
    let detail = json!({"attempt_id": attempt.attempt_id, "order_id": attempt.order_id,
        "operation_id": operation.operation_id, "amount": attempt.amount});
    saga_steps::insert(&mut tx, checkout.checkout_id, "late_money", &detail).await?;
    if unanswered {
        answer::keep(&mut tx, &checkout, &attempt.idempotency_key, &settled).await?;
    }
    reopen(&mut tx, state, &checkout, &attempt, "payment_late", now).await?;
    let sums = operations::sums(&mut tx, attempt.order_id).await?;
    payment::record_payment(&mut tx, attempt.order_id, sums, None).await?;
    tx.commit().await?;
    tracing::warn!(
        checkout.id = %attempt.checkout_id, order.id = %attempt.order_id, "late money, returning it"
    );
    metrics::counter!("techmart_checkout_late_money_total").increment(1);
    state.forget_cart(checkout.cart_id).await;
    Ok(settled)
}
