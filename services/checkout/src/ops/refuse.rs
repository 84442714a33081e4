//! Refusals of a completion, kept under the request's key.

use common::idempotency::Outcome;
use sqlx::PgConnection;

use super::complete::{Prepared, Request};
use super::summarize;
use crate::error::Error;
use crate::state::{AppState, IDEMPOTENCY, idempotency_scope};
use crate::store::checkouts::{self, Checkout};

/// Keeps a refusal in a transaction of its own: what it refused is rolled back already.
pub(super) async fn keep_refusal(
    state: &AppState,
    request: &Request,
    refusal: Error,
) -> Result<Prepared, Error> {
    let mut tx = state.db.begin().await?;
    let checkout = checkouts::find(&mut tx, request.checkout_id, &request.principal)
        .await?
        .ok_or(Error::NotFound)?;
    let refusal = explain(&mut tx, state, &checkout, refusal).await?;
    let scope = idempotency_scope(&checkout.owner, request.checkout_id);
    let (now, lease) = (state.now(), state.settings.checkout.lease());
    // Somebody else may have got the key meanwhile: then their answer counts, and this one is only given.
    match IDEMPOTENCY
        .begin(&mut tx, &scope, &request.key, &request.hash, now, lease)
        .await?
    {
        Outcome::Fresh | Outcome::Resume => {}
        Outcome::Replay(stored) => return Ok(Prepared::Replay(stored)),
        Outcome::InFlight { .. } | Outcome::Mismatch => return Err(refusal),
    }
    let problem = common::Problem::from(refusal);
    IDEMPOTENCY
        .finish(
            &mut tx,
            &scope,
            &request.key,
            problem.status(),
            &problem.to_json(),
        )
        .await?;
    tx.commit().await?;
    tracing::info!(checkout.id = %request.checkout_id, code = problem.code(), "completion refused");
    Err(Error::Refused(problem))
}

/// A closed cart was ordered or merged: the shopper should hear which, and the order's id. What was used up meanwhile
/// changes the total: the shopper should see the new one.
async fn explain(
    conn: &mut PgConnection,
    state: &AppState,
    checkout: &Checkout,
    refusal: Error,
) -> Result<Error, Error> {
    match refusal {
        Error::CartAlreadyOrdered(_) => {
            let cart = contract_cart::find_cart(conn, checkout.cart_id, &checkout.owner).await?;
            Ok(match cart {
                Some(cart) if cart.state == "merged" => Error::CartMerged,
                Some(cart) => Error::CartAlreadyOrdered(cart.order_id),
                None => Error::NotFound,
            })
        }
        Error::BalanceChanged => {
            let view = summarize::view(conn, checkout.clone(), state.now()).await?;
            Ok(Error::TotalsChanged(Box::new(view)))
        }
        other => Ok(other),
    }
}
