//! What shoppers are told: which message an event calls for, and the values that its template takes.

use contract_checkout::RefundDestination;
use kernel::{ClaimId, Id, Kind, MoneyError, RefundId, ReturnId, ShipmentId};
use serde_json::{Value, json};
use uuid::Uuid;

use super::record::{OrderRecord, Units};
use super::states::{RefundState, ReturnState};
use super::view::Address;
use super::words::{Resolution, ReturnKind};

/// Name of the message that confirms an order.
pub const CONFIRMATION: &str = "order_confirmation";

/// The templates: name of the file and what it says.
pub const TEMPLATES: &[(&str, &str)] = &[
    (
        "lines_text.jinja",
        include_str!("../../templates/lines_text.jinja"),
    ),
    (
        "lines_html.jinja",
        include_str!("../../templates/lines_html.jinja"),
    ),
    ("button.jinja", include_str!("../../templates/button.jinja")),
    (
        "order_confirmation.jinja",
        include_str!("../../templates/order_confirmation.jinja"),
    ),
    (
        "order_cancelled.jinja",
        include_str!("../../templates/order_cancelled.jinja"),
    ),
    (
        "shipment_shipped.jinja",
        include_str!("../../templates/shipment_shipped.jinja"),
    ),
    (
        "shipment_delivered.jinja",
        include_str!("../../templates/shipment_delivered.jinja"),
    ),
    (
        "refund_succeeded.jinja",
        include_str!("../../templates/refund_succeeded.jinja"),
    ),
    (
        "return_requested.jinja",
        include_str!("../../templates/return_requested.jinja"),
    ),
    (
        "return_approved.jinja",
        include_str!("../../templates/return_approved.jinja"),
    ),
    (
        "return_rejected.jinja",
        include_str!("../../templates/return_rejected.jinja"),
    ),
    (
        "return_received.jinja",
        include_str!("../../templates/return_received.jinja"),
    ),
    (
        "claim_resolved.jinja",
        include_str!("../../templates/claim_resolved.jinja"),
    ),
];

/// A message to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Letter {
    /// Its template, without the file's ending.
    pub template: &'static str,
    /// What it is about: it is written once.
    pub cause: Uuid,
    /// What the template takes.
    pub values: Value,
}

/// An event, as far as messages are concerned.
#[derive(Debug, Clone, Copy)]
pub struct Happening<'a> {
    /// What happened.
    pub kind: &'a str,
    /// Its id.
    pub event_id: Uuid,
    /// What it is about.
    pub payload: &'a Value,
}

impl Happening<'_> {
    fn id<K: Kind>(&self, name: &str) -> Option<Id<K>> {
        let id: Uuid = self.payload.get(name)?.as_str()?.parse().ok()?;
        Some(id.into())
    }
}

/// The message that an event calls for, if it does. `link` opens the order.
///
/// # Errors
/// Where a stored amount is out of range.
pub fn letter(
    order: &OrderRecord,
    event: Happening<'_>,
    link: &str,
) -> Result<Option<Letter>, MoneyError> {
    // An attempt that was never paid is not an order to a shopper.
    let Some(number) = &order.order_number else {
        return Ok(None);
    };
    let found = match event.kind {
        "order.placed" => Some((CONFIRMATION, order.order_id.uuid(), confirmation(order)?)),
        "order.cancelled" => Some(("order_cancelled", order.order_id.uuid(), cancelled(order)?)),
        "shipment.shipped" => event.id("shipment_id").and_then(|id| shipped(order, id)),
        "shipment.delivered" => event.id("shipment_id").and_then(|id| delivered(order, id)),
        "refund.succeeded" => event
            .id("refund_id")
            .map(|id| refunded(order, id))
            .transpose()?
            .flatten(),
        "return.requested" | "return.approved" | "return.rejected" | "return.received" => event
            .id("return_id")
            .and_then(|id| returned(order, id, event)),
        "claim.resolved" => event.id("claim_id").and_then(|id| resolved(order, id)),
        _ => None,
    };
    Ok(found.map(|(template, cause, mut values)| {
        if let Some(values) = values.as_object_mut() {
            values.insert("number".to_owned(), number.as_str().into());
            values.insert("link".to_owned(), link.into());
        }
        Letter {
            template,
            cause,
            values,
        }
    }))
}

type Found = (&'static str, Uuid, Value);

/// Units with their names, as templates list them.
fn named(order: &OrderRecord, units: &[Units]) -> Value {
    let lines = units.iter().filter(|units| units.quantity > 0).filter_map(|units| {
        let line = order.find_line(units.line_id)?;
        Some(json!({"quantity": units.quantity, "title": line.title, "variant": line.variant_title, "total": null}))
    });
    lines.collect()
}

fn confirmation(order: &OrderRecord) -> Result<Value, MoneyError> {
    let lines = order
        .lines
        .iter()
        .filter(|line| line.replaces_line_id.is_none())
        .map(|line| {
            Ok(json!({
                "quantity": line.quantity, "title": line.title, "variant": line.variant_title,
                "total": order.money(line.total_minor)?.to_string(),
            }))
        });
    let lines: Vec<Value> = lines.collect::<Result<_, MoneyError>>()?;
    let amounts = [
        ("Subtotal", order.subtotal_minor, false),
        ("Discount", order.discount_minor, false),
        ("Shipping", order.shipping_minor, false),
        ("Tax", order.tax_minor, false),
        ("Total", order.total_minor, true),
    ];
    let mut sums = Vec::new();
    for (label, minor, always) in amounts {
        if always || minor != 0 {
            sums.push(json!({"label": label, "amount": order.money(minor)?.to_string()}));
        }
    }
    Ok(json!({
        "lines": lines, "sums": sums, "shipping_method": order.shipping_method.name,
        "address": address(&order.shipping_address),
    }))
}

fn cancelled(order: &OrderRecord) -> Result<Value, MoneyError> {
    let counted = order.refunds.iter().filter(|refund| refund.state.counts());
    let back: i64 = counted.map(|refund| refund.amount_minor).sum();
    let refund = (back > 0).then(|| order.money(back)).transpose()?;
    Ok(json!({"refund": refund.map(|amount| amount.to_string())}))
}

fn shipped(order: &OrderRecord, id: ShipmentId) -> Option<Found> {
    let shipment = order.shipment(id)?;
    let packed: i32 = shipment.lines.iter().map(|units| units.quantity).sum();
    let all: i32 = order
        .lines
        .iter()
        .map(|line| line.quantity - line.cancelled)
        .sum();
    let values = json!({
        "everything": packed >= all, "carrier": shipment.carrier, "tracking_number": shipment.tracking_number,
        "tracking_url": shipment.tracking_url, "lines": named(order, &shipment.lines),
    });
    Some(("shipment_shipped", id.uuid(), values))
}

fn delivered(order: &OrderRecord, id: ShipmentId) -> Option<Found> {
    let shipment = order.shipment(id)?;
    Some((
        "shipment_delivered",
        id.uuid(),
        json!({"lines": named(order, &shipment.lines)}),
    ))
}

fn refunded(order: &OrderRecord, id: RefundId) -> Result<Option<Found>, MoneyError> {
    let Some(refund) = order
        .refund(id)
        .filter(|refund| refund.state == RefundState::Succeeded)
    else {
        return Ok(None);
    };
    let values = json!({
        "amount": order.money(refund.amount_minor)?.to_string(),
        "to_credit": refund.destination == RefundDestination::StoreCredit,
    });
    Ok(Some(("refund_succeeded", id.uuid(), values)))
}

fn returned(order: &OrderRecord, id: ReturnId, event: Happening<'_>) -> Option<Found> {
    let back = order.find_return(id)?;
    let units = |count: fn(&super::record::ReturnLineRecord) -> i32| -> Vec<Units> {
        let units = back.lines.iter().map(|line| Units {
            line_id: line.line_id,
            quantity: count(line),
        });
        units.collect()
    };
    let expected = named(order, &units(|line| line.quantity));
    match event.kind {
        // One that was decided at once is told with its decision.
        "return.requested" if back.state != ReturnState::Requested => None,
        "return.requested" => {
            let verb = match back.kind {
                ReturnKind::Return => "send back",
                ReturnKind::Exchange => "exchange",
            };
            Some((
                "return_requested",
                id.uuid(),
                json!({"verb": verb, "lines": expected}),
            ))
        }
        "return.approved" => Some(("return_approved", id.uuid(), json!({"lines": expected}))),
        "return.rejected" => Some((
            "return_rejected",
            id.uuid(),
            json!({"reason": back.decision_reason, "lines": expected}),
        )),
        // Parts may arrive one after the other: each is told.
        _ => Some((
            "return_received",
            event.event_id,
            json!({"lines": named(order, &units(|line| line.received))}),
        )),
    }
}

fn resolved(order: &OrderRecord, id: ClaimId) -> Option<Found> {
    let claim = order.claim(id)?;
    let values = json!({
        "refunds": claim.resolution.is_some_and(Resolution::refunds),
        "replaces": claim.resolution.is_some_and(Resolution::replaces),
        "lines": named(order, &claim.lines),
    });
    Some(("claim_resolved", id.uuid(), values))
}

fn address(a: &Address) -> Vec<String> {
    let city = [
        Some(a.city.as_str()),
        a.region.as_deref(),
        Some(a.postal_code.as_str()),
    ];
    let city = city
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    let lines = [
        Some(a.name.as_str()),
        Some(a.line1.as_str()),
        a.line2.as_deref(),
        Some(&city),
        Some(a.country.as_str()),
    ];
    lines
        .into_iter()
        .flatten()
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}
