//! Refunds. Those not yet settled count, so the sum never exceeds what was captured.

use std::{collections::BTreeMap, time::Duration};

use http::StatusCode;

use super::money;
use crate::{
    cards::{Behaviour, RefundCourse},
    error::ApiError,
    ids,
    model::{Charge, Refund, RefundStatus},
    store::Tx,
};

/// A request for a refund.
#[derive(Debug)]
pub(crate) struct NewRefund {
    pub(crate) target: Target,
    /// Minor units; everything that is left when not given.
    pub(crate) amount: Option<i64>,
    pub(crate) reason: Option<String>,
    pub(crate) metadata: BTreeMap<String, String>,
}

/// What is refunded.
#[derive(Debug)]
pub(crate) enum Target {
    Intent(String),
    Charge(String),
}

/// Gives money back; `settle` is how long a slow refund takes.
pub(crate) fn create(
    tx: &mut Tx<'_>,
    new: NewRefund,
    settle: Duration,
) -> Result<Refund, ApiError> {
    let mut charge = captured_charge(tx, &new.target)?;
    let taken_back = tx
        .state
        .disputes_of(&charge.id)
        .any(|dispute| !dispute.allows_refund());
    if taken_back {
        return Err(ApiError::invalid(format!(
            "Charge {} has been charged back; cannot issue a refund.",
            charge.id
        ))
        .code("charge_disputed")
        .executed());
    }
    let left = charge.refundable();
    if left == 0 {
        return Err(
            ApiError::invalid(format!("Charge {} has already been refunded.", charge.id))
                .code("charge_already_refunded")
                .executed(),
        );
    }
    let amount = new.amount.unwrap_or(left);
    if amount < 1 {
        return Err(ApiError::invalid("Invalid positive integer")
            .code("parameter_invalid_integer")
            .param("amount"));
    }
    if amount > left {
        return Err(ApiError::invalid(format!(
            "Refund amount ({}) is greater than unrefunded amount on charge ({})",
            money::shown(amount, &charge.currency),
            money::shown(left, &charge.currency),
        ))
        .param("amount")
        .executed());
    }
    let course = course(tx, &charge);
    let refund = Refund {
        id: ids::generate("re"),
        charge: charge.id.clone(),
        payment_intent: charge.payment_intent.clone(),
        balance_transaction: ids::generate("txn"),
        amount,
        currency: charge.currency.clone(),
        created: tx.now(),
        reason: new.reason,
        status: match course {
            RefundCourse::SucceedsLater => RefundStatus::Pending,
            RefundCourse::Succeeds | RefundCourse::FailsLater => RefundStatus::Succeeded,
        },
        failure_reason: None,
        failure_balance_transaction: None,
        metadata: new.metadata,
        settle_at_ms: (course != RefundCourse::Succeeds).then(|| tx.after(settle)),
    };
    charge.amount_refunded += amount;
    tx.put_refund(&refund, "refund.created");
    tx.put_charge(&charge, "charge.refunded");
    Ok(refund)
}

/// Changes what the shop keeps with a refund.
pub(crate) fn update(
    tx: &mut Tx<'_>,
    id: &str,
    metadata: BTreeMap<String, String>,
) -> Result<Refund, ApiError> {
    let refund = tx.state.refunds.get(id).cloned();
    let mut refund = refund.ok_or_else(|| ApiError::missing("refund", id, "id"))?;
    refund.metadata.extend(metadata);
    tx.put_refund(&refund, "refund.updated");
    Ok(refund)
}

/// Gives the bank's final answer to a refund.
pub(super) fn finish(tx: &mut Tx<'_>, mut refund: Refund) {
    refund.settle_at_ms = None;
    let charge = tx.state.charges.get(&refund.charge).cloned();
    match charge {
        Some(mut charge) if course(tx, &charge) == RefundCourse::FailsLater => {
            refund.status = RefundStatus::Failed;
            refund.failure_reason = Some("unknown".to_owned());
            refund.failure_balance_transaction = Some(ids::generate("txn"));
            charge.amount_refunded -= refund.amount;
            tx.put_refund(&refund, "refund.failed");
            tx.put_charge(&charge, "charge.updated");
        }
        _ => refund.status = RefundStatus::Succeeded,
    }
    tx.put_refund(&refund, "refund.updated");
    tx.emit("charge.refund.updated", refund.view());
}

fn course(tx: &Tx<'_>, charge: &Charge) -> RefundCourse {
    let method = tx.state.payment_methods.get(&charge.payment_method);
    method
        .map_or(Behaviour::Approve, |method| method.behaviour)
        .refund_course()
}

fn captured_charge(tx: &Tx<'_>, target: &Target) -> Result<Charge, ApiError> {
    let charge = match target {
        Target::Charge(id) => {
            let charge = tx.state.charges.get(id);
            charge.ok_or_else(|| missing("charge", id, "charge"))?
        }
        Target::Intent(id) => {
            let intent = tx.state.intents.get(id);
            let intent = intent.ok_or_else(|| missing("payment_intent", id, "payment_intent"))?;
            let charge = intent
                .latest_charge
                .as_ref()
                .and_then(|id| tx.state.charges.get(id));
            charge.ok_or_else(|| not_refundable(id))?
        }
    };
    if charge.captured() {
        Ok(charge.clone())
    } else {
        Err(not_refundable(&charge.payment_intent))
    }
}

/// A missing object that a parameter names is a bad request, not a missing page.
fn missing(what: &str, id: &str, param: &str) -> ApiError {
    ApiError::missing(what, id, param).with_status(StatusCode::BAD_REQUEST)
}

fn not_refundable(intent: &str) -> ApiError {
    ApiError::unexpected_state(format!(
        "This PaymentIntent ({intent}) does not have a successful charge to refund."
    ))
    .param("payment_intent")
}
