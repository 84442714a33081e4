//! What PREPARE makes of a priced checkout: the order, and the attempt to charge a card for it.

use contract_orders::{NewOrder, RedeemedCoupon};
use kernel::{AttemptId, Money, OrderId};
use serde_json::json;
use sqlx::PgConnection;

use super::complete::{PayWith, Request};
use crate::domain::state::{AttemptState, poll_pause};
use crate::domain::summary::{Summary, SummaryCoupon, SummaryLine};
use crate::error::Error;
use crate::state::{AppState, after};
use crate::store::attempts::{self, Attempt};
use crate::store::checkouts::Checkout;
use crate::store::saved_cards;

/// What becomes the order.
pub(super) fn new_order(
    checkout: &Checkout,
    summary: &Summary,
    order_id: OrderId,
) -> Result<NewOrder, Error> {
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
        customer_id: checkout.customer_id(),
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
        shipping_method: json!({"code": method.code, "name": method.name,
            "tax_minor": summary.shipping.map_or(0, |s| s.tax.minor()),
            "tax_rate_ppm": summary.shipping.map_or(0, |s| s.tax_rate_ppm.get()),
            "total_minor": summary.shipping.map_or(0, |s| s.total.minor())}),
        coupon: redeemed(summary).map(|coupon| RedeemedCoupon {
            code: coupon.code.clone(),
            discount_minor: coupon.discount.minor(),
        }),
        lines: summary
            .lines
            .iter()
            .map(SummaryLine::to_order_line)
            .collect(),
    })
}

/// The coupon, if it applies.
pub(super) fn redeemed(summary: &Summary) -> Option<&SummaryCoupon> {
    summary.coupon.as_ref().filter(|c| c.problem.is_none())
}

/// The attempt to charge a card, if there is something to charge.
pub(super) async fn begin_attempt(
    conn: &mut PgConnection,
    state: &AppState,
    checkout: &Checkout,
    summary: &Summary,
    request: &Request,
    order_id: OrderId,
) -> Result<Option<Attempt>, Error> {
    let Some(pay_with) = request
        .pay_with
        .as_ref()
        .filter(|_| !summary.charge.is_zero())
    else {
        return Ok(None);
    };
    let (payment_method, customer_ref) = match pay_with {
        PayWith::Method(method) => (method.as_str().to_owned(), None),
        PayWith::Saved(card_id) => {
            let customer = checkout.customer_id().ok_or(Error::CardUnknown)?;
            let card = saved_cards::find(conn, *card_id, customer)
                .await?
                .ok_or(Error::CardUnknown)?;
            (card.provider_ref, Some(card.customer_ref))
        }
    };
    let tendered = summary.totals.total.checked_sub(summary.charge);
    let now = state.now();
    let attempt = Attempt {
        attempt_id: AttemptId::generate(),
        checkout_id: request.checkout_id,
        order_id,
        idempotency_key: request.key.clone(),
        payment_method,
        provider_ref: None,
        state: AttemptState::Created,
        capture_method: state.settings.payment.capture,
        amount: summary.charge,
        tendered_minor: tendered.map_or(0, Money::minor),
        captured_minor: 0,
        refunded_minor: 0,
        refund_pending_minor: 0,
        credited_minor: 0,
        disputed: false,
        decline_code: None,
        save_card: request.save_card && customer_ref.is_none() && checkout.customer_id().is_some(),
        customer_ref,
        card_fingerprint: request.card_fingerprint.clone(),
        client: request.client.clone(),
        polls: 0,
        created_at: now,
        next_poll_at: Some(after(now, poll_pause(0))),
    };
    attempts::insert(conn, &attempt, checkout.attempts.saturating_add(1)).await?;
    Ok(Some(attempt))
}
