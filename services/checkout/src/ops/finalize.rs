//! FINALIZE: what came of a payment is written in one transaction. Idempotent: the checkout and the attempt are locked,
//! and whoever comes second finds it done.

use common::db::retry_serialization;
use contract_cart::{CartError, CartLine};
use contract_catalog::stock::{self, AllocateError, ReserveError};
use contract_orders::order;
use jiff::Timestamp;
use kernel::{Quantity, VariantId};
use serde_json::json;
use sqlx::{Connection as _, PgConnection};

use super::reopen::{reopen, waits_for};
use super::{answer, declines, return_money};
use crate::domain::completion::Settled;
use crate::domain::payment::{Card, Outcome, Sighting, Verdict, judge};
use crate::domain::state::{AttemptState, poll_pause};
use crate::error::Error;
use crate::provider::wire::CANCELED;
use crate::state::{AppState, after, idempotency_scope};
use crate::store::attempts::Attempt;
use crate::store::checkouts::Checkout;
use crate::store::ledger::{self, Transfer};
use crate::store::{attempts, checkout_states, checkouts, keys, saga_steps, saved_cards, tenders};

/// How the transaction ended.
enum Step {
    /// It is written now.
    Settled(Settled),
    /// Somebody else had written it before.
    Stands(Settled),
    /// The money, held or taken, can buy nothing any more.
    Late(AttemptState),
}

/// Writes what the provider was seen to have done. `fresh` says that nobody called it for this attempt before.
///
/// # Errors
/// When nothing could be written; calling it again is safe.
pub async fn finalize(
    state: &AppState,
    attempt: &Attempt,
    sighting: Sighting,
    fresh: bool,
) -> Result<Settled, Error> {
    let step = retry_serialization(|| write(state, attempt, &sighting, fresh)).await?;
    let settled = match step {
        Step::Settled(settled) => settled,
        // Counted by whoever wrote it: the provider's report often comes while the request is under way.
        Step::Stands(settled) => return Ok(settled),
        Step::Late(paid) => return_money::return_money(state, attempt, &sighting, paid).await?,
    };
    tracing::info!(
        checkout.id = %attempt.checkout_id, order.id = %attempt.order_id, outcome = settled.as_str(), "payment seen"
    );
    metrics::counter!("techmart_checkout_settlements_total", "outcome" => settled.as_str())
        .increment(1);
    Ok(settled)
}

async fn write(
    state: &AppState,
    attempt: &Attempt,
    sighting: &Sighting,
    fresh: bool,
) -> Result<Step, Error> {
    let now = state.now();
    let mut tx = state.db.begin().await?;
    let checkout = checkouts::lock(&mut tx, attempt.checkout_id).await?;
    order::lock(&mut tx, attempt.order_id).await?;
    let mut attempt = attempts::lock(&mut tx, attempt.attempt_id).await?;
    if attempt.provider_ref.is_none() {
        attempt.provider_ref.clone_from(&sighting.provider_ref);
    }
    if let Some(card) = &sighting.card {
        attempts::update_card(&mut tx, attempt.attempt_id, card).await?;
    }
    let was_open = attempt.state.is_open();
    let verdict = judge(
        &sighting.outcome,
        attempt.amount.minor(),
        attempt.amount.currency(),
        fresh,
    );
    let settled = match verdict {
        _ if attempt.state.is_paid() => standing(&mut tx, &checkout, &attempt, now).await?,
        Verdict::Place(paid) => {
            attempt.enter(paid)?;
            let card = sighting.card.as_ref();
            match place(&mut tx, state, &checkout, attempt, card, now).await? {
                Some(settled) => settled,
                None => return Ok(Step::Late(paid)),
            }
        }
        _ if !attempt.state.is_open() => standing(&mut tx, &checkout, &attempt, now).await?,
        Verdict::Cancel { decline_code } => {
            attempt.enter(AttemptState::Failed)?;
            attempt.decline_code = Some(decline_code.clone());
            let card = sighting.card.as_ref();
            if decline_code != CANCELED {
                declines::record(&mut tx, &checkout, &attempt, card, now).await?;
            }
            undo(&mut tx, state, &checkout, attempt, now, Some(decline_code)).await?
        }
        Verdict::Undo => {
            attempt.enter(AttemptState::Voided)?;
            undo(&mut tx, state, &checkout, attempt, now, None).await?
        }
        Verdict::Wait => wait(&mut tx, &checkout, attempt, &sighting.outcome, now).await?,
        Verdict::Mismatch => {
            tracing::error!(
                checkout.id = %attempt.checkout_id, order.id = %attempt.order_id, attempt.id = %attempt.attempt_id,
                "the provider took another amount than was asked for; a person must look"
            );
            metrics::counter!("techmart_checkout_amount_mismatches_total").increment(1);
            wait(&mut tx, &checkout, attempt, &Outcome::Unknown, now).await?
        }
    };
    common::failpoint!("checkout.before_finalize_commit");
    tx.commit().await?;
    common::failpoint!("checkout.after_finalize");
    if !matches!(settled, Settled::Pending { .. }) {
        state.forget_cart(checkout.cart_id).await;
    }
    Ok(if was_open {
        Step::Settled(settled)
    } else {
        Step::Stands(settled)
    })
}

/// The attempt has paid (its state says whether the money is held or taken): cart closed, order placed, stock allocated.
/// `None` where that is not possible any more; then the transaction is to be rolled back.
async fn place(
    conn: &mut PgConnection,
    state: &AppState,
    checkout: &Checkout,
    mut attempt: Attempt,
    card: Option<&Card>,
    now: Timestamp,
) -> Result<Option<Settled>, Error> {
    if !waits_for(checkout, &attempt) {
        return Ok(None);
    }
    let (mut authorized, mut captured) = (0, 0);
    if attempt.tendered_minor > 0 {
        captured = tenders::capture(conn, attempt.order_id).await?;
    }
    if attempt.state == AttemptState::Captured {
        attempt.captured_minor = attempt.amount.minor();
        captured = captured.saturating_add(attempt.captured_minor);
        let (order_id, cause) = (Some(attempt.order_id), attempt.attempt_id.uuid());
        ledger::insert(conn, Transfer::Capture, attempt.amount, order_id, cause).await?;
    } else {
        authorized = attempt.amount.minor();
    }
    attempt.next_poll_at = attempt.next_look_at(now);
    attempts::update(conn, &attempt).await?;
    keep_card(conn, checkout, &attempt, card).await?;
    let Some(lines) = close_cart(conn, checkout, &attempt).await? else {
        return Ok(None);
    };
    let placement = order::place(conn, attempt.order_id, authorized, captured, now).await?;
    let Some(number) = placement.number.filter(|_| placement.placed) else {
        return Ok(None);
    };
    checkout_states::update_completed(conn, checkout.checkout_id).await?;
    let detail = json!({"order_id": attempt.order_id, "attempt_id": attempt.attempt_id});
    saga_steps::insert(conn, checkout.checkout_id, "placed", &detail).await?;
    let settled = Settled::Placed {
        order_id: attempt.order_id,
        number,
        total: attempt.order_total(),
    };
    answer::keep(conn, checkout, &attempt.idempotency_key, &settled).await?;
    let demand: Vec<(VariantId, Quantity)> = lines
        .iter()
        .map(|line| (line.variant_id, line.quantity))
        .collect();
    if allocate(conn, state, checkout, &attempt, &demand, now).await? {
        return Ok(Some(settled));
    }
    Ok(None)
}

/// Keeps the name of the card that paid, if the customer wants that.
async fn keep_card(
    conn: &mut PgConnection,
    checkout: &Checkout,
    attempt: &Attempt,
    card: Option<&Card>,
) -> Result<(), Error> {
    let card = card.and_then(|card| Some((card, card.expires?)));
    let known = card.zip(checkout.customer_id());
    let Some(((card, expires), customer_id)) = known.filter(|_| attempt.save_card) else {
        return Ok(());
    };
    if saved_cards::find_customer(conn, customer_id)
        .await?
        .is_some()
    {
        let method = card.method_ref.as_ref().unwrap_or(&attempt.payment_method);
        saved_cards::insert(conn, customer_id, method, card, expires).await?;
    }
    Ok(())
}

/// The cart becomes the order; answers its lines. `None` where it became another order or part of another cart.
async fn close_cart(
    conn: &mut PgConnection,
    checkout: &Checkout,
    attempt: &Attempt,
) -> Result<Option<Vec<CartLine>>, Error> {
    let closed = async {
        let cart = contract_cart::freeze(&mut *conn, checkout.cart_id).await?;
        contract_cart::close(&mut *conn, checkout.cart_id, attempt.order_id).await?;
        Ok(cart.lines)
    };
    match closed.await {
        Ok(lines) => Ok(Some(lines)),
        Err(CartError::Closed) => Ok(None),
        Err(CartError::Database(error)) => Err(error.into()),
    }
}

/// Reserved becomes allocated. A hold that was lost is taken anew if there is stock. Whether it worked.
async fn allocate(
    conn: &mut PgConnection,
    state: &AppState,
    checkout: &Checkout,
    attempt: &Attempt,
    demand: &[(VariantId, Quantity)],
    now: Timestamp,
) -> Result<bool, Error> {
    let mut savepoint = conn.begin().await?;
    match stock::allocate(&mut savepoint, checkout.checkout_id, attempt.order_id).await {
        Ok(()) => {
            savepoint.commit().await?;
            return Ok(true);
        }
        Err(AllocateError::Gone) => savepoint.rollback().await?,
        Err(AllocateError::Database(error)) => return Err(error.into()),
    }
    let until = after(now, state.settings.checkout.reservation());
    match stock::reserve(conn, checkout.checkout_id, demand, until, now).await {
        Ok(()) => {}
        Err(ReserveError::OutOfStock(_) | ReserveError::Allocated) => return Ok(false),
        Err(ReserveError::Database(error)) => return Err(error.into()),
    }
    match stock::allocate(conn, checkout.checkout_id, attempt.order_id).await {
        Ok(()) => Ok(true),
        Err(AllocateError::Gone) => Ok(false),
        Err(AllocateError::Database(error)) => Err(error.into()),
    }
}

/// No money moved: order cancelled, stock released, cart and checkout open again. Without a decline code the provider
/// was never reached.
async fn undo(
    conn: &mut PgConnection,
    state: &AppState,
    checkout: &Checkout,
    mut attempt: Attempt,
    now: Timestamp,
    decline_code: Option<String>,
) -> Result<Settled, Error> {
    let reason = if decline_code.is_some() {
        "payment_declined"
    } else {
        "payment_unavailable"
    };
    let version = reopen(conn, state, checkout, &attempt, reason, now).await?;
    attempt.next_poll_at = None;
    attempts::update(conn, &attempt).await?;
    let detail = json!({"attempt_id": attempt.attempt_id, "decline_code": decline_code});
    saga_steps::insert(conn, checkout.checkout_id, reason, &detail).await?;
    let settled = match decline_code {
        Some(decline_code) => Settled::Declined {
            decline_code,
            version,
        },
        None => Settled::Unavailable,
    };
    answer::keep(conn, checkout, &attempt.idempotency_key, &settled).await?;
    Ok(settled)
}

/// Nothing is decided: the provider is asked again later, and whoever holds the key may ask as well.
async fn wait(
    conn: &mut PgConnection,
    checkout: &Checkout,
    mut attempt: Attempt,
    outcome: &Outcome,
    now: Timestamp,
) -> Result<Settled, Error> {
    let seen = match outcome {
        Outcome::RequiresAction { .. } => AttemptState::RequiresAction,
        Outcome::Processing => AttemptState::Processing,
        // What was known before is worth more than a missing answer.
        _ if attempt.state == AttemptState::Created => AttemptState::Unknown,
        _ => attempt.state,
    };
    if seen != attempt.state {
        let detail = json!({"attempt_id": attempt.attempt_id});
        saga_steps::insert(conn, checkout.checkout_id, seen.as_str(), &detail).await?;
    }
    attempt.enter(seen)?;
    attempt.next_poll_at = Some(after(now, poll_pause(attempt.polls)));
    attempts::update(conn, &attempt).await?;
    if waits_for(checkout, &attempt) {
        checkout_states::update_lease_ended(conn, checkout.checkout_id).await?;
    }
    let scope = idempotency_scope(&checkout.owner, checkout.checkout_id);
    keys::update_lease_ended(conn, &scope, &attempt.idempotency_key, now).await?;
    let client_secret = match outcome {
        Outcome::RequiresAction { client_secret } => Some(client_secret.clone()),
        _ => None,
    };
    Ok(Settled::Pending {
        order_id: attempt.order_id,
        total: attempt.order_total(),
        client_secret,
    })
}

/// What became of an attempt that is settled already.
async fn standing(
    conn: &mut PgConnection,
    checkout: &Checkout,
    attempt: &Attempt,
    now: Timestamp,
) -> Result<Settled, Error> {
    if attempt.state.is_paid() {
        // Placing a placed order only answers its number. One that never was placed has none: the money went back.
        let placement = order::place(conn, attempt.order_id, 0, 0, now).await?;
        return Ok(match placement.number {
            Some(number) => Settled::Placed {
                order_id: attempt.order_id,
                number,
                total: attempt.order_total(),
            },
            None => Settled::Returned {
                checkout_id: checkout.checkout_id,
            },
        });
    }
    Ok(match &attempt.decline_code {
        Some(decline_code) => Settled::Declined {
            decline_code: decline_code.clone(),
            version: checkout.version,
        },
        None => Settled::Unavailable,
    })
}
