//! Goods are back in the warehouse: what was counted is refunded or exchanged, and what can be sold again is.

use contract_checkout::RefundDestination;
use kernel::{LocationId, OrderLineId, Quantity, ReturnId, VariantId};
use serde_json::json;

use super::change::{Act, Change};
use super::money::{self, Link, Opening};
use super::open_return::exchange_quotes;
use super::stock;
use crate::domain::record::{ReturnLineRecord, ReturnRecord, Units};
use crate::domain::refund::draft_units;
use crate::domain::refusal::{Lacking, Refusal, Use};
use crate::domain::states::ReturnState;
use crate::domain::words::RefundCause;
use crate::error::Error;
use crate::store;
use crate::store::progress::Move;

/// Units of a line that were counted.
#[derive(Debug, Clone, Copy)]
pub struct Counted {
    /// The line.
    pub line_id: OrderLineId,
    /// Units that came.
    pub received: i32,
    /// Those of them that can be sold again.
    pub resellable: i32,
}

/// Goods came back.
#[derive(Debug)]
pub struct Receive {
    /// The return.
    pub return_id: ReturnId,
    /// What was counted.
    pub lines: Vec<Counted>,
    /// Where they lie now; the first location if not given.
    pub location_id: Option<LocationId>,
    /// Whether the money of what came goes back.
    pub refund: bool,
    /// Whether what was paid for shipping goes back as well.
    pub refund_shipping: bool,
    /// Whether what was wanted instead is sent; if not, its money goes back.
    pub exchange: bool,
}

impl Receive {
    fn check(&self, back: &ReturnRecord) -> Result<(), Refusal> {
        let mut lacking = Vec::new();
        for (place, counted) in self.lines.iter().enumerate() {
            let line = expected(back, counted.line_id)
                .ok_or_else(|| Refusal::Unknown(format!("/lines/{place}/line_id")))?;
            if counted.received < 0
                || counted.resellable < 0
                || counted.resellable > counted.received
            {
                return Err(Refusal::field(
                    format!("/lines/{place}/resellable"),
                    "between 0 and received",
                ));
            }
            let available = line.quantity - line.received;
            if counted.received > available {
                lacking.push(Lacking {
                    line_id: counted.line_id,
                    requested: counted.received,
                    available,
                });
            }
        }
        if !lacking.is_empty() {
            return Err(Refusal::Units(Use::Receive, lacking));
        }
        if self.lines.iter().all(|counted| counted.received == 0) {
            return Err(Refusal::field("/lines", "at least one unit"));
        }
        Ok(())
    }

    fn state_after(&self, back: &ReturnRecord) -> ReturnState {
        let complete = back.lines.iter().all(|line| {
            let now = self
                .lines
                .iter()
                .find(|counted| counted.line_id == line.line_id);
            line.received + now.map_or(0, |counted| counted.received) >= line.quantity
        });
        if complete {
            ReturnState::Received
        } else {
            ReturnState::PartiallyReceived
        }
    }
}

fn expected(back: &ReturnRecord, line_id: OrderLineId) -> Option<&ReturnLineRecord> {
    back.lines.iter().find(|line| line.line_id == line_id)
}

impl Act for Receive {
    const OPERATION: &'static str = "return.receive";

    async fn apply(&self, change: &mut Change<'_>) -> Result<(), Error> {
        let back = change
            .order
            .find_return(self.return_id)
            .ok_or(Error::NotFound)?
            .clone();
        let to = self.state_after(&back);
        back.state.check(to)?;
        self.check(&back)?;
        self.count(change, &back, to).await?;
        let detail = json!({"return_id": self.return_id.uuid(), "units": self.lines.iter().map(|c| c.received).sum::<i32>()});
        change.step("return.received", None, detail).await?;

        let (wanted, paid_back) = self.split(&back);
        let aside = self.replace(change, &wanted).await?;
        if self.refund {
            self.give_back(change, &paid_back).await?;
        }
        if to == ReturnState::Received && paid_back.is_empty() {
            store::returns::update_state(
                change.conn(),
                self.return_id,
                to,
                ReturnState::Closed,
                None,
            )
            .await?;
        }

        self.shelve(change, &aside).await?;
        let counted: Vec<_> = self
            .lines
            .iter()
            .map(|c| json!({"line_id": c.line_id, "received": c.received, "resellable": c.resellable}))
            .collect();
        let (before, after) = (
            json!({"state": back.state}),
            json!({"state": to, "lines": counted}),
        );
        change
            .audit(
                Self::OPERATION,
                ("return", self.return_id.to_string()),
                before,
                after,
                None,
            )
            .await
    }
}

impl Receive {
    /// Writes down what was counted.
    async fn count(
        &self,
        change: &mut Change<'_>,
        back: &ReturnRecord,
        to: ReturnState,
    ) -> Result<(), Error> {
        store::returns::update_state(change.conn(), self.return_id, back.state, to, None).await?;
        for counted in &self.lines {
            let (id, received, resellable) =
                (counted.line_id, counted.received, counted.resellable);
            store::returns::update_received(
                change.conn(),
                self.return_id,
                id,
                received,
                resellable,
            )
            .await?;
            let by = Move {
                returned: received,
                ..Move::default()
            };
            store::progress::update_progress(change.conn(), id, by).await?;
        }
        Ok(())
    }

    /// Adds lines for what is sent instead. What has to be set aside for them.
    async fn replace(
        &self,
        change: &mut Change<'_>,
        wanted: &[(Units, VariantId)],
    ) -> Result<Vec<(VariantId, Quantity)>, Error> {
        let swaps: Vec<_> = wanted
            .iter()
            .map(|(units, variant)| (units.line_id, *variant))
            .collect();
        let quotes = exchange_quotes(change, &swaps).await?;
        let mut aside: Vec<(VariantId, Quantity)> = Vec::new();
        for (units, variant_id) in wanted {
            let order_id = change.order.order_id;
            let line = change.order.line(units.line_id, "/lines")?.clone();
            let quote = quotes.iter().find(|quote| quote.variant_id == *variant_id);
            let new = store::lines::insert_replacement(
                change.conn(),
                order_id,
                &line,
                quote,
                units.quantity,
            )
            .await?;
            let quantity = Quantity::new(units.quantity)
                .map_err(|_| Error::Internal("a quantity is out of range"))?;
            aside.push((*variant_id, quantity));
            let detail = json!({"return_id": self.return_id.uuid(), "line_id": new.uuid(), "replaces_line_id": units.line_id.uuid()});
            change.step("exchange.opened", None, detail).await?;
        }
        Ok(aside)
    }

    /// What can be sold again goes back on the shelf, and what is sent instead is set aside.
    async fn shelve(
        &self,
        change: &mut Change<'_>,
        aside: &[(VariantId, Quantity)],
    ) -> Result<(), Error> {
        // Each receipt is an act of its own for the stock.
        let receipt = ReturnId::generate();
        let resellable: Vec<Units> = self
            .lines
            .iter()
            .map(|counted| Units {
                line_id: counted.line_id,
                quantity: counted.resellable,
            })
            .collect();
        stock::restock(change, receipt, self.location_id, &resellable).await?;
        if !aside.is_empty() {
            stock::set_aside(change, receipt, aside).await?;
        }
        Ok(())
    }

    /// What is exchanged, and what the money goes back of.
    fn split(&self, back: &ReturnRecord) -> (Vec<(Units, VariantId)>, Vec<Units>) {
        let (mut wanted, mut paid_back) = (Vec::new(), Vec::new());
        for counted in self.lines.iter().filter(|counted| counted.received > 0) {
            let units = Units {
                line_id: counted.line_id,
                quantity: counted.received,
            };
            match expected(back, counted.line_id).and_then(|line| line.exchange_variant_id) {
                Some(variant_id) if self.exchange => wanted.push((units, variant_id)),
                _ => paid_back.push(units),
            }
        }
        (wanted, paid_back)
    }

    /// At most what was counted is given back, and at most what is left of it.
    async fn give_back(&self, change: &mut Change<'_>, units: &[Units]) -> Result<(), Error> {
        let Some(draft) = draft_units(&change.order, units, self.refund_shipping)? else {
            return Ok(());
        };
        let opening = Opening {
            draft: &draft,
            cause: RefundCause::Return,
            destination: RefundDestination::Original,
            reason: "returned",
            link: Some(Link::Return(self.return_id)),
        };
        money::open_refund(change, &opening).await.map(drop)
    }
}
