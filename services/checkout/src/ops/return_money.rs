//! Late money: the provider took a payment that can buy nothing any more. It goes back, once.
//!
//! The decision is written before the money moves, by cancelling the order: a cancelled order is never placed again,
//! so that no crash in between can both return the money and send the goods.

use contract_orders::order;
use serde_json::json;

use super::answer;
use super::reopen::{reopen, waits_for};
use crate::domain::completion::Settled;
use crate::domain::payment::Sighting;
use crate::domain::state::{AttemptState, poll_pause};
use crate::error::Error;
use crate::provider::RefundStatus;
use crate::state::{AppState, after};
use crate::store::attempts::Attempt;
use crate::store::{attempts, checkouts, saga_steps};

/// Returns the whole payment.
///
/// # Errors
/// When it could not be written; calling it again is safe.
pub async fn return_money(
    state: &AppState,
    attempt: &Attempt,
    sighting: &Sighting,
) -> Result<Settled, Error> {
    let attempt = decide(state, attempt, sighting).await?;
    let pending = Settled::Pending {
        order_id: attempt.order_id,
        total: attempt.amount,
        client_secret: None,
    };
    let Some(provider_ref) = &attempt.provider_ref else {
        return Err(Error::Internal("a captured payment has no reference"));
    };
    match state
        .provider
        .refund(provider_ref, attempt.attempt_id)
        .await
    {
        Some(RefundStatus::Accepted) => record(state, &attempt).await,
        Some(RefundStatus::Failed) => {
            tracing::error!(
                order.id = %attempt.order_id, attempt.id = %attempt.attempt_id,
                "late money cannot be returned; a person must look"
            );
            metrics::counter!("techmart_checkout_refund_failures_total").increment(1);
            Ok(pending)
        }
        // The recovery job tries again under the same key.
        None => Ok(pending),
    }
}

/// The order is closed for good and the attempt marked as being returned.
async fn decide(
    state: &AppState,
    attempt: &Attempt,
    sighting: &Sighting,
) -> Result<Attempt, Error> {
    let now = state.now();
    let mut tx = state.db.begin().await?;
    let checkout = checkouts::lock(&mut tx, attempt.checkout_id).await?;
    let mut attempt = attempts::lock(&mut tx, attempt.attempt_id).await?;
    if attempt.state == AttemptState::Captured {
        return Ok(attempt);
    }
    let first = waits_for(&checkout, &attempt) || !attempt.state.is_open();
    reopen(&mut tx, state, &checkout, &attempt, "payment_late", now).await?;
    if attempt.provider_ref.is_none() {
        attempt.provider_ref.clone_from(&sighting.provider_ref);
    }
    attempt.state = AttemptState::Processing;
    attempt.next_poll_at = Some(after(now, poll_pause(attempt.polls)));
    attempts::update(&mut tx, &attempt).await?;
    if first {
        let detail = json!({"attempt_id": attempt.attempt_id, "order_id": attempt.order_id});
        saga_steps::insert(&mut tx, checkout.checkout_id, "late_money", &detail).await?;
    }
    tx.commit().await?;
    if first {
        tracing::warn!(
            checkout.id = %attempt.checkout_id, order.id = %attempt.order_id, "late money, returning it"
        );
        metrics::counter!("techmart_checkout_late_money_total").increment(1);
        state.forget_cart(checkout.cart_id).await;
    }
    Ok(attempt)
}

async fn record(state: &AppState, attempt: &Attempt) -> Result<Settled, Error> {
    let mut tx = state.db.begin().await?;
    let checkout = checkouts::lock(&mut tx, attempt.checkout_id).await?;
    let mut attempt = attempts::lock(&mut tx, attempt.attempt_id).await?;
    let settled = Settled::Returned {
        checkout_id: checkout.checkout_id,
    };
    if attempt.state == AttemptState::Captured {
        return Ok(settled);
    }
    // A decline that was answered before stays the answer of its request.
    let unanswered = attempt.decline_code.is_none();
    attempt.state = AttemptState::Captured;
    attempt.refunded_minor = attempt.amount.minor();
    attempt.next_poll_at = None;
    attempts::update(&mut tx, &attempt).await?;
    order::set_payment_state(&mut tx, attempt.order_id, "refunded").await?;
    let detail = json!({"attempt_id": attempt.attempt_id, "amount": attempt.amount});
    saga_steps::insert(&mut tx, checkout.checkout_id, "refunded", &detail).await?;
    if unanswered {
        answer::keep(&mut tx, &checkout, &attempt.idempotency_key, &settled).await?;
    }
    tx.commit().await?;
    Ok(settled)
}
