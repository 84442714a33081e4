//! Going on with a payment whose request ended or died: forward from the provider's own word, never from the start.

use jiff::SignedDuration;

use super::{finalize, pay};
use crate::domain::completion::Settled;
use crate::domain::payment::{Outcome, Sighting};
use crate::domain::state::AttemptState;
use crate::error::Error;
use crate::provider::objects::Intent;
use crate::provider::wire::CANCELED;
use crate::state::AppState;
use crate::store::attempts::Attempt;

/// Asks the provider where the payment stands and writes it.
///
/// # Errors
/// When it could not be written; calling it again is safe.
pub async fn resume(state: &AppState, attempt: &Attempt) -> Result<Settled, Error> {
    let sighting = look(state, attempt, false).await?;
    finalize::finalize(state, attempt, sighting, false).await
}

/// The shopper does not want this payment any more: it is ended at the provider, whose answer counts.
///
/// # Errors
/// When it could not be written; calling it again is safe.
pub async fn give_up(state: &AppState, attempt: &Attempt) -> Result<Settled, Error> {
    let sighting = look(state, attempt, true).await?;
    finalize::finalize(state, attempt, sighting, false).await
}

async fn look(state: &AppState, attempt: &Attempt, give_up: bool) -> Result<Sighting, Error> {
    let age = state.now().duration_since(attempt.created_at);
    let limit = |seconds| SignedDuration::from_secs(seconds);
    let payment = &state.settings.payment;
    let sighting = match &attempt.provider_ref {
        Some(provider_ref) => seen(state.provider.retrieve(provider_ref).await),
        // The same request under the same key finds the payment, if there is one.
        None if age < limit(payment.resend_max_s) => find(state, attempt).await?,
        None => {
            tracing::error!(
                order.id = %attempt.order_id, attempt.id = %attempt.attempt_id,
                "the provider never told of a payment and may have forgotten its key; a person must look"
            );
            Sighting::blind(Outcome::Unknown)
        }
    };
    let Some(provider_ref) = &sighting.provider_ref else {
        return Ok(sighting);
    };
    let key = format!("cancel:{}", attempt.attempt_id);
    let cancel = || state.provider.cancel(provider_ref, key, "abandoned");
    Ok(match &sighting.outcome {
        // The shopper has given up: the provider is told first, and its answer counts.
        Outcome::RequiresAction { .. } if give_up || age >= limit(payment.confirm_max_s) => {
            seen(cancel().await)
        }
        // A browser that knows the payment's secret could try it again with another card: it is ended first.
        Outcome::Declined { decline_code }
            if attempt.state == AttemptState::RequiresAction && decline_code != CANCELED =>
        {
            let ended = seen(cancel().await);
            match ended.outcome {
                Outcome::Declined { .. } => sighting,
                _ => ended,
            }
        }
        _ => sighting,
    })
}

/// The same request again, and then the payment itself: the provider repeats what it said the first time, and the payment
/// may have moved on since.
async fn find(state: &AppState, attempt: &Attempt) -> Result<Sighting, Error> {
    let repeated = pay::create(state, attempt).await?;
    let open = matches!(
        repeated.outcome,
        Outcome::RequiresAction { .. } | Outcome::Processing
    );
    let Some(provider_ref) = repeated.provider_ref.as_ref().filter(|_| open) else {
        return Ok(repeated);
    };
    Ok(match seen(state.provider.retrieve(provider_ref).await) {
        Sighting {
            outcome: Outcome::Unknown,
            ..
        } => repeated,
        now => now,
    })
}

fn seen(intent: Option<Intent>) -> Sighting {
    intent.map_or_else(|| Sighting::blind(Outcome::Unknown), Intent::sighting)
}
