//! An attempt that buys nothing: its order is cancelled and the checkout that waits for it opens again.

use contract_catalog::stock;
use contract_orders::{OrderState, order};
use jiff::Timestamp;
use sqlx::PgConnection;

use crate::domain::state::CheckoutState;
use crate::error::Error;
use crate::state::{AppState, after};
use crate::store::attempts::Attempt;
use crate::store::checkouts::Checkout;
use crate::store::{checkout_states, tenders};

/// Whether the checkout still waits for this attempt, and not for another or none.
pub(super) fn waits_for(checkout: &Checkout, attempt: &Attempt) -> bool {
    checkout.state == CheckoutState::Completing && checkout.order_id == Some(attempt.order_id)
}

/// Cancels the attempt's order and frees what it held: balances, cart, coupon, stock. Answers the checkout's version then.
/// The caller holds the checkout, the order and the attempt.
pub(super) async fn reopen(
    conn: &mut PgConnection,
    state: &AppState,
    checkout: &Checkout,
    attempt: &Attempt,
    reason: &str,
    now: Timestamp,
) -> Result<i64, Error> {
    let ours = waits_for(checkout, attempt);
    if attempt.tendered_minor > 0 {
        tenders::release(conn, attempt.order_id).await?;
    }
    let mut version = checkout.version;
    if ours {
        contract_cart::thaw(conn, checkout.cart_id).await?;
        let until = after(now, state.settings.checkout.ttl());
        version = checkout_states::update_reopened(conn, checkout.checkout_id, until).await?;
    }
    if order::cancel_pending(conn, attempt.order_id, reason).await? == OrderState::Placed {
        return Err(Error::Internal("the order of an unpaid attempt is placed"));
    }
    contract_cart::return_uses(conn, attempt.order_id).await?;
    if ours {
        stock::release(conn, checkout.checkout_id).await?;
    }
    Ok(version)
}
