//! A shipment leaves the house.

use kernel::{LocationId, ShipmentId};
use serde_json::json;

use super::change::{Act, Change};
use super::plan_shipment::check_may_ship;
use super::stock;
use crate::domain::record::Units;
use crate::domain::refusal::Refusal;
use crate::domain::states::ShipmentState;
use crate::error::Error;
use crate::store;
use crate::store::progress::Move;
use crate::store::shipments::Tracking;

/// Hands a shipment to the carrier. Needs the payment to be taken.
#[derive(Debug)]
pub struct Ship {
    /// The shipment.
    pub shipment_id: ShipmentId,
    /// Where it leaves from; anywhere if not given.
    pub location_id: Option<LocationId>,
}

/// The shipment leaves: units, stock, step.
pub(super) async fn leave(
    change: &mut Change<'_>,
    shipment_id: ShipmentId,
    from: ShipmentState,
    lines: &[Units],
    tracking: &Tracking,
    location_id: Option<LocationId>,
) -> Result<(), Error> {
    if !change.order.is_paid() {
        return Err(Refusal::NotCaptured.into());
    }
    from.check(ShipmentState::Shipped)?;
    let now = change.now;
    store::shipments::update_state(
        change.conn(),
        shipment_id,
        from,
        ShipmentState::Shipped,
        now,
    )
    .await?;
    let by = |units| Move {
        shipped: units,
        ..Move::default()
    };
    store::progress::update_units(change.conn(), lines, by).await?;
    let detail = json!({
        "shipment_id": shipment_id.uuid(), "carrier": tracking.carrier,
        "tracking_number": tracking.tracking_number, "tracking_url": tracking.tracking_url,
    });
    change.step("shipment.shipped", None, detail).await?;
    stock::ship(change, shipment_id, lines, location_id).await
}

impl Act for Ship {
    const OPERATION: &'static str = "shipment.ship";

    async fn apply(&self, change: &mut Change<'_>) -> Result<(), Error> {
        let shipment = change
            .order
            .shipment(self.shipment_id)
            .ok_or(Error::NotFound)?
            .clone();
        shipment.state.check(ShipmentState::Shipped)?;
        check_may_ship(&change.order)?;
        let tracking = Tracking {
            carrier: shipment.carrier,
            tracking_number: shipment.tracking_number,
            tracking_url: shipment.tracking_url,
        };
        leave(
            change,
            self.shipment_id,
            shipment.state,
            &shipment.lines,
            &tracking,
            self.location_id,
        )
        .await?;
        let (before, after) = (
            json!({"state": shipment.state}),
            json!({"state": "shipped"}),
        );
        let object = ("shipment", self.shipment_id.to_string());
        change
            .audit(Self::OPERATION, object, before, after, None)
            .await
    }

    fn before_commit(&self) {
        common::failpoint!("orders.before_ship_commit");
    }

    fn after_commit(&self) {
        common::failpoint!("orders.after_ship");
    }
}
