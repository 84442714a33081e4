//! Putting a coupon into a cart, and taking it out.

use common::extract::IfMatch;
use contract_cart::CouponProblem;
use kernel::CartId;

use super::change::lock_open_cart;
use crate::domain::coupon::normalise;
use crate::domain::principal::Principal;
use crate::domain::view::Cart;
use crate::error::Error;
use crate::ops::view;
use crate::state::AppState;
use crate::store::{carts, coupons, lines};

/// Puts the coupon with this code into a cart, in place of the one that it may hold.
///
/// # Errors
/// [`Error::NotFound`], [`Error::NotOpen`]; [`Error::CouponRefused`] when it does not apply to the cart as it is. The
/// cart then keeps the coupon that it had.
pub async fn apply_coupon(
    state: &AppState,
    cart_id: CartId,
    principal: &Principal,
    if_match: IfMatch,
    code: &str,
) -> Result<Cart, Error> {
    let mut tx = state.db.begin().await?;
    let head = lock_open_cart(&mut tx, cart_id, principal).await?;
    if_match.check(head.version)?;
    let found = match normalise(code) {
        Some(code) => coupons::find_coupon_by_code(&mut tx, &code).await?,
        None => None,
    };
    let coupon_id = found
        .map(|stored| stored.coupon.coupon_id)
        .ok_or(Error::CouponRefused {
            problem: CouponProblem::Unknown,
            minimum: None,
        })?;
    let head = carts::update_coupon(&mut tx, cart_id, Some(coupon_id)).await?;
    let stored = lines::list_lines(&mut tx, cart_id).await?;
    let cart = view::build(&mut tx, &head, &stored, state.clock.now()).await?;
    if let Some(coupon) = &cart.coupon
        && let Some(problem) = coupon.reason
    {
        return Err(Error::CouponRefused {
            problem,
            minimum: coupon.minimum,
        });
    }
    tx.commit().await?;
    view::remember(state, &head, &cart).await;
    Ok(cart)
}

/// Takes the coupon out of a cart. A cart without one stays as it is.
///
/// # Errors
/// [`Error::NotFound`], [`Error::NotOpen`].
pub async fn remove_coupon(
    state: &AppState,
    cart_id: CartId,
    principal: &Principal,
    if_match: IfMatch,
) -> Result<Cart, Error> {
    let mut tx = state.db.begin().await?;
    let mut head = lock_open_cart(&mut tx, cart_id, principal).await?;
    if_match.check(head.version)?;
    if head.coupon_id.is_some() {
        head = carts::update_coupon(&mut tx, cart_id, None).await?;
    }
    let stored = lines::list_lines(&mut tx, cart_id).await?;
    let cart = view::build(&mut tx, &head, &stored, state.clock.now()).await?;
    tx.commit().await?;
    view::remember(state, &head, &cart).await;
    Ok(cart)
}
