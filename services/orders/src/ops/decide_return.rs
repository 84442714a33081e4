//! What becomes of a return before the goods are back, and its end.

use kernel::ReturnId;
use serde_json::json;

use super::change::{Act, Change, check_reason};
use crate::domain::record::{ReturnRecord, Units};
use crate::domain::refusal::Refusal;
use crate::domain::states::ReturnState;
use crate::error::Error;
use crate::store;
use crate::store::progress::Move;

/// The longest text about a parcel, in characters.
const TEXT_CHARS_MAX: usize = 200;

async fn step(
    change: &mut Change<'_>,
    return_id: ReturnId,
    to: ReturnState,
    (action, kind): (&str, &str),
    reason: Option<&str>,
) -> Result<ReturnRecord, Error> {
    let back = change
        .order
        .find_return(return_id)
        .ok_or(Error::NotFound)?
        .clone();
    back.state.check(to)?;
    store::returns::update_state(change.conn(), return_id, back.state, to, reason).await?;
    change
        .step(kind, reason, json!({"return_id": return_id.uuid()}))
        .await?;
    let (before, after) = (json!({"state": back.state}), json!({"state": to}));
    change
        .audit(
            action,
            ("return", return_id.to_string()),
            before,
            after,
            reason,
        )
        .await?;
    Ok(back)
}

/// Units that were expected and do not come are with the shopper again.
async fn stop_expecting(change: &mut Change<'_>, back: &ReturnRecord) -> Result<(), Error> {
    let missing: Vec<Units> = back
        .lines
        .iter()
        .map(|line| Units {
            line_id: line.line_id,
            quantity: line.quantity - line.received,
        })
        .collect();
    let by = |units: i32| Move {
        coming_back: -units,
        ..Move::default()
    };
    store::progress::update_units(change.conn(), &missing, by).await?;
    Ok(())
}

/// The goods may be sent.
#[derive(Debug)]
pub struct Approve(pub ReturnId);

impl Act for Approve {
    const OPERATION: &'static str = "return.approve";

    async fn apply(&self, change: &mut Change<'_>) -> Result<(), Error> {
        let names = (Self::OPERATION, "return.approved");
        step(change, self.0, ReturnState::Approved, names, None)
            .await
            .map(drop)
    }
}

/// The goods may not be sent.
#[derive(Debug)]
pub struct Reject {
    /// The return.
    pub return_id: ReturnId,
    /// Why; the shopper reads it.
    pub reason: String,
}

impl Act for Reject {
    const OPERATION: &'static str = "return.reject";

    async fn apply(&self, change: &mut Change<'_>) -> Result<(), Error> {
        check_reason(&self.reason)?;
        let names = (Self::OPERATION, "return.rejected");
        let back = step(
            change,
            self.return_id,
            ReturnState::Rejected,
            names,
            Some(&self.reason),
        )
        .await?;
        stop_expecting(change, &back).await
    }
}

/// Given up before anything was sent.
#[derive(Debug)]
pub struct CancelReturn {
    /// The return.
    pub return_id: ReturnId,
    /// Why.
    pub reason: Option<String>,
}

impl Act for CancelReturn {
    const OPERATION: &'static str = "return.cancel";

    async fn apply(&self, change: &mut Change<'_>) -> Result<(), Error> {
        let reason = self.reason.as_deref();
        reason.map(check_reason).transpose()?;
        let names = (Self::OPERATION, "return.cancelled");
        let back = step(
            change,
            self.return_id,
            ReturnState::Cancelled,
            names,
            reason,
        )
        .await?;
        stop_expecting(change, &back).await
    }
}

/// Done; what did not come is not expected any more.
#[derive(Debug)]
pub struct Close {
    /// The return.
    pub return_id: ReturnId,
    /// Why.
    pub reason: Option<String>,
}

impl Act for Close {
    const OPERATION: &'static str = "return.close";

    async fn apply(&self, change: &mut Change<'_>) -> Result<(), Error> {
        let reason = self.reason.as_deref();
        reason.map(check_reason).transpose()?;
        let names = (Self::OPERATION, "return.closed");
        let back = step(change, self.return_id, ReturnState::Closed, names, reason).await?;
        stop_expecting(change, &back).await
    }
}

/// The shopper has sent the goods.
#[derive(Debug)]
pub struct SendReturn {
    /// The return.
    pub return_id: ReturnId,
    /// Who carries it.
    pub carrier: Option<String>,
    /// The carrier's number.
    pub tracking_number: Option<String>,
}

impl Act for SendReturn {
    const OPERATION: &'static str = "return.send";

    async fn apply(&self, change: &mut Change<'_>) -> Result<(), Error> {
        for (name, text) in [
            ("/carrier", &self.carrier),
            ("/tracking_number", &self.tracking_number),
        ] {
            let bad = |text: &String| {
                text.trim().is_empty()
                    || text.chars().count() > TEXT_CHARS_MAX
                    || text.contains('\0')
            };
            if text.as_ref().is_some_and(bad) {
                return Err(Refusal::field(name, "a text of 1 to 200 characters").into());
            }
        }
        let names = (Self::OPERATION, "return.in_transit");
        step(change, self.return_id, ReturnState::InTransit, names, None).await?;
        let (carrier, number) = (self.carrier.as_deref(), self.tracking_number.as_deref());
        store::returns::update_tracking(change.conn(), self.return_id, carrier, number).await?;
        Ok(())
    }
}
