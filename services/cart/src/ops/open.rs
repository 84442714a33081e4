//! Opening a cart.

use common::Problem;
use kernel::UserId;

use crate::domain::principal::CartToken;
use crate::domain::view::{Cart, CartHead};
use crate::error::Error;
use crate::ops::view;
use crate::state::AppState;
use crate::store::{carts, lines};

/// How often a customer's cart is looked for and made in turn.
const TRIES: usize = 5;

/// A guest's new cart and its token.
///
/// # Errors
/// When the database fails.
pub async fn open_guest_cart(state: &AppState) -> Result<(Cart, CartToken), Error> {
    let token = CartToken::generate();
    let mut conn = state.db.write().await?;
    let head = carts::insert_guest_cart(&mut conn, &token.hash(), state.currency).await?;
    let cart = view::build(&mut conn, &head, &[], state.clock.now()).await?;
    Ok((cart, token))
}

/// The customer's cart, and whether it is new.
///
/// # Errors
/// When the database fails.
pub async fn open_customer_cart(
    state: &AppState,
    customer_id: UserId,
) -> Result<(Cart, bool), Error> {
    let mut conn = state.db.write().await?;
    let (head, new) = find_or_insert(state, &mut conn, customer_id).await?;
    let stored = lines::list_lines(&mut conn, head.cart_id).await?;
    Ok((
        view::build(&mut conn, &head, &stored, state.clock.now()).await?,
        new,
    ))
}

/// The customer's cart. Two devices that ask at once get the same one: the index lets only one be made, and whoever
/// comes second finds it.
///
/// # Errors
/// When the database fails.
pub async fn find_or_insert(
    state: &AppState,
    conn: &mut sqlx::PgConnection,
    customer_id: UserId,
) -> Result<(CartHead, bool), Error> {
    for _ in 0..TRIES {
        if let Some(head) = carts::find_open_cart(conn, customer_id).await? {
            return Ok((head, false));
        }
        if let Some(head) = carts::insert_customer_cart(conn, customer_id, state.currency).await? {
            return Ok((head, true));
        }
    }
    // Carts of this customer come and go between any two looks: not now.
    Err(Problem::unavailable("the customer's cart changes all the time").into())
}
