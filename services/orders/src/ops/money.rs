//! Moving the money of an order, in the transaction of a change.

use contract_checkout::{
    CaptureError, OperationKind, OperationState, RefundDestination, RefundError, VoidError,
};
use kernel::{ClaimId, OperationId, RefundId, ReturnId};
use serde_json::json;

use super::change::Change;
use crate::domain::refund::Draft;
use crate::domain::refusal::Refusal;
use crate::domain::states::{ClaimState, RefundState};
use crate::domain::words::{RefundCause, Resolution};
use crate::error::Error;
use crate::store;
use crate::store::progress::Move;
use crate::store::refunds::NewRefund;

/// A refund to be opened.
#[derive(Debug)]
pub struct Opening<'a> {
    /// What goes back.
    pub draft: &'a Draft,
    /// What causes it.
    pub cause: RefundCause,
    /// Where it goes.
    pub destination: RefundDestination,
    /// Why.
    pub reason: &'a str,
    /// What it comes from.
    pub link: Option<Link<'a>>,
}

/// What a refund comes from, and what becomes of that.
#[derive(Debug, Clone, Copy)]
pub enum Link<'a> {
    /// A return, which waits for the money.
    Return(ReturnId),
    /// A claim that is approved by it.
    Claim {
        /// The claim.
        claim_id: ClaimId,
        /// How it is made good.
        resolution: Resolution,
        /// Why.
        reason: Option<&'a str>,
    },
}

/// Opens a refund: counts its units and amounts, and asks checkout for the money, or a second person where it is a lot.
/// A cancellation needs none: what it gives back is decided by the cancellation.
pub async fn open_refund(
    change: &mut Change<'_>,
    opening: &Opening<'_>,
) -> Result<RefundId, Error> {
    let refund_id = RefundId::generate();
    let order_id = change.order.order_id;
    let draft = opening.draft;
    let amount_minor = draft.amount_minor();
    let second = opening.cause != RefundCause::Cancellation
        && amount_minor > change.policy.approval_over_minor;
    let state = if second {
        RefundState::AwaitingApproval
    } else {
        RefundState::Requested
    };
    let requested_by = change.staff_id();
    let new = NewRefund {
        refund_id,
        order_id,
        state,
        cause: opening.cause,
        draft,
        destination: opening.destination,
        reason: opening.reason,
        requested_by,
    };
    store::refunds::insert_refund(change.conn(), &new).await?;
    for line in &draft.lines {
        let by = Move {
            refunded: line.quantity,
            refunded_minor: line.amount_minor,
            given_tax_minor: line.tax_minor,
            ..Move::default()
        };
        store::progress::update_progress(change.conn(), line.line_id, by).await?;
    }
    if draft.shipping_minor > 0 {
        store::progress::update_shipping_refunded(change.conn(), order_id, draft.shipping_minor)
            .await?;
    }
    match opening.link {
        Some(Link::Return(return_id)) => {
            store::returns::update_refund(change.conn(), return_id, refund_id).await?;
        }
        Some(Link::Claim {
            claim_id,
            resolution,
            reason,
        }) => {
            let (to, how, refund) = (ClaimState::Approved, Some(resolution), Some(refund_id));
            store::claims::update_decided(change.conn(), claim_id, to, how, refund, reason).await?;
        }
        None => {}
    }
    let kind = if second {
        "refund.awaiting_approval"
    } else {
        "refund.requested"
    };
    let detail = json!({"refund_id": refund_id.uuid(), "amount_minor": amount_minor, "cause": opening.cause});
    change.step(kind, Some(opening.reason), detail).await?;
    if !second {
        ask_for_refund(change, refund_id, amount_minor, opening.destination).await?;
    }
    Ok(refund_id)
}

/// Asks checkout for the money of a refund. What needs no provider is done at once.
pub async fn ask_for_refund(
    change: &mut Change<'_>,
    refund_id: RefundId,
    amount_minor: i64,
    destination: RefundDestination,
) -> Result<(), Error> {
    let (order_id, staff) = (change.order.order_id, change.staff_id());
    let asked = contract_checkout::request_refund(
        change.conn(),
        refund_id,
        order_id,
        amount_minor,
        destination,
        staff,
    );
    let done = match asked.await {
        Ok(done) => done,
        Err(RefundError::MoreThanLeft { left }) => {
            let left = change.order.money(left)?;
            return Err(Refusal::RefundTooMuch { left }.into());
        }
        Err(RefundError::NoStoreCreditForGuest) => return Err(Refusal::NoStoreCredit.into()),
        Err(RefundError::Database(error)) => return Err(error.into()),
    };
    // A gift card's part is back already, even where the card's part follows.
    record_sums(change).await?;
    if done {
        store::refunds::record_succeeded(change.conn(), refund_id).await?;
    }
    Ok(())
}

/// Writes down what the payment adds up to now.
pub async fn record_sums(change: &mut Change<'_>) -> Result<(), Error> {
    let order_id = change.order.order_id;
    let sums = contract_checkout::payment_sums(change.conn(), order_id).await?;
    store::refunds::record_sums(change.conn(), order_id, sums).await?;
    Ok(())
}

/// Whether a capture was asked for and is not through.
pub async fn capture_under_way(change: &mut Change<'_>) -> Result<bool, Error> {
    let order_id = change.order.order_id;
    let payments = contract_checkout::order_payments(change.conn(), order_id).await?;
    let open = |state| matches!(state, OperationState::Requested | OperationState::Submitted);
    Ok(payments
        .operations
        .iter()
        .any(|o| o.kind == OperationKind::Capture && open(o.state)))
}

/// Asks for the capture of `amount_minor`; what is left of the authorisation is let go.
pub async fn ask_for_capture(change: &mut Change<'_>, amount_minor: i64) -> Result<(), Error> {
    let (order_id, staff) = (change.order.order_id, change.staff_id());
    let operation = OperationId::generate();
    let asked = contract_checkout::request_capture(
        change.conn(),
        operation,
        order_id,
        Some(amount_minor),
        staff,
    )
    .await;
    match asked {
        Ok(()) => {}
        Err(CaptureError::NothingToCapture) => return Err(Refusal::NothingToCapture.into()),
        Err(CaptureError::MoreThanAuthorised { most }) => {
            let most = change.order.money(most)?;
            return Err(Refusal::CaptureTooMuch { most }.into());
        }
        Err(CaptureError::Database(error)) => return Err(error.into()),
    }
    change
        .step(
            "payment.capture_requested",
            None,
            json!({"amount_minor": amount_minor}),
        )
        .await
}

/// Asks for the end of the authorisation.
pub async fn ask_for_void(change: &mut Change<'_>) -> Result<(), Error> {
    let (order_id, staff) = (change.order.order_id, change.staff_id());
    match contract_checkout::request_void(change.conn(), OperationId::generate(), order_id, staff)
        .await
    {
        Ok(_) => Ok(()),
        Err(VoidError::CaptureUnderWay) => Err(Refusal::CaptureUnderWay.into()),
        Err(VoidError::Database(error)) => Err(error.into()),
    }
}
