//! PREPARE: everything up to the payment, in one transaction, with the stock last.

use common::db::retry_serialization;
use common::idempotency::{Outcome, StoredResponse};
use contract_cart::RedeemError;
use contract_catalog::stock::{self, ReserveError};
use contract_orders::order;
use jiff::Timestamp;
use kernel::{AttemptId, CheckoutId, Money, OrderId, Quantity, SavedCardId, VariantId};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::snapshot::{begin_attempt, new_order, redeemed};
use super::{answer, declines, refuse, summarize};
use crate::domain::completion::Settled;
use crate::domain::payment::PaymentMethodId;
use crate::domain::state::CheckoutState;
use crate::domain::summary::Summary;
use crate::error::{Error, ShortItem};
use crate::state::{AppState, IDEMPOTENCY, after, idempotency_scope};
use crate::store::attempts::Attempt;
use crate::store::checkouts::{Checkout, Principal};
use crate::store::{attempts, checkout_states, checkouts, saga_steps, tenders};
use crate::view::{CheckoutView, Quoted};

/// A request to complete a checkout.
#[derive(Debug, Clone)]
pub struct Request {
    /// The checkout.
    pub checkout_id: CheckoutId,
    /// Who asks.
    pub principal: Principal,
    /// The client's name for the attempt.
    pub key: String,
    /// Tells another request under the same key.
    pub hash: [u8; 32],
    /// The total that the shopper agreed to.
    pub expected_total: Money,
    /// The version that the shopper saw.
    pub version: i64,
    /// What the shopper saw that a card is charged: the total, less what gift cards and store credit pay.
    pub expected_charge: Money,
    /// What is paid with, where there is something to pay.
    pub pay_with: Option<PayWith>,
    /// Whether the card is kept for later purchases.
    pub save_card: bool,
    /// The network that the request came from.
    pub client: Option<String>,
    /// The provider's name of the card, where it was asked.
    pub card_fingerprint: Option<String>,
}

/// A card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PayWith {
    /// One that the shopper typed in.
    Method(PaymentMethodId),
    /// One of the customer's saved ones.
    Saved(SavedCardId),
}

/// What is to be done after PREPARE.
#[derive(Debug)]
pub enum Prepared {
    /// The key was answered before.
    Replay(StoredResponse),
    /// Call the provider.
    Pay {
        /// The attempt.
        attempt: Box<Attempt>,
        /// Whether nobody can have called it for this attempt before.
        fresh: bool,
    },
    /// There was nothing to pay.
    Done(Settled),
}

/// Prepares the payment. A refusal rolls everything back and is kept under the key.
///
/// # Errors
/// The refusal.
pub async fn prepare(state: &AppState, request: &Request) -> Result<Prepared, Error> {
    let refusal = match retry_serialization(|| try_prepare(state, request)).await {
        Err(error) if error.is_final() => error,
        other => return other,
    };
    refuse::keep_refusal(state, request, refusal).await
}

async fn try_prepare(state: &AppState, request: &Request) -> Result<Prepared, Error> {
    let now = state.now();
    let mut tx = state.db.begin().await?;
    // A checkout of somebody else looks like a missing one, and leaves no trace.
    let checkout = checkouts::find(&mut tx, request.checkout_id, &request.principal)
        .await?
        .ok_or(Error::NotFound)?;
    let scope = idempotency_scope(&checkout.owner, request.checkout_id);
    let lease = state.settings.checkout.lease();
    match IDEMPOTENCY
        .begin(&mut tx, &scope, &request.key, &request.hash, now, lease)
        .await?
    {
        Outcome::Replay(stored) => return Ok(Prepared::Replay(stored)),
        Outcome::InFlight { retry_after_s } => {
            return Err(Error::CompletionInProgress { retry_after_s });
        }
        Outcome::Mismatch => return Err(Error::IdempotencyKeyReused),
        Outcome::Fresh => {}
        Outcome::Resume => {
            let begun = attempts::find_by_key(&mut tx, request.checkout_id, &request.key).await?;
            if let Some(attempt) = begun.filter(|attempt| attempt.state.is_open()) {
                tx.commit().await?;
                return Ok(Prepared::Pay {
                    attempt: Box::new(attempt),
                    fresh: false,
                });
            }
        }
    }

    let checkout = checkouts::lock(&mut tx, request.checkout_id).await?;
    check_state(state, &checkout, request.version, now)?;
    declines::check(&mut tx, state, &checkout, request, now).await?;
    let cart = contract_cart::freeze(&mut tx, checkout.cart_id).await?;
    let coupon = cart.coupon.as_ref();
    let summary = summarize::load(&mut tx, &checkout, &cart.lines, coupon, now).await?;
    check_agreement(&checkout, &summary, request)?;

    let order_id = OrderId::generate();
    order::open(&mut tx, &new_order(&checkout, &summary, order_id)?).await?;
    let attempt = begin_attempt(&mut tx, state, &checkout, &summary, request, order_id).await?;
    if !tenders::hold(&mut tx, checkout.checkout_id, order_id, &summary.shares).await? {
        return Err(Error::BalanceChanged);
    }
    let quoted = serde_json::to_value(Quoted::from(&summary))
        .map_err(|_| Error::Internal("a quote cannot be written as JSON"))?;
    let lease_by = Uuid::from(AttemptId::generate());
    checkout_states::update_completing(
        &mut tx,
        checkout.checkout_id,
        order_id,
        &quoted,
        lease_by,
        after(now, lease),
    )
    .await?;
    let detail = json!({"order_id": order_id, "total": summary.totals.total,
        "attempt_id": attempt.as_ref().map(|attempt| attempt.attempt_id)});
    saga_steps::insert(&mut tx, checkout.checkout_id, "prepared", &detail).await?;
    redeem(&mut tx, &checkout, &summary, order_id, now).await?;
    reserve(&mut tx, state, &checkout, &summary, now).await?;
    let prepared = if let Some(attempt) = attempt {
        Prepared::Pay {
            attempt: Box::new(attempt),
            fresh: true,
        }
    } else {
        let total = summary.totals.total;
        Prepared::Done(place_unpaid(&mut tx, &checkout, &request.key, order_id, total, now).await?)
    };
    common::failpoint!("checkout.before_prepare_commit");
    tx.commit().await?;
    common::failpoint!("checkout.after_prepare");
    tracing::info!(checkout.id = %request.checkout_id, order.id = %order_id, "completion prepared");
    state.forget_cart(checkout.cart_id).await;
    Ok(prepared)
}

fn check_state(
    state: &AppState,
    checkout: &Checkout,
    version: i64,
    now: Timestamp,
) -> Result<(), Error> {
    match checkout.state {
        CheckoutState::Completed => return Err(Error::CheckoutCompleted(checkout.order_id)),
        CheckoutState::Completing => {
            let retry_after_s = state.settings.checkout.retry_after_s;
            return Err(Error::CompletionInProgress { retry_after_s });
        }
        CheckoutState::Expired => return Err(Error::CheckoutExpired),
        CheckoutState::Open if checkout.expires_at <= now => return Err(Error::CheckoutExpired),
        CheckoutState::Open => {}
    }
    if checkout.version == version {
        Ok(())
    } else {
        Err(Error::VersionMismatch {
            version: checkout.version,
        })
    }
}

/// Nobody is ever charged for something incomplete, or another total than the one shown.
fn check_agreement(checkout: &Checkout, summary: &Summary, request: &Request) -> Result<(), Error> {
    let missing = summary.missing(request.pay_with.is_some());
    if !missing.is_empty() {
        return Err(Error::RequirementsOpen(missing));
    }
    let agreed =
        summary.totals.total == request.expected_total && summary.charge == request.expected_charge;
    if !agreed {
        let requirements = summary.requirements.clone();
        let view = CheckoutView::new(checkout.clone(), Quoted::from(summary), requirements);
        return Err(Error::TotalsChanged(Box::new(view)));
    }
    Ok(())
}

/// Counts the use of the coupon, if it applies.
async fn redeem(
    conn: &mut PgConnection,
    checkout: &Checkout,
    summary: &Summary,
    order_id: OrderId,
    now: Timestamp,
) -> Result<(), Error> {
    let Some(coupon) = redeemed(summary) else {
        return Ok(());
    };
    let key = summarize::coupon_key(checkout)
        .ok_or(Error::Internal("a complete checkout has no customer"))?;
    match contract_cart::redeem(conn, coupon.coupon_id, order_id, &key, now).await {
        Ok(()) => Ok(()),
        // Somebody used it up since it was priced: the total is another one now.
        Err(RedeemError::NotUsable(_)) => Err(Error::BalanceChanged),
        Err(RedeemError::Database(error)) => Err(error.into()),
    }
}

/// Holds the stock, and pins the hold: it cannot expire while the payment is under way.
async fn reserve(
    conn: &mut PgConnection,
    state: &AppState,
    checkout: &Checkout,
    summary: &Summary,
    now: Timestamp,
) -> Result<(), Error> {
    let demand: Vec<(VariantId, Quantity)> = summary
        .lines
        .iter()
        .map(|line| (line.quote.variant_id, line.quantity))
        .collect();
    let until = after(now, state.settings.checkout.reservation());
    match stock::reserve(conn, checkout.checkout_id, &demand, until, now).await {
        Ok(()) => {}
        Err(ReserveError::OutOfStock(shortages)) => {
            let title = |id| {
                let line = summary
                    .lines
                    .iter()
                    .find(|line| line.quote.variant_id == id);
                line.map(|line| line.quote.title.clone())
                    .unwrap_or_default()
            };
            let items = shortages.into_iter().map(|short| ShortItem {
                variant_id: short.variant_id,
                title: title(short.variant_id),
                requested: short.requested,
                available: short.available,
            });
            return Err(Error::OutOfStock(items.collect()));
        }
        Err(ReserveError::Allocated) => return Err(Error::CheckoutCompleted(checkout.order_id)),
        Err(ReserveError::Database(error)) => return Err(error.into()),
    }
    stock::pin(conn, checkout.checkout_id, true, until).await?;
    Ok(())
}

/// Nothing to pay: the order is placed in the same transaction.
async fn place_unpaid(
    conn: &mut PgConnection,
    checkout: &Checkout,
    key: &str,
    order_id: OrderId,
    total: Money,
    now: Timestamp,
) -> Result<Settled, Error> {
    let captured = tenders::capture(conn, order_id).await?;
    contract_cart::close(conn, checkout.cart_id, order_id).await?;
    let placement = order::place(conn, order_id, 0, captured, now).await?;
    let number = placement
        .number
        .ok_or(Error::Internal("a placed order has no number"))?;
    checkout_states::update_completed(conn, checkout.checkout_id).await?;
    saga_steps::insert(
        conn,
        checkout.checkout_id,
        "placed",
        &json!({"order_id": order_id}),
    )
    .await?;
    let settled = Settled::Placed {
        order_id,
        number,
        total,
    };
    answer::keep(conn, checkout, key, &settled).await?;
    match stock::allocate(conn, checkout.checkout_id, order_id).await {
        Ok(()) => Ok(settled),
        Err(stock::AllocateError::Gone) => Err(Error::Internal("a fresh hold is gone")),
        Err(stock::AllocateError::Database(error)) => Err(error.into()),
    }
}
