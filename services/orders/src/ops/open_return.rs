//! Opening a return: by the shopper within the rules, or by staff.

use contract_catalog::Quote;
use kernel::{ReturnId, VariantId};
use serde_json::{Value, json};

use super::change::{Act, Change};
use crate::domain::allowed::{check_return, check_units};
use crate::domain::record::{LineRecord, Units};
use crate::domain::refusal::{Refusal, Use};
use crate::domain::states::ReturnState;
use crate::domain::words::ReturnKind;
use crate::error::Error;
use crate::store;
use crate::store::progress::Move;
use crate::store::returns::{NewReturn, NewReturnLine};

/// The longest comment, in characters.
const COMMENT_CHARS_MAX: usize = 2000;

/// Goods are to come back.
#[derive(Debug)]
pub struct OpenReturn {
    /// What for.
    pub kind: ReturnKind,
    /// What comes back.
    pub lines: Vec<NewReturnLine>,
    /// What the shopper writes.
    pub comment: Option<String>,
}

impl OpenReturn {
    fn units(&self) -> Vec<Units> {
        let units = |line: &NewReturnLine| Units {
            line_id: line.line_id,
            quantity: line.quantity,
        };
        self.lines.iter().map(units).collect()
    }

    fn check(&self) -> Result<(), Refusal> {
        let long = |text: &String| text.chars().count() > COMMENT_CHARS_MAX;
        if self.comment.as_ref().is_some_and(long) {
            return Err(Refusal::field("/comment", "at most 2000 characters"));
        }
        for (place, line) in self.lines.iter().enumerate() {
            let pointer = || format!("/lines/{place}/exchange_variant_id");
            match (self.kind, line.exchange_variant_id) {
                (ReturnKind::Exchange, None) => {
                    return Err(Refusal::field(pointer(), "what is wanted instead"));
                }
                (ReturnKind::Return, Some(_)) => {
                    return Err(Refusal::field(pointer(), "only in an exchange"));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// What a line may be exchanged for: a variant of the same product that costs no more than was paid.
pub(super) async fn exchange_quotes(
    change: &mut Change<'_>,
    wanted: &[(kernel::OrderLineId, VariantId)],
) -> Result<Vec<Quote>, Error> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let mut ids: Vec<VariantId> = wanted.iter().map(|(_, variant_id)| *variant_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let currency = change.order.currency;
    let quotes = contract_catalog::quote::list_quotes(change.conn(), &ids, currency).await?;
    for (line_id, variant_id) in wanted {
        let line = change.order.line(*line_id, "/lines")?;
        let paid = change.order.paid_line(line);
        let fits = quotes
            .iter()
            .find(|quote| quote.variant_id == *variant_id)
            .is_some_and(|quote| {
                let same = quote.variant_id == line.variant_id;
                let alike = quote.purchasable
                    && quote.product_id == line.product_id
                    && quote.unit_price.minor() <= paid.unit_price_minor;
                same || alike
            });
        if !fits {
            return Err(Refusal::NoExchange(*line_id).into());
        }
    }
    Ok(quotes)
}

impl Act for OpenReturn {
    const OPERATION: &'static str = "return.open";

    async fn apply(&self, change: &mut Change<'_>) -> Result<(), Error> {
        self.check()?;
        let units = self.units();
        let by_staff = change.staff_id().is_some();
        if by_staff {
            check_units(&change.order, &units, Use::Return, LineRecord::out_units)?;
        } else {
            check_return(&change.order, &units, change.now, &change.policy)?;
        }
        let wanted: Vec<_> = self
            .lines
            .iter()
            .filter_map(|line| line.exchange_variant_id.map(|id| (line.line_id, id)))
            .collect();
        exchange_quotes(change, &wanted).await?;
        let (return_id, order_id) = (ReturnId::generate(), change.order.order_id);
        let state = if by_staff || change.policy.auto_approve {
            ReturnState::Approved
        } else {
            ReturnState::Requested
        };
        let new = NewReturn {
            return_id,
            order_id,
            kind: self.kind,
            state,
            comment: self.comment.as_deref(),
            opened_by: change.who().kind,
            lines: &self.lines,
        };
        store::returns::insert_return(change.conn(), &new).await?;
        let by = |units| Move {
            coming_back: units,
            ..Move::default()
        };
        store::progress::update_units(change.conn(), &units, by).await?;
        let detail = json!({"return_id": return_id.uuid(), "kind": self.kind});
        change
            .step("return.requested", None, detail.clone())
            .await?;
        if state == ReturnState::Approved {
            change.step("return.approved", None, detail).await?;
        }
        let after = json!({"state": state, "kind": self.kind});
        change
            .audit(
                Self::OPERATION,
                ("return", return_id.to_string()),
                Value::Null,
                after,
                None,
            )
            .await
    }
}
