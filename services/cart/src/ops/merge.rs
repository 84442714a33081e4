//! Merging a guest's cart into a customer's.

use contract_catalog::quote::list_quotes;
use kernel::{CartId, UserId};

use crate::domain::merge::merge;
use crate::domain::principal::{Principal, TokenHash};
use crate::domain::view::{Cart, CartState};
use crate::error::Error;
use crate::ops::{change, open, view};
use crate::state::AppState;
use crate::store::{carts, lines};

/// Puts the lines and the coupon of the guest's cart into the customer's and closes the guest's. Done twice it answers the
/// customer's cart again.
///
/// # Errors
/// [`Error::NotFound`] unless the token opens the guest's cart, [`Error::NotOpen`] while either is being paid.
pub async fn merge_carts(
    state: &AppState,
    guest_cart_id: CartId,
    token_hash: TokenHash,
    customer_id: UserId,
) -> Result<Cart, Error> {
    let guest_proof = Principal {
        customer_id: None,
        token_hash: Some(token_hash),
    };
    let own_proof = Principal {
        customer_id: Some(customer_id),
        token_hash: None,
    };
    let mut tx = state.db.begin().await?;
    let (own, _) = open::find_or_insert(state, &mut tx, customer_id).await?;
    // The guest's first, then the customer's: everybody who holds two carts holds them in this order.
    let found = carts::find_cart_for_update(&mut tx, guest_cart_id, &guest_proof).await?;
    let guest = found.ok_or(Error::NotFound)?;
    let own = change::lock_open_cart(&mut tx, own.cart_id, &own_proof).await?;
    let mut notes = Vec::new();
    let mut head = own;
    match guest.state {
        CartState::Open => {
            let guest_lines = lines::list_lines(&mut tx, guest.cart_id).await?;
            let own_lines = lines::list_lines(&mut tx, head.cart_id).await?;
            let ids: Vec<_> = guest_lines.iter().map(|l| l.variant_id).collect();
            let quotes = list_quotes(&mut tx, &ids, head.currency).await?;
            let room = state.settings.lines_max.saturating_sub(own_lines.len());
            let (merged, cut) = merge(&own_lines, &guest_lines, &quotes, room);
            for line in merged {
                lines::upsert_line(&mut tx, head.cart_id, line.variant_id, line.quantity).await?;
            }
            carts::update_merged(&mut tx, guest.cart_id, head.cart_id).await?;
            // A coupon comes along unless the customer chose one of their own.
            let coupon_id = head.coupon_id.or(guest.coupon_id);
            head = carts::update_coupon(&mut tx, head.cart_id, coupon_id).await?;
            notes = cut;
        }
        CartState::Merged => {}
        CartState::Completing | CartState::Ordered => return Err(Error::NotOpen(guest.state)),
    }
    let stored = lines::list_lines(&mut tx, head.cart_id).await?;
    let mut cart = view::build(&mut tx, &head, &stored, state.clock.now()).await?;
    tx.commit().await?;
    cart.merge = notes;
    view::remember(state, &head, &cart).await;
    state
        .cache
        .delete(&contract_cart::view_cache_key(guest_cart_id))
        .await;
    Ok(cart)
}
