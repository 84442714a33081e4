//! `/checkouts/{id}/abandon`.

use axum::extract::State;
use axum::response::Response;
use common::Problem;
use common::extract::Path;
use kernel::CheckoutId;

use super::checkouts::written;
use super::principal::Asking;
use crate::domain::completion::Settled;
use crate::domain::state::CheckoutState;
use crate::error::Error;
use crate::ops::{resume, summarize};
use crate::state::AppState;
use crate::store::{attempts, checkouts};
use crate::view::CheckoutView;

/// Give up a payment under way
///
/// For somebody who cannot confirm with the bank and wants to pay in another way. The payment is ended at the provider
/// first, whose answer counts: one that came through meanwhile places the order.
#[utoipa::path(
    post, path = "/api/v1/checkouts/{id}/abandon", operation_id = "abandonPayment", tag = "checkout",
    params(
        ("id" = CheckoutId, Path, description = "The checkout"),
        ("Cart-Token" = Option<String>, Header, description = "A guest's cart token"),
    ),
    responses(
        (status = 200, description = "The checkout, open again", body = CheckoutView),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such checkout of the caller", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`checkout_completed` {order_id}, `checkout_expired`, `completion_in_progress` (Retry-After)", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn abandon_payment(
    State(state): State<AppState>,
    Path(checkout_id): Path<CheckoutId>,
    asking: Asking,
) -> Result<Response, Error> {
    let now = state.now();
    let retry_after_s = state.settings.checkout.retry_after_s;
    let busy = Error::CompletionInProgress { retry_after_s };
    let mut conn = state.db.write().await?;
    let checkout = checkouts::find(&mut conn, checkout_id, &asking.0)
        .await?
        .ok_or(Error::NotFound)?;
    if checkout.state == CheckoutState::Completing {
        // The request that pays is not interrupted.
        if checkout.lease_until.is_some_and(|until| until > now) {
            return Err(busy);
        }
        let order_id = checkout
            .order_id
            .ok_or(Error::Internal("a payment under way has no order"))?;
        let attempt = attempts::find_by_order(&mut conn, order_id)
            .await?
            .ok_or(Error::Internal("a payment under way has no attempt"))?;
        // No connection is kept while the provider is asked.
        drop(conn);
        match resume::give_up(&state, &attempt).await? {
            Settled::Placed { order_id, .. } => {
                return Err(Error::CheckoutCompleted(Some(order_id)));
            }
            Settled::Pending { .. } => return Err(busy),
            Settled::Declined { .. } | Settled::Unavailable | Settled::Returned { .. } => {}
        }
        conn = state.db.write().await?;
    }
    let checkout = checkouts::find(&mut conn, checkout_id, &asking.0)
        .await?
        .ok_or(Error::NotFound)?;
    match checkout.state {
        CheckoutState::Completed => return Err(Error::CheckoutCompleted(checkout.order_id)),
        CheckoutState::Completing => return Err(busy),
        CheckoutState::Expired => return Err(Error::CheckoutExpired),
        CheckoutState::Open => {}
    }
    let view = summarize::view(&mut conn, checkout, now).await?;
    Ok(written(&view))
}
