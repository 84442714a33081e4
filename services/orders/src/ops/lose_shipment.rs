//! A shipment is lost: a claim is opened for what was in it.

use kernel::{ClaimId, ShipmentId};
use serde_json::json;

use super::change::{Act, Change};
use crate::domain::refusal::Refusal;
use crate::domain::states::ShipmentState;
use crate::domain::words::ClaimKind;
use crate::error::Error;
use crate::store;
use crate::store::claims::NewClaim;
use crate::store::progress::Move;

/// Says that a shipment never arrived.
#[derive(Debug)]
pub struct Lose(pub ShipmentId);

impl Act for Lose {
    const OPERATION: &'static str = "shipment.lose";

    async fn apply(&self, change: &mut Change<'_>) -> Result<(), Error> {
        let shipment = change
            .order
            .shipment(self.0)
            .ok_or(Error::NotFound)?
            .clone();
        shipment.state.check(ShipmentState::Lost)?;
        for units in &shipment.lines {
            let line = change.order.line(units.line_id, "/lines")?;
            if line.out_units() < units.quantity {
                return Err(Refusal::ComingBack.into());
            }
        }
        let (now, order_id) = (change.now, change.order.order_id);
        store::shipments::update_state(
            change.conn(),
            self.0,
            shipment.state,
            ShipmentState::Lost,
            now,
        )
        .await?;
        let by = |units| Move {
            lost: units,
            ..Move::default()
        };
        store::progress::update_units(change.conn(), &shipment.lines, by).await?;
        change
            .step("shipment.lost", None, json!({"shipment_id": self.0.uuid()}))
            .await?;
        let claim_id = ClaimId::generate();
        let claim = NewClaim {
            claim_id,
            order_id,
            shipment_id: Some(self.0),
            kind: ClaimKind::Lost,
            description: "",
            lines: &shipment.lines,
        };
        store::claims::insert_claim(change.conn(), &claim).await?;
        change
            .step(
                "claim.opened",
                None,
                json!({"claim_id": claim_id.uuid(), "kind": "lost"}),
            )
            .await?;
        let (before, after) = (
            json!({"state": shipment.state}),
            json!({"state": "lost", "claim_id": claim_id}),
        );
        change
            .audit(
                Self::OPERATION,
                ("shipment", self.0.to_string()),
                before,
                after,
                None,
            )
            .await
    }
}
