//! The other steps of a shipment: it is picked, it arrives, it is given up.

use kernel::ShipmentId;
use serde_json::json;

use super::change::{Act, Change};
use super::plan_shipment::check_may_ship;
use crate::domain::record::ShipmentRecord;
use crate::domain::states::ShipmentState;
use crate::error::Error;
use crate::store;
use crate::store::progress::Move;

async fn step(
    change: &mut Change<'_>,
    shipment_id: ShipmentId,
    to: ShipmentState,
    (action, kind): (&str, &str),
) -> Result<ShipmentRecord, Error> {
    let shipment = change
        .order
        .shipment(shipment_id)
        .ok_or(Error::NotFound)?
        .clone();
    shipment.state.check(to)?;
    let now = change.now;
    store::shipments::update_state(change.conn(), shipment_id, shipment.state, to, now).await?;
    change
        .step(kind, None, json!({"shipment_id": shipment_id.uuid()}))
        .await?;
    let (before, after) = (json!({"state": shipment.state}), json!({"state": to}));
    change
        .audit(
            action,
            ("shipment", shipment_id.to_string()),
            before,
            after,
            None,
        )
        .await?;
    Ok(shipment)
}

/// A shipment is being taken from the shelves.
#[derive(Debug)]
pub struct Pick(pub ShipmentId);

impl Act for Pick {
    const OPERATION: &'static str = "shipment.pick";

    async fn apply(&self, change: &mut Change<'_>) -> Result<(), Error> {
        check_may_ship(&change.order)?;
        let names = (Self::OPERATION, "shipment.picked");
        step(change, self.0, ShipmentState::Picking, names)
            .await
            .map(drop)
    }
}

/// A shipment arrived.
#[derive(Debug)]
pub struct Deliver(pub ShipmentId);

impl Act for Deliver {
    const OPERATION: &'static str = "shipment.deliver";

    async fn apply(&self, change: &mut Change<'_>) -> Result<(), Error> {
        let names = (Self::OPERATION, "shipment.delivered");
        let shipment = step(change, self.0, ShipmentState::Delivered, names).await?;
        let by = |units| Move {
            delivered: units,
            ..Move::default()
        };
        store::progress::update_units(change.conn(), &shipment.lines, by).await?;
        Ok(())
    }
}

/// A shipment is given up before it left: its units can be put on another one, or cancelled.
#[derive(Debug)]
pub struct CancelShipment(pub ShipmentId);

impl Act for CancelShipment {
    const OPERATION: &'static str = "shipment.cancel";

    async fn apply(&self, change: &mut Change<'_>) -> Result<(), Error> {
        let names = (Self::OPERATION, "shipment.cancelled");
        let shipment = step(change, self.0, ShipmentState::Cancelled, names).await?;
        let by = |units: i32| Move {
            planned: -units,
            ..Move::default()
        };
        store::progress::update_units(change.conn(), &shipment.lines, by).await?;
        Ok(())
    }
}
