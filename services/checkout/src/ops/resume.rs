//! Going on with a payment whose request ended or died: forward from the provider's own word, never from the start.

use jiff::SignedDuration;

use super::finalize;
use crate::domain::completion::Settled;
use crate::domain::payment::{Outcome, Sighting};
use crate::error::Error;
use crate::provider::NewPayment;
use crate::state::AppState;
use crate::store::attempts::Attempt;

/// Asks the provider where the payment stands and writes it.
///
/// # Errors
/// When it could not be written; calling it again is safe.
pub async fn resume(state: &AppState, attempt: &Attempt) -> Result<Settled, Error> {
    let sighting = look(state, attempt).await;
    finalize::finalize(state, attempt, sighting, false).await
}

async fn look(state: &AppState, attempt: &Attempt) -> Sighting {
    let age = state.now().duration_since(attempt.created_at);
    let limit = |seconds| SignedDuration::from_secs(seconds);
    let payment = &state.settings.payment;
    let sighting = match &attempt.provider_ref {
        Some(provider_ref) => state.provider.retrieve(provider_ref).await,
        // The same request under the same key finds the payment, if there is one.
        None if age < limit(payment.resend_max_s) => {
            state.provider.create(&NewPayment::from(attempt)).await
        }
        None => {
            tracing::error!(
                order.id = %attempt.order_id, attempt.id = %attempt.attempt_id,
                "the provider never told of a payment and may have forgotten its key; a person must look"
            );
            Sighting::blind(Outcome::Unknown)
        }
    };
    match (&sighting.outcome, &sighting.provider_ref) {
        // The shopper has given up: the provider is told first, and its answer counts.
        (Outcome::RequiresAction { .. }, Some(provider_ref))
            if age >= limit(payment.confirm_max_s) =>
        {
            state
                .provider
                .cancel(provider_ref, attempt.attempt_id)
                .await
        }
        _ => sighting,
    }
}
