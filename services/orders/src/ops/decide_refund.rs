//! Refunds that wait for a second person, and refunds that failed.

use common::db;
use contract_checkout::RefundError;
use kernel::RefundId;
use serde_json::json;

use super::change::{Act, Change, check_reason};
use super::money;
use crate::domain::record::RefundRecord;
use crate::domain::refusal::Refusal;
use crate::domain::states::RefundState;
use crate::error::Error;
use crate::store;

fn find(change: &Change<'_>, refund_id: RefundId, to: RefundState) -> Result<RefundRecord, Error> {
    let refund = change
        .order
        .refund(refund_id)
        .ok_or(Error::NotFound)?
        .clone();
    refund.state.check(to)?;
    Ok(refund)
}

async fn log(
    change: &mut Change<'_>,
    action: &str,
    refund: &RefundRecord,
    to: RefundState,
    reason: Option<&str>,
) -> Result<(), Error> {
    let (before, after) = (json!({"state": refund.state}), json!({"state": to}));
    let object = ("refund", refund.refund_id.to_string());
    change.audit(action, object, before, after, reason).await
}

/// A second person agrees: the money is asked for.
#[derive(Debug)]
pub struct Approve(pub RefundId);

impl Act for Approve {
    const OPERATION: &'static str = "refund.approve";

    async fn apply(&self, change: &mut Change<'_>) -> Result<(), Error> {
        let refund = change.order.refund(self.0).ok_or(Error::NotFound)?.clone();
        let (from, to) = (RefundState::AwaitingApproval, RefundState::Requested);
        if refund.state != from {
            // A failed refund is tried again, not approved.
            return Err(Refusal::Transition {
                object: "refund",
                state: refund.state.as_str(),
                allowed: Vec::new(),
            }
            .into());
        }
        let staff = change.staff_id();
        if staff == refund.requested_by {
            return Err(Refusal::SamePerson.into());
        }
        match store::refunds::update_state(change.conn(), self.0, from, to, staff).await {
            Ok(_) => {}
            Err(error) if db::constraint(&error) == Some("refund_two_people_check") => {
                return Err(Refusal::SamePerson.into());
            }
            Err(error) => return Err(error.into()),
        }
        let detail = json!({"refund_id": self.0.uuid(), "amount_minor": refund.amount_minor});
        change.step("refund.approved", None, detail).await?;
        money::ask_for_refund(change, self.0, refund.amount_minor, refund.destination).await?;
        log(change, Self::OPERATION, &refund, to, None).await
    }
}

/// A second person does not agree.
#[derive(Debug)]
pub struct Deny {
    /// The refund.
    pub refund_id: RefundId,
    /// Why.
    pub reason: String,
}

impl Act for Deny {
    const OPERATION: &'static str = "refund.deny";

    async fn apply(&self, change: &mut Change<'_>) -> Result<(), Error> {
        check_reason(&self.reason)?;
        end(
            change,
            self.refund_id,
            RefundState::Denied,
            (Self::OPERATION, "refund.denied"),
            &self.reason,
        )
        .await
    }
}

/// A failed refund is given up: its units and amounts may be refunded again.
#[derive(Debug)]
pub struct Abandon {
    /// The refund.
    pub refund_id: RefundId,
    /// Why.
    pub reason: String,
}

impl Act for Abandon {
    const OPERATION: &'static str = "refund.abandon";

    async fn apply(&self, change: &mut Change<'_>) -> Result<(), Error> {
        check_reason(&self.reason)?;
        end(
            change,
            self.refund_id,
            RefundState::Abandoned,
            (Self::OPERATION, "refund.abandoned"),
            &self.reason,
        )
        .await
    }
}

async fn end(
    change: &mut Change<'_>,
    refund_id: RefundId,
    to: RefundState,
    (action, kind): (&str, &str),
    reason: &str,
) -> Result<(), Error> {
    let refund = find(change, refund_id, to)?;
    store::refunds::update_state(change.conn(), refund_id, refund.state, to, None).await?;
    store::refunds::uncount_refund(change.conn(), refund_id).await?;
    change
        .step(kind, Some(reason), json!({"refund_id": refund_id.uuid()}))
        .await?;
    log(change, action, &refund, to, Some(reason)).await
}

/// A failed refund is tried again.
#[derive(Debug)]
pub struct Retry(pub RefundId);

impl Act for Retry {
    const OPERATION: &'static str = "refund.retry";

    async fn apply(&self, change: &mut Change<'_>) -> Result<(), Error> {
        let refund = change.order.refund(self.0).ok_or(Error::NotFound)?.clone();
        if refund.state != RefundState::Failed {
            return Err(Refusal::Transition {
                object: "refund",
                state: refund.state.as_str(),
                allowed: refund
                    .state
                    .next()
                    .iter()
                    .map(|state| state.as_str())
                    .collect(),
            }
            .into());
        }
        let to = RefundState::Requested;
        store::refunds::update_state(change.conn(), self.0, refund.state, to, None).await?;
        change
            .step("refund.retried", None, json!({"refund_id": self.0.uuid()}))
            .await?;
        match contract_checkout::retry_refund(change.conn(), self.0).await {
            Ok(true) => {}
            Ok(false) => return Err(Refusal::NothingToRefund.into()),
            Err(RefundError::MoreThanLeft { left }) => {
                let left = change.order.money(left)?;
                return Err(Refusal::RefundTooMuch { left }.into());
            }
            Err(RefundError::NoStoreCreditForGuest) => return Err(Refusal::NoStoreCredit.into()),
            Err(RefundError::Database(error)) => return Err(error.into()),
        }
        log(change, Self::OPERATION, &refund, to, None).await
    }
}
