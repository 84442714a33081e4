//! Asking for a refund.

use contract_auth::permission::ORDERS_REFUND_GOODWILL;
use contract_checkout::RefundDestination;
use kernel::Money;
use serde_json::{Value, json};

use super::change::{Act, Change, check_reason};
use super::money::{self, Opening};
use crate::domain::refund::{Asked, draft};
use crate::domain::refusal::Refusal;
use crate::domain::words::RefundCause;
use crate::error::Error;

/// Gives money back: of lines, of shipping, and beyond.
#[derive(Debug)]
pub struct OpenRefund {
    /// Of lines.
    pub lines: Vec<Asked>,
    /// Of shipping, tax in it.
    pub shipping: Option<Money>,
    /// Beyond lines and shipping; needs a permission of its own.
    pub goodwill: Option<Money>,
    /// Where it goes.
    pub destination: RefundDestination,
    /// Why.
    pub reason: String,
}

impl Act for OpenRefund {
    const OPERATION: &'static str = "refund.request";

    async fn apply(&self, change: &mut Change<'_>) -> Result<(), Error> {
        check_reason(&self.reason)?;
        let amounts = [("/shipping", self.shipping), ("/goodwill", self.goodwill)];
        for (name, amount) in amounts {
            check_amount(change, name, amount)?;
        }
        for (place, line) in self.lines.iter().enumerate() {
            check_amount(change, &format!("/lines/{place}/amount"), line.amount)?;
            if line.quantity.is_none() && line.amount.is_none() {
                return Err(Refusal::field(
                    format!("/lines/{place}"),
                    "a quantity, an amount, or both",
                )
                .into());
            }
        }
        if self.goodwill.is_some() {
            let staff = change.staff().ok_or(Error::NotFound)?;
            staff.require(ORDERS_REFUND_GOODWILL)?;
        }
        let minor = |amount: Option<Money>| amount.map_or(0, Money::minor);
        let draft = draft(
            &change.order,
            &self.lines,
            minor(self.shipping),
            minor(self.goodwill),
        )?;
        let opening = Opening {
            draft: &draft,
            cause: RefundCause::Staff,
            destination: self.destination,
            reason: &self.reason,
            link: None,
        };
        let refund_id = money::open_refund(change, &opening).await?;
        let after = json!({"amount_minor": draft.amount_minor(), "goodwill_minor": draft.goodwill_minor, "destination": self.destination});
        let object = ("refund", refund_id.to_string());
        change
            .audit(
                Self::OPERATION,
                object,
                Value::Null,
                after,
                Some(&self.reason),
            )
            .await
    }
}

fn check_amount(change: &Change<'_>, name: &str, amount: Option<Money>) -> Result<(), Refusal> {
    match amount {
        Some(amount) if amount.currency() != change.order.currency => Err(Refusal::field(
            format!("{name}/currency"),
            "not the order's currency",
        )),
        Some(amount) if amount.minor() < 1 => {
            Err(Refusal::field(format!("{name}/amount"), "at least 1"))
        }
        _ => Ok(()),
    }
}
