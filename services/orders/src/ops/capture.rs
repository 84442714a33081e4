//! Taking an authorised payment.

use contract_orders::OrderState;
use kernel::Money;
use serde_json::{Value, json};

use super::change::{Act, Change};
use super::money;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::store;

/// Takes what is authorised less what was cancelled, or less than that: the rest is let go for good.
#[derive(Debug)]
pub struct Capture {
    /// How much; all of it if not given.
    pub amount: Option<Money>,
}

impl Act for Capture {
    const OPERATION: &'static str = "payment.capture";

    async fn apply(&self, change: &mut Change<'_>) -> Result<(), Error> {
        let order = &change.order;
        if !matches!(
            order.state,
            OrderState::Placed | OrderState::OnHold | OrderState::Completed
        ) {
            return Err(Refusal::OrderState(order.state.as_str()).into());
        }
        let (order_id, most, currency) = (order.order_id, order.capturable_minor(), order.currency);
        if most == 0 {
            return Err(Refusal::NothingToCapture.into());
        }
        if money::capture_under_way(change).await? {
            return Err(Refusal::CaptureUnderWay.into());
        }
        let amount = match self.amount {
            None => most,
            Some(amount) if amount.currency() != currency => {
                return Err(Refusal::field("/amount/currency", "not the order's currency").into());
            }
            Some(amount) if amount.minor() < 1 => {
                return Err(Refusal::field("/amount/amount", "at least 1").into());
            }
            Some(amount) if amount.minor() > most => {
                let most = change.order.money(most)?;
                return Err(Refusal::CaptureTooMuch { most }.into());
            }
            Some(amount) => amount.minor(),
        };
        if amount < most {
            store::progress::update_cancelled(change.conn(), order_id, most - amount).await?;
        }
        money::ask_for_capture(change, amount).await?;
        let after = json!({"amount_minor": amount, "let_go_minor": most - amount});
        change
            .audit_order(Self::OPERATION, Value::Null, after, None)
            .await
    }
}
