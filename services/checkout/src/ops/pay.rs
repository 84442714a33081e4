//! PAY: the provider is called, with no transaction open. Then FINALIZE.

use super::{finalize, resume};
use crate::domain::completion::Settled;
use crate::error::Error;
use crate::provider::NewPayment;
use crate::state::AppState;
use crate::store::attempts::Attempt;

/// Pays an attempt that nobody has called the provider for (`fresh`), or goes on with one that somebody may have.
///
/// # Errors
/// When the outcome could not be written. The recovery job writes it later.
pub async fn pay(state: &AppState, attempt: &Attempt, fresh: bool) -> Result<Settled, Error> {
    if !fresh {
        return resume::resume(state, attempt).await;
    }
    let sighting = state.provider.create(&NewPayment::from(attempt)).await;
    finalize::finalize(state, attempt, sighting, true).await
}

impl<'a> From<&'a Attempt> for NewPayment<'a> {
    fn from(attempt: &'a Attempt) -> Self {
        Self {
            attempt_id: attempt.attempt_id,
            order_id: attempt.order_id,
            checkout_id: attempt.checkout_id,
            amount: attempt.amount,
            payment_method: &attempt.payment_method,
        }
    }
}
