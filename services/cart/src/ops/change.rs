//! Changing the lines of a cart: one transaction that holds the cart's row, and answers the whole cart.

use common::extract::IfMatch;
use contract_catalog::quote::list_quotes;
use kernel::{CartId, CartLineId, Quantity, VariantId};
use sqlx::PgConnection;

use crate::domain::principal::Principal;
use crate::domain::view::{Cart, CartHead, CartState, StoredLine, problem};
use crate::error::Error;
use crate::ops::view;
use crate::state::AppState;
use crate::store::{carts, lines};

/// What to do with a line.
#[derive(Debug, Clone, Copy)]
pub enum Change {
    /// Add units of a variant to what the cart holds of it.
    Add(VariantId, Quantity),
    /// Set the units of a line.
    Set(CartLineId, Quantity),
    /// Take a line out.
    Remove(CartLineId),
}

/// Changes a cart. `if_match` is the version that the client saw, where it says so.
///
/// # Errors
/// [`Error::NotFound`], [`Error::NotOpen`], [`Error::Full`], [`Error::NotBuyable`], [`Error::UnknownVariant`].
pub async fn change_cart(
    state: &AppState,
    cart_id: CartId,
    principal: &Principal,
    if_match: IfMatch,
    change: Change,
) -> Result<Cart, Error> {
    let mut tx = state.db.begin().await?;
    let head = lock_open_cart(&mut tx, cart_id, principal).await?;
    if_match.check(head.version)?;
    let before = lines::list_lines(&mut tx, cart_id).await?;
    match change {
        Change::Add(variant_id, quantity) => {
            add(state, &mut tx, &head, &before, variant_id, quantity).await?;
        }
        Change::Set(line_id, quantity) => {
            let line = before
                .iter()
                .find(|l| l.line_id == line_id)
                .ok_or(Error::NotFound)?;
            // Fewer is always possible: how else would one get below what is left.
            if quantity > line.quantity {
                check_buyable(&mut tx, &head, line.variant_id, i32::from(quantity.get())).await?;
            }
            lines::upsert_line(&mut tx, cart_id, line.variant_id, quantity).await?;
        }
        Change::Remove(line_id) => {
            if !lines::delete_line(&mut tx, cart_id, line_id).await? {
                return Err(Error::NotFound);
            }
        }
    }
    let head = carts::update_version(&mut tx, cart_id).await?;
    let stored = lines::list_lines(&mut tx, cart_id).await?;
    let cart = view::build(&mut tx, &head, &stored, state.clock.now()).await?;
    tx.commit().await?;
    view::remember(state, &head, &cart).await;
    Ok(cart)
}

/// Holds the row of a cart that can be changed.
///
/// # Errors
/// [`Error::NotFound`] for a missing or foreign cart, [`Error::NotOpen`] for one that cannot be changed.
pub async fn lock_open_cart(
    conn: &mut PgConnection,
    cart_id: CartId,
    principal: &Principal,
) -> Result<CartHead, Error> {
    let found = carts::find_cart_for_update(conn, cart_id, principal).await?;
    let head = found.ok_or(Error::NotFound)?;
    if head.state != CartState::Open {
        return Err(Error::NotOpen(head.state));
    }
    Ok(head)
}

async fn add(
    state: &AppState,
    conn: &mut PgConnection,
    head: &CartHead,
    present: &[StoredLine],
    variant_id: VariantId,
    quantity: Quantity,
) -> Result<(), Error> {
    let own = present
        .iter()
        .find(|l| l.variant_id == variant_id)
        .map(|l| l.quantity);
    if own.is_none() && present.len() >= state.settings.lines_max {
        return Err(Error::Full(state.settings.lines_max));
    }
    let wanted = own.map_or(0, |q| i32::from(q.get())) + i32::from(quantity.get());
    check_buyable(conn, head, variant_id, wanted).await?;
    // What can be bought is at most 999, so the sum is a quantity.
    let wanted = Quantity::new(wanted).map_err(|e| sqlx::Error::Encode(e.into()))?;
    lines::upsert_line(conn, head.cart_id, variant_id, wanted).await?;
    Ok(())
}

async fn check_buyable(
    conn: &mut PgConnection,
    head: &CartHead,
    variant_id: VariantId,
    requested: i32,
) -> Result<(), Error> {
    let quotes = list_quotes(conn, &[variant_id], head.currency).await?;
    let quote = quotes.first().ok_or(Error::UnknownVariant)?;
    match problem(quote, requested) {
        None => Ok(()),
        Some(problem) => {
            let available = quote.max_quantity();
            Err(Error::NotBuyable {
                variant_id,
                problem,
                requested,
                available,
            })
        }
    }
}
