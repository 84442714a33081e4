//! The parts of orders, from what is stored to what is shown.

use kernel::{ClaimId, InvoiceId, MoneyError, OrderLineId, RefundId, ReturnId, ShipmentId};
use serde_json::Value;
use uuid::Uuid;

use super::actions::{self, Reader};
use super::admin::AdminTimelineEntry;
use super::parts::{Claim, Refund, RefundLine, Return, ReturnLine, UnitsView};
use super::record::{ClaimRecord, RefundRecord, ReturnRecord, StepRecord, Units};
use super::view::TimelineEntry;

pub(super) fn units(lines: &[Units]) -> Vec<UnitsView> {
    let view = |units: &Units| UnitsView {
        line_id: units.line_id,
        quantity: units.quantity,
    };
    lines.iter().map(view).collect()
}

/// A refund as a member of staff sees it.
pub fn refund_view(
    refund: &RefundRecord,
    currency: kernel::Currency,
    reader: &dyn Reader,
) -> Result<Refund, MoneyError> {
    let money = |minor| kernel::Money::new(minor, currency);
    Ok(Refund {
        id: refund.refund_id,
        seq: refund.seq,
        state: refund.state,
        cause: refund.cause,
        amount: money(refund.amount_minor)?,
        shipping: money(refund.shipping_minor)?,
        goodwill: money(refund.goodwill_minor)?,
        destination: refund.destination,
        reason: refund.reason.clone(),
        requested_by: refund.requested_by,
        approved_by: refund.approved_by,
        failure: refund.failure.clone(),
        lines: refund
            .lines
            .iter()
            .map(|line| {
                Ok(RefundLine {
                    line_id: line.line_id,
                    quantity: line.quantity,
                    amount: money(line.amount_minor)?,
                    tax: money(line.tax_minor)?,
                })
            })
            .collect::<Result<_, MoneyError>>()?,
        created_at: refund.created_at,
        updated_at: refund.updated_at,
        actions: actions::of_refund(refund, reader),
    })
}

/// A return with what its reader may do.
pub fn return_view(back: &ReturnRecord, actions: Vec<&'static str>) -> Return {
    Return {
        id: back.return_id,
        seq: back.seq,
        kind: back.kind,
        state: back.state,
        comment: back.comment.clone(),
        opened_by: back.opened_by.clone(),
        decision_reason: back.decision_reason.clone(),
        carrier: back.carrier.clone(),
        tracking_number: back.tracking_number.clone(),
        refund_id: back.refund_id,
        lines: back
            .lines
            .iter()
            .map(|line| ReturnLine {
                line_id: line.line_id,
                quantity: line.quantity,
                reason: line.reason,
                exchange_variant_id: line.exchange_variant_id,
                received: line.received,
                resellable: line.resellable,
            })
            .collect(),
        created_at: back.created_at,
        updated_at: back.updated_at,
        actions,
    }
}

pub(super) fn claim_view(claim: &ClaimRecord, reader: &dyn Reader) -> Claim {
    Claim {
        id: claim.claim_id,
        seq: claim.seq,
        kind: claim.kind,
        state: claim.state,
        shipment_id: claim.shipment_id,
        description: claim.description.clone(),
        resolution: claim.resolution,
        decision_reason: claim.decision_reason.clone(),
        refund_id: claim.refund_id,
        lines: units(&claim.lines),
        created_at: claim.created_at,
        updated_at: claim.updated_at,
        actions: actions::of_claim(claim, reader),
    }
}

pub(super) fn shop_step(step: &StepRecord) -> TimelineEntry {
    TimelineEntry {
        seq: step.seq,
        kind: step.kind.clone(),
        from_state: step.from_state,
        to_state: step.to_state,
        at: step.created_at,
        actor: step.actor.clone(),
    }
}

/// What a step is about, with ids in the form that the API has.
fn shown_detail(detail: &Value) -> Value {
    match detail {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| {
                (
                    name.clone(),
                    shown_id(name, value).unwrap_or_else(|| shown_detail(value)),
                )
            })
            .collect(),
        Value::Array(items) => items.iter().map(shown_detail).collect(),
        other => other.clone(),
    }
}

fn shown_id(name: &str, value: &Value) -> Option<Value> {
    let id: Uuid = value.as_str()?.parse().ok()?;
    let text = match name {
        "shipment_id" => ShipmentId::from(id).to_string(),
        "refund_id" => RefundId::from(id).to_string(),
        "return_id" => ReturnId::from(id).to_string(),
        "claim_id" => ClaimId::from(id).to_string(),
        "line_id" | "replaces_line_id" => OrderLineId::from(id).to_string(),
        "invoice_id" => InvoiceId::from(id).to_string(),
        _ => return None,
    };
    Some(text.into())
}

pub(super) fn admin_step(step: &StepRecord) -> AdminTimelineEntry {
    AdminTimelineEntry {
        seq: step.seq,
        kind: step.kind.clone(),
        from_state: step.from_state,
        to_state: step.to_state,
        at: step.created_at,
        actor: step.actor.clone(),
        actor_id: step.actor_id,
        reason: step.reason.clone(),
        detail: shown_detail(&step.detail),
    }
}
