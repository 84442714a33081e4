//! PREPARE: everything up to the payment, in one transaction, with the stock last.

use common::db::retry_serialization;
use common::idempotency::{Outcome, StoredResponse};
use contract_catalog::stock::{self, ReserveError};
use contract_orders::{NewOrder, order};
use jiff::Timestamp;
use kernel::{AttemptId, CheckoutId, Money, OrderId, Quantity, VariantId};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{answer, summarize};
use crate::domain::completion::Settled;
use crate::domain::payment::PaymentMethodId;
use crate::domain::state::{AttemptState, CheckoutState, poll_pause};
use crate::domain::summary::{Summary, SummaryLine};
use crate::error::{Error, ShortItem};
use crate::state::{AppState, IDEMPOTENCY, after, idempotency_scope};
use crate::store::attempts::Attempt;
use crate::store::checkouts::{Checkout, Principal};
use crate::store::{attempts, checkouts, saga_steps};
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
    /// What is paid with, where there is something to pay.
    pub payment_method: Option<PaymentMethodId>,
}

/// What is to be done after PREPARE.
#[derive(Debug)]
pub enum Prepared {
    /// The key was answered before.
    Replay(StoredResponse),
    /// Call the provider.
    Pay {
        /// The attempt.
        attempt: Attempt,
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
    keep_refusal(state, request, refusal).await
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
                    attempt,
                    fresh: false,
                });
            }
        }
    }

    let checkout = checkouts::lock(&mut tx, request.checkout_id).await?;
    check_state(state, &checkout, request.version, now)?;
    let (_, lines) = contract_cart::freeze(&mut tx, checkout.cart_id).await?;
    let summary = summarize::load(&mut tx, &checkout, &lines).await?;
    check_agreement(&checkout, &summary, request)?;

    let order_id = OrderId::generate();
    order::open(&mut tx, &new_order(&checkout, &summary, order_id)?).await?;
    let attempt = match &request.payment_method {
        Some(method) if !summary.totals.total.is_zero() => {
            let attempt = new_attempt(request, method, order_id, summary.totals.total, now);
            attempts::insert(&mut tx, &attempt, checkout.attempts.saturating_add(1)).await?;
            Some(attempt)
        }
        _ => None,
    };
    let quoted = serde_json::to_value(Quoted::from(&summary))
        .map_err(|_| Error::Internal("a quote cannot be written as JSON"))?;
    let lease_by = Uuid::from(AttemptId::generate());
    checkouts::update_completing(
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
    reserve(&mut tx, state, &checkout, &summary, now).await?;
    let prepared = if let Some(attempt) = attempt {
        Prepared::Pay {
            attempt,
            fresh: true,
        }
    } else {
        let total = summary.totals.total;
        Prepared::Done(place_unpaid(&mut tx, &checkout, &request.key, order_id, total, now).await?)
    };
    tx.commit().await?;
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
    let missing = summary.missing(request.payment_method.is_some());
    if !missing.is_empty() {
        return Err(Error::RequirementsOpen(missing));
    }
    if summary.totals.total != request.expected_total {
        let requirements = summary.requirements.clone();
        let view = CheckoutView::new(checkout.clone(), Quoted::from(summary), requirements);
        return Err(Error::TotalsChanged(Box::new(view)));
    }
    Ok(())
}

fn new_order(checkout: &Checkout, summary: &Summary, order_id: OrderId) -> Result<NewOrder, Error> {
    let missing = Error::Internal("a complete checkout lacks something");
    let (Some(email), Some(shipping), Some(method)) =
        (&checkout.email, &checkout.shipping_address, &summary.chosen)
    else {
        return Err(missing);
    };
    let billing = checkout.billing_address.as_ref().unwrap_or(shipping);
    let totals = summary.totals;
    let tax_minor = totals.tax.map_or(0, Money::minor);
    Ok(NewOrder {
        order_id,
        checkout_id: checkout.checkout_id,
        cart_id: checkout.cart_id,
        customer_id: match checkout.owner {
            contract_cart::Owner::Customer(id) => Some(id),
            contract_cart::Owner::Guest(_) => None,
        },
        email: email.clone(),
        currency: checkout.currency,
        subtotal_minor: totals.subtotal.minor(),
        discount_minor: totals.discount.minor(),
        shipping_minor: totals.shipping.map_or(0, Money::minor),
        tax_minor,
        tax_included_minor: if summary.tax_included { tax_minor } else { 0 },
        total_minor: totals.total.minor(),
        shipping_address: json!(shipping),
        billing_address: json!(billing),
        shipping_method: json!({"code": method.code, "name": method.name}),
        lines: summary
            .lines
            .iter()
            .map(SummaryLine::to_order_line)
            .collect(),
    })
}

fn new_attempt(
    request: &Request,
    method: &PaymentMethodId,
    order_id: OrderId,
    amount: Money,
    now: Timestamp,
) -> Attempt {
    Attempt {
        attempt_id: AttemptId::generate(),
        checkout_id: request.checkout_id,
        order_id,
        idempotency_key: request.key.clone(),
        payment_method: method.as_str().to_owned(),
        provider_ref: None,
        state: AttemptState::Created,
        amount,
        refunded_minor: 0,
        decline_code: None,
        polls: 0,
        created_at: now,
        next_poll_at: Some(after(now, poll_pause(0))),
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
    contract_cart::close(conn, checkout.cart_id, order_id).await?;
    let placement = order::place(conn, order_id, "captured", now).await?;
    let number = placement
        .number
        .ok_or(Error::Internal("a placed order has no number"))?;
    checkouts::update_completed(conn, checkout.checkout_id).await?;
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

/// Keeps a refusal in a transaction of its own: what it refused is rolled back already.
async fn keep_refusal(
    state: &AppState,
    request: &Request,
    refusal: Error,
) -> Result<Prepared, Error> {
    let mut tx = state.db.begin().await?;
    let checkout = checkouts::find(&mut tx, request.checkout_id, &request.principal)
        .await?
        .ok_or(Error::NotFound)?;
    let refusal = explain(&mut tx, &checkout, refusal).await?;
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

/// A closed cart was ordered or merged: the shopper should hear which, and the order's id.
async fn explain(
    conn: &mut PgConnection,
    checkout: &Checkout,
    refusal: Error,
) -> Result<Error, Error> {
    if !matches!(refusal, Error::CartAlreadyOrdered(_)) {
        return Ok(refusal);
    }
    let cart = contract_cart::find_cart(conn, checkout.cart_id, &checkout.owner).await?;
    Ok(match cart {
        Some(cart) if cart.state == "merged" => Error::CartMerged,
        Some(cart) => Error::CartAlreadyOrdered(cart.order_id),
        None => Error::NotFound,
    })
}
