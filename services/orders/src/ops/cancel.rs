//! Cancelling an order, or a part of it, before it is shipped.

use contract_checkout::RefundDestination;
use contract_orders::OrderState;
use kernel::OperationId;
use serde_json::json;

use super::change::{Act, Change, check_reason};
use super::money::{self, Opening};
use super::stock;
use crate::domain::allowed::{cancellable_until, check_units};
use crate::domain::record::{LineRecord, OrderRecord, Units};
use crate::domain::refund::{Cancellation, cancellation};
use crate::domain::refusal::{Refusal, Use};
use crate::domain::states::ShipmentState;
use crate::domain::words::RefundCause;
use crate::error::Error;
use crate::store;
use crate::store::progress::Move;

/// Cancels. What is only authorised is let go, what was taken goes back, stock is free again.
#[derive(Debug)]
pub struct Cancel {
    /// Which units; all of the order if not given.
    pub lines: Option<Vec<Units>>,
    /// Why.
    pub reason: Option<String>,
    /// Whether what was paid for shipping goes back as well; if not given, only with the whole order.
    pub refund_shipping: Option<bool>,
    /// Whether the coupon may be used again, where the whole order is cancelled.
    pub return_coupon: bool,
}

impl Cancel {
    /// The units to cancel, and whether that is all of the order.
    fn units(&self, change: &Change<'_>) -> Result<(Vec<Units>, bool), Error> {
        let order = &change.order;
        if change.staff_id().is_none()
            && cancellable_until(order, change.now, &change.policy).is_none()
        {
            return Err(Refusal::NotCancellable.into());
        }
        if !matches!(order.state, OrderState::Placed | OrderState::OnHold) {
            return Err(Refusal::OrderState(order.state.as_str()).into());
        }
        let left: i32 = order
            .lines
            .iter()
            .map(|line| line.quantity - line.cancelled)
            .sum();
        if let Some(units) = &self.lines {
            check_units(order, units, Use::Cancel, LineRecord::open_units)?;
            let asked: i32 = units.iter().map(|units| units.quantity).sum();
            if asked < left {
                return Ok((units.clone(), false));
            }
        }
        if order.has_shipped() {
            return Err(Refusal::Shipped.into());
        }
        let all = order.lines.iter().map(|line| Units {
            line_id: line.line_id,
            quantity: line.quantity - line.cancelled,
        });
        Ok((all.filter(|units| units.quantity > 0).collect(), true))
    }
}

impl Act for Cancel {
    const OPERATION: &'static str = "order.cancel";

    async fn apply(&self, change: &mut Change<'_>) -> Result<(), Error> {
        let reason = self.reason.as_deref();
        reason.map(check_reason).transpose()?;
        let (units, whole) = self.units(change)?;
        let authorized = change.order.authorized_minor > 0;
        if authorized && money::capture_under_way(change).await? {
            return Err(Refusal::CaptureUnderWay.into());
        }
        let with_shipping = self.refund_shipping.unwrap_or(whole);
        let money = cancellation(&change.order, &units, with_shipping)?;
        if whole {
            take_apart_shipments(change).await?;
        }
        count(change, &money).await?;
        let before = json!({"state": change.order.state});
        let detail = json!({"lines": units.iter().map(|u| json!({"line_id": u.line_id.uuid(), "quantity": u.quantity})).collect::<Vec<_>>()});
        if whole {
            // First of all, so that an order that owes nothing is not taken for a completed one.
            change
                .move_to(OrderState::Cancelled, "order.cancelled", reason)
                .await?;
        } else {
            change
                .step("order.units_cancelled", reason, detail.clone())
                .await?;
        }
        settle(change, &money, whole, reason).await?;
        let order_id = change.order.order_id;
        if whole && self.return_coupon {
            contract_cart::return_uses(change.conn(), order_id).await?;
        }
        let released = if whole { None } else { Some(units.as_slice()) };
        stock::release(change, OperationId::generate(), released).await?;
        let after = if whole {
            json!({"state": "cancelled"})
        } else {
            detail
        };
        change
            .audit_order(Self::OPERATION, before, after, reason)
            .await
    }
}

/// Gives up what was planned and did not leave.
async fn take_apart_shipments(change: &mut Change<'_>) -> Result<(), Error> {
    let now = change.now;
    for shipment in change.order.shipments.clone() {
        if !shipment.state.can_become(ShipmentState::Cancelled) {
            continue;
        }
        let (id, to) = (shipment.shipment_id, ShipmentState::Cancelled);
        store::shipments::update_state(change.conn(), id, shipment.state, to, now).await?;
        let by = |units: i32| Move {
            planned: -units,
            ..Move::default()
        };
        store::progress::update_units(change.conn(), &shipment.lines, by).await?;
    }
    Ok(())
}

/// Counts the cancelled units, and what will not be charged.
async fn count(change: &mut Change<'_>, money: &Cancellation) -> Result<(), Error> {
    for line in &money.lines {
        let by = Move {
            cancelled: line.quantity,
            uncharged: line.uncharged,
            uncharged_minor: line.uncharged_minor,
            given_tax_minor: line.uncharged_tax_minor,
            ..Move::default()
        };
        store::progress::update_progress(change.conn(), line.line_id, by).await?;
    }
    let order_id = change.order.order_id;
    if money.uncharged_shipping_minor > 0 {
        store::progress::update_shipping_refunded(
            change.conn(),
            order_id,
            money.uncharged_shipping_minor,
        )
        .await?;
    }
    if money.uncharged_minor() > 0 {
        store::progress::update_cancelled(change.conn(), order_id, money.uncharged_minor()).await?;
    }
    Ok(())
}

/// Lets the authorisation go where nothing of it is needed, and gives back what was taken.
async fn settle(
    change: &mut Change<'_>,
    money: &Cancellation,
    whole: bool,
    reason: Option<&str>,
) -> Result<(), Error> {
    let order: &OrderRecord = &change.order;
    let needed = order.capturable_minor() - money.uncharged_minor();
    if order.authorized_minor > 0 && (whole || needed <= 0) {
        money::ask_for_void(change).await?;
    }
    if money.draft.amount_minor() == 0 {
        return Ok(());
    }
    let opening = Opening {
        draft: &money.draft,
        cause: RefundCause::Cancellation,
        destination: RefundDestination::Original,
        reason: reason.unwrap_or("cancelled"),
        link: None,
    };
    money::open_refund(change, &opening).await.map(drop)
}
