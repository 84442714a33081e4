//! What shoppers may do with their orders, and until when.

use contract_orders::OrderState;
use jiff::{SignedDuration, Timestamp};

use super::record::{LineRecord, OrderRecord, Units};
use super::refusal::{Lacking, Refusal, Use};
use super::states::ShipmentState;
use super::view::{Allowed, Returnable};

/// The rules of the shop.
#[derive(Debug, Clone)]
pub struct Policy {
    /// How long after placing shoppers may cancel by themselves.
    pub cancel_grace: SignedDuration,
    /// How long after delivery (or shipping, where delivery is not known) goods may come back.
    pub return_window: SignedDuration,
    /// Whether returns of shoppers are approved at once.
    pub auto_approve: bool,
    /// Refunds above this amount (minor units of whatever currency) need a second person.
    pub approval_over_minor: i64,
    /// Orders above this total (minor units of whatever currency) are held for review when placed.
    pub hold_over_minor: Option<i64>,
}

/// Until when the shopper may cancel; `None` where not any more.
pub fn cancellable_until(
    order: &OrderRecord,
    now: Timestamp,
    policy: &Policy,
) -> Option<Timestamp> {
    let until = order.placed_at?.checked_add(policy.cancel_grace).ok()?;
    let free = matches!(order.state, OrderState::Placed | OrderState::OnHold)
        && !order.has_planned()
        && !order.disputed;
    (free && now < until).then_some(until)
}

/// Units of a line that the shopper may send back, and until when.
fn returnable_units(
    order: &OrderRecord,
    line: &LineRecord,
    now: Timestamp,
    policy: &Policy,
) -> Option<(i32, Timestamp)> {
    let mut units = 0;
    let mut last = None;
    for shipment in &order.shipments {
        let since = match shipment.state {
            ShipmentState::Delivered => shipment.delivered_at,
            ShipmentState::Shipped => shipment.shipped_at,
            _ => None,
        };
        let Some(until) = since.and_then(|at| at.checked_add(policy.return_window).ok()) else {
            continue;
        };
        if until <= now {
            continue;
        }
        let of_line = shipment
            .lines
            .iter()
            .filter(|packed| packed.line_id == line.line_id);
        let packed: i32 = of_line.map(|packed| packed.quantity).sum();
        if packed > 0 {
            units += packed;
            last = last.max(Some(until));
        }
    }
    let left = units
        .min(line.out_units())
        .min(order.paid_line(line).refundable_units());
    last.filter(|_| left > 0).map(|until| (left, until))
}

/// What the shopper may do now.
pub fn allowed(order: &OrderRecord, now: Timestamp, policy: &Policy) -> Allowed {
    let returnable = order.lines.iter().filter_map(|line| {
        returnable_units(order, line, now, policy).map(|(quantity, until)| Returnable {
            line_id: line.line_id,
            quantity,
            until,
        })
    });
    Allowed {
        cancellable_until: cancellable_until(order, now, policy),
        returnable: returnable.collect(),
    }
}

/// Refuses a return that the shopper may not open.
///
/// # Errors
/// [`Refusal::ReturnWindowClosed`] where it was possible once, else [`Refusal::Units`].
pub fn check_return(
    order: &OrderRecord,
    asked: &[Units],
    now: Timestamp,
    policy: &Policy,
) -> Result<(), Refusal> {
    let (mut lacking, mut late) = (Vec::new(), Vec::new());
    for (place, units) in asked.iter().enumerate() {
        let line = order.line(units.line_id, &format!("/lines/{place}/line_id"))?;
        let available = returnable_units(order, line, now, policy).map_or(0, |(units, _)| units);
        if units.quantity <= available {
            continue;
        }
        let refused = Lacking {
            line_id: units.line_id,
            requested: units.quantity,
            available,
        };
        let out = line
            .out_units()
            .min(order.paid_line(line).refundable_units());
        if units.quantity <= out {
            late.push(refused);
        } else {
            lacking.push(refused);
        }
    }
    if !lacking.is_empty() {
        return Err(Refusal::Units(Use::Return, lacking));
    }
    if !late.is_empty() {
        return Err(Refusal::ReturnWindowClosed(late));
    }
    Ok(())
}

/// Refuses units of which a line has fewer. `available` says how many a line has.
///
/// # Errors
/// [`Refusal::Units`] with every line that lacks some.
pub fn check_units(
    order: &OrderRecord,
    asked: &[Units],
    purpose: Use,
    available: impl Fn(&LineRecord) -> i32,
) -> Result<(), Refusal> {
    let mut lacking = Vec::new();
    for (place, units) in asked.iter().enumerate() {
        let line = order.line(units.line_id, &format!("/lines/{place}/line_id"))?;
        let available = available(line).max(0);
        if units.quantity > available {
            lacking.push(Lacking {
                line_id: units.line_id,
                requested: units.quantity,
                available,
            });
        }
    }
    if lacking.is_empty() {
        return Ok(());
    }
    Err(Refusal::Units(purpose, lacking))
}

/// Units of lines with each line once.
///
/// # Errors
/// [`Refusal::Field`] where a line stands twice.
pub fn distinct(lines: impl IntoIterator<Item = Units>) -> Result<Vec<Units>, Refusal> {
    let mut known: Vec<Units> = Vec::new();
    for (place, units) in lines.into_iter().enumerate() {
        if known.iter().any(|before| before.line_id == units.line_id) {
            return Err(Refusal::field(
                format!("/lines/{place}/line_id"),
                "each line stands once",
            ));
        }
        known.push(units);
    }
    Ok(known)
}
