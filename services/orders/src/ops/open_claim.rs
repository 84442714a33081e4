//! Something went wrong with what was shipped.

use kernel::{ClaimId, OrderLineId, ShipmentId};
use serde_json::{Value, json};

use super::change::{Act, Change};
use crate::domain::allowed::check_units;
use crate::domain::record::{OrderRecord, Units};
use crate::domain::refusal::{Refusal, Use};
use crate::domain::states::ShipmentState;
use crate::domain::words::ClaimKind;
use crate::error::Error;
use crate::store;
use crate::store::claims::NewClaim;

/// The longest description, in characters.
const DESCRIPTION_CHARS_MAX: usize = 4000;

/// Opens a claim about units that were shipped.
#[derive(Debug)]
pub struct OpenClaim {
    /// What it is about.
    pub kind: ClaimKind,
    /// The shipment, where it is known.
    pub shipment_id: Option<ShipmentId>,
    /// Which units.
    pub lines: Vec<Units>,
    /// What happened.
    pub description: String,
}

/// Units of a line that were claimed already.
fn claimed(order: &OrderRecord, line_id: OrderLineId) -> i32 {
    let counted = order.claims.iter().filter(|claim| claim.state.counts());
    let lines = counted.flat_map(|claim| &claim.lines);
    lines
        .filter(|units| units.line_id == line_id)
        .map(|units| units.quantity)
        .sum()
}

impl Act for OpenClaim {
    const OPERATION: &'static str = "claim.open";

    async fn apply(&self, change: &mut Change<'_>) -> Result<(), Error> {
        if self.description.chars().count() > DESCRIPTION_CHARS_MAX {
            return Err(Refusal::field("/description", "at most 4000 characters").into());
        }
        let order = &change.order;
        let in_shipment = match self.shipment_id {
            None => None,
            Some(id) => {
                let shipment = order
                    .shipment(id)
                    .ok_or_else(|| Refusal::Unknown("/shipment_id".to_owned()))?;
                let left = matches!(
                    shipment.state,
                    ShipmentState::Shipped | ShipmentState::Delivered | ShipmentState::Lost
                );
                Some(if left {
                    shipment.lines.clone()
                } else {
                    Vec::new()
                })
            }
        };
        check_units(order, &self.lines, Use::Claim, |line| {
            let most = match &in_shipment {
                None => line.shipped,
                Some(lines) => lines
                    .iter()
                    .filter(|u| u.line_id == line.line_id)
                    .map(|u| u.quantity)
                    .sum(),
            };
            most.min(line.shipped - claimed(order, line.line_id))
        })?;
        let (claim_id, order_id) = (ClaimId::generate(), order.order_id);
        let new = NewClaim {
            claim_id,
            order_id,
            shipment_id: self.shipment_id,
            kind: self.kind,
            description: self.description.trim(),
            lines: &self.lines,
        };
        store::claims::insert_claim(change.conn(), &new).await?;
        change
            .step(
                "claim.opened",
                None,
                json!({"claim_id": claim_id.uuid(), "kind": self.kind}),
            )
            .await?;
        let after = json!({"state": "open", "kind": self.kind});
        change
            .audit(
                Self::OPERATION,
                ("claim", claim_id.to_string()),
                Value::Null,
                after,
                None,
            )
            .await
    }
}
