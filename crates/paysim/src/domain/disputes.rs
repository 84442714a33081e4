//! Disputes: opened by the card's holder, answered or accepted by the shop, decided by the bank.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    cards::Complaint,
    error::ApiError,
    ids,
    model::{Charge, Dispute, DisputeStatus, Movement},
    state::Record,
    store::Tx,
};

/// What Stripe takes for a dispute, in minor units.
const FEE: i64 = 1500;

/// The holder of the card complains about a charge. Nothing happens when all of it was refunded.
pub(super) fn open(tx: &mut Tx<'_>, mut charge: Charge, complaint: Complaint) {
    charge.settle_at_ms = None;
    let amount = charge.refundable();
    if amount == 0 {
        tx.put(Record::Charge(charge));
        return;
    }
    let mut dispute = Dispute {
        id: ids::generate("du"),
        charge: charge.id.clone(),
        payment_intent: charge.payment_intent.clone(),
        card_brand: charge.card.brand.clone(),
        amount,
        currency: charge.currency.clone(),
        created: tx.now(),
        reason: complaint.reason.to_owned(),
        status: DisputeStatus::WarningNeedsResponse,
        evidence: BTreeMap::new(),
        submissions: 0,
        metadata: BTreeMap::new(),
        movements: Vec::new(),
        settle_at_ms: None,
    };
    if !complaint.inquiry {
        withdraw(tx, &mut dispute);
    }
    charge.disputed = true;
    tx.put(Record::Charge(charge));
    tx.put_dispute(&dispute, "charge.dispute.created");
    if !complaint.inquiry {
        tx.emit("charge.dispute.funds_withdrawn", dispute.view());
    }
}

/// What the shop says.
#[derive(Debug, Default)]
pub(crate) struct Response {
    pub(crate) evidence: BTreeMap<String, String>,
    pub(crate) metadata: BTreeMap<String, String>,
    /// Whether the bank gets it now.
    pub(crate) submit: bool,
}

/// Keeps evidence, and gives it to the bank if told so. The text `winning_evidence` or
/// `losing_evidence` decides the dispute after `review`, `escalate_inquiry_evidence` makes an
/// inquiry a chargeback.
pub(crate) fn respond(
    tx: &mut Tx<'_>,
    id: &str,
    response: Response,
    review: Duration,
) -> Result<Dispute, ApiError> {
    let mut dispute = get(tx, id)?;
    if !response.evidence.is_empty() && !dispute.status.is_open() {
        return Err(closed(&dispute));
    }
    dispute.metadata.extend(response.metadata);
    let says_something = !response.evidence.is_empty();
    dispute.evidence.extend(response.evidence);
    if response.submit && says_something {
        dispute.submissions += 1;
        dispute.status = if dispute.status.is_inquiry() {
            DisputeStatus::WarningUnderReview
        } else {
            DisputeStatus::UnderReview
        };
        if verdict(&dispute).is_some() {
            dispute.settle_at_ms = Some(tx.after(review));
        }
    }
    tx.put_dispute(&dispute, "charge.dispute.updated");
    Ok(dispute)
}

/// The shop gives in.
pub(crate) fn close(tx: &mut Tx<'_>, id: &str) -> Result<Dispute, ApiError> {
    let mut dispute = get(tx, id)?;
    if !dispute.status.is_open() {
        return Err(closed(&dispute));
    }
    dispute.status = if dispute.status.is_inquiry() {
        DisputeStatus::WarningClosed
    } else {
        DisputeStatus::Lost
    };
    tx.put_dispute(&dispute, "charge.dispute.closed");
    Ok(dispute)
}

/// The bank decides.
pub(super) fn decide(tx: &mut Tx<'_>, mut dispute: Dispute) {
    dispute.settle_at_ms = None;
    let inquiry = dispute.status.is_inquiry();
    match verdict(&dispute) {
        Some(Verdict::Escalated) if inquiry => {
            withdraw(tx, &mut dispute);
            tx.put_dispute(&dispute, "charge.dispute.updated");
            tx.emit("charge.dispute.funds_withdrawn", dispute.view());
        }
        Some(_) if inquiry => {
            dispute.status = DisputeStatus::WarningClosed;
            tx.put_dispute(&dispute, "charge.dispute.closed");
        }
        Some(Verdict::Won) => {
            dispute.status = DisputeStatus::Won;
            dispute.movements.push(Movement {
                id: ids::generate("txn"),
                amount: dispute.amount,
                fee: 0,
                created: tx.now(),
            });
            tx.put_dispute(&dispute, "charge.dispute.closed");
            tx.emit("charge.dispute.funds_reinstated", dispute.view());
        }
        Some(Verdict::Lost) => {
            dispute.status = DisputeStatus::Lost;
            tx.put_dispute(&dispute, "charge.dispute.closed");
        }
        Some(Verdict::Escalated) | None => tx.put(Record::Dispute(dispute)),
    }
}

/// The dispute with this id.
fn get(tx: &Tx<'_>, id: &str) -> Result<Dispute, ApiError> {
    let dispute = tx.state.disputes.get(id).cloned();
    dispute.ok_or_else(|| ApiError::missing("dispute", id, "dispute"))
}

fn closed(dispute: &Dispute) -> ApiError {
    ApiError::invalid(format!("This dispute is already closed: {}", dispute.id)).executed()
}

fn withdraw(tx: &Tx<'_>, dispute: &mut Dispute) {
    dispute.status = DisputeStatus::NeedsResponse;
    dispute.movements.push(Movement {
        id: ids::generate("txn"),
        amount: -dispute.amount,
        fee: FEE,
        created: tx.now(),
    });
}

enum Verdict {
    Won,
    Lost,
    Escalated,
}

fn verdict(dispute: &Dispute) -> Option<Verdict> {
    match dispute.evidence.get("uncategorized_text")?.as_str() {
        "winning_evidence" => Some(Verdict::Won),
        "losing_evidence" => Some(Verdict::Lost),
        "escalate_inquiry_evidence" => Some(Verdict::Escalated),
        _ => None,
    }
}
