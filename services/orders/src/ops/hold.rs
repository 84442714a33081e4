//! Holding an order back, and letting it go on.

use contract_orders::OrderState;
use serde_json::json;

use super::change::{Act, Change, check_reason};
use crate::domain::refusal::Refusal;
use crate::error::Error;

/// Holds an order back: nothing of it is shipped until it is released.
#[derive(Debug)]
pub struct Hold {
    /// Why.
    pub reason: String,
}

impl Act for Hold {
    const OPERATION: &'static str = "order.hold";

    async fn apply(&self, change: &mut Change<'_>) -> Result<(), Error> {
        check_reason(&self.reason)?;
        if change.order.state != OrderState::Placed {
            return Err(Refusal::OrderState(change.order.state.as_str()).into());
        }
        if change.order.has_shipped() {
            return Err(Refusal::Shipped.into());
        }
        let reason = Some(self.reason.as_str());
        change
            .move_to(OrderState::OnHold, "order.held", reason)
            .await?;
        let (before, after) = (json!({"state": "placed"}), json!({"state": "on_hold"}));
        change
            .audit_order(Self::OPERATION, before, after, reason)
            .await
    }
}

/// Lets an order go on.
#[derive(Debug)]
pub struct Release {
    /// Why.
    pub reason: Option<String>,
}

impl Act for Release {
    const OPERATION: &'static str = "order.release";

    async fn apply(&self, change: &mut Change<'_>) -> Result<(), Error> {
        let reason = self.reason.as_deref();
        reason.map(check_reason).transpose()?;
        if change.order.state != OrderState::OnHold {
            return Err(Refusal::OrderState(change.order.state.as_str()).into());
        }
        change
            .move_to(OrderState::Placed, "order.released", reason)
            .await?;
        let (before, after) = (json!({"state": "on_hold"}), json!({"state": "placed"}));
        change
            .audit_order(Self::OPERATION, before, after, reason)
            .await
    }
}
