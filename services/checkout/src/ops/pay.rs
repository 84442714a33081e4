//! PAY: the provider is called, with no transaction open. Then FINALIZE.

use super::{finalize, resume};
use crate::domain::completion::Settled;
use crate::domain::payment::{Outcome, Sighting};
use crate::error::Error;
use crate::provider::NewPayment;
use crate::state::AppState;
use crate::store::attempts::Attempt;
use crate::store::{checkouts, saved_cards};

/// Pays an attempt that nobody has called the provider for (`fresh`), or goes on with one that somebody may have.
///
/// # Errors
/// When the outcome could not be written. The recovery job writes it later.
pub async fn pay(state: &AppState, attempt: &Attempt, fresh: bool) -> Result<Settled, Error> {
    if !fresh {
        return resume::resume(state, attempt).await;
    }
    let sighting = create(state, attempt).await?;
    common::failpoint!("checkout.after_provider");
    finalize::finalize(state, attempt, sighting, true).await
}

/// Makes the payment, or finds it made.
pub(super) async fn create(state: &AppState, attempt: &Attempt) -> Result<Sighting, Error> {
    let mut customer = attempt.customer_ref.clone();
    if customer.is_none() && attempt.save_card {
        customer = provider_customer(state, attempt).await?;
        if customer.is_none() {
            // Without its customer the request would be another one: nothing was sent.
            return Ok(Sighting::blind(Outcome::NotSent));
        }
    }
    let payment = NewPayment {
        customer: customer.as_deref(),
        ..NewPayment::from(attempt)
    };
    Ok(state.provider.create(&payment).await)
}

/// The provider's customer of the attempt's shopper. `None` where the provider does not answer.
async fn provider_customer(state: &AppState, attempt: &Attempt) -> Result<Option<String>, Error> {
    let mut conn = state.db.write().await?;
    let owner = checkouts::find_customer(&mut conn, attempt.checkout_id).await?;
    let customer_id = owner.ok_or(Error::Internal("a guest has no cards to keep"))?;
    if let Some(known) = saved_cards::find_customer(&mut conn, customer_id).await? {
        return Ok(Some(known));
    }
    drop(conn);
    let Some(made) = state.provider.customer(customer_id).await else {
        return Ok(None);
    };
    let mut conn = state.db.write().await?;
    let counts = saved_cards::insert_customer(&mut conn, customer_id, &made).await?;
    Ok(Some(counts))
}

impl<'a> From<&'a Attempt> for NewPayment<'a> {
    fn from(attempt: &'a Attempt) -> Self {
        Self {
            attempt_id: attempt.attempt_id,
            order_id: attempt.order_id,
            checkout_id: attempt.checkout_id,
            amount: attempt.amount,
            payment_method: &attempt.payment_method,
            capture_method: attempt.capture_method,
            customer: attempt.customer_ref.as_deref(),
            save_card: attempt.save_card,
        }
    }
}
