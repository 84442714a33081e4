//! Putting a shipment together, and correcting how it is followed.

use contract_orders::OrderState;
use kernel::{LocationId, ShipmentId};
use serde_json::{Value, json};

use super::change::{Act, Change};
use super::money;
use super::ship;
use crate::domain::allowed::check_units;
use crate::domain::record::{LineRecord, OrderRecord, Units};
use crate::domain::refusal::{Refusal, Use};
use crate::domain::states::ShipmentState;
use crate::error::Error;
use crate::store;
use crate::store::progress::Move;
use crate::store::shipments::Tracking;

/// The longest text about a parcel, in characters.
const TEXT_CHARS_MAX: usize = 200;
/// The longest address of a carrier's page.
const URL_CHARS_MAX: usize = 2000;

/// Refuses where nothing may leave.
pub fn check_may_ship(order: &OrderRecord) -> Result<(), Refusal> {
    if order.state == OrderState::OnHold {
        return Err(Refusal::OnHold);
    }
    if order.state != OrderState::Placed {
        return Err(Refusal::OrderState(order.state.as_str()));
    }
    if order.disputed {
        return Err(Refusal::Disputed);
    }
    Ok(())
}

/// Refuses what cannot be written on a parcel, and addresses that are no safe links.
pub fn check_tracking(tracking: &Tracking) -> Result<(), Refusal> {
    for (name, text) in [
        ("/carrier", &tracking.carrier),
        ("/tracking_number", &tracking.tracking_number),
    ] {
        let bad = |text: &String| {
            text.trim().is_empty() || text.chars().count() > TEXT_CHARS_MAX || text.contains('\0')
        };
        if text.as_ref().is_some_and(bad) {
            return Err(Refusal::field(name, "a text of 1 to 200 characters"));
        }
    }
    let bad = |url: &String| {
        !url.starts_with("https://")
            || url.len() > URL_CHARS_MAX
            || url.contains(|c: char| c.is_whitespace() || c.is_control())
    };
    if tracking.tracking_url.as_ref().is_some_and(bad) {
        return Err(Refusal::field("/tracking_url", "an https:// address"));
    }
    Ok(())
}

/// Puts a shipment together; the first one asks for the payment. It may leave at once.
#[derive(Debug)]
pub struct PlanShipment {
    /// What is in it.
    pub lines: Vec<Units>,
    /// How it is followed.
    pub tracking: Tracking,
    /// Whether it leaves now.
    pub ship: bool,
    /// Where it leaves from; anywhere if not given.
    pub location_id: Option<LocationId>,
}

impl Act for PlanShipment {
    const OPERATION: &'static str = "shipment.plan";

    async fn apply(&self, change: &mut Change<'_>) -> Result<(), Error> {
        check_tracking(&self.tracking)?;
        check_may_ship(&change.order)?;
        check_units(
            &change.order,
            &self.lines,
            Use::Ship,
            LineRecord::open_units,
        )?;
        if self.ship && !change.order.is_paid() {
            return Err(Refusal::NotCaptured.into());
        }
        let (order_id, shipment_id) = (change.order.order_id, ShipmentId::generate());
        store::shipments::insert_shipment(
            change.conn(),
            order_id,
            shipment_id,
            &self.tracking,
            &self.lines,
        )
        .await?;
        let by = |units| Move {
            planned: units,
            ..Move::default()
        };
        store::progress::update_units(change.conn(), &self.lines, by).await?;
        let detail = json!({"shipment_id": shipment_id.uuid()});
        change.step("shipment.planned", None, detail).await?;
        let capturable = change.order.capturable_minor();
        if capturable > 0 && !money::capture_under_way(change).await? {
            money::ask_for_capture(change, capturable).await?;
        }
        if self.ship {
            let from = ShipmentState::Planned;
            ship::leave(
                change,
                shipment_id,
                from,
                &self.lines,
                &self.tracking,
                self.location_id,
            )
            .await?;
        }
        let lines: Vec<Value> = self
            .lines
            .iter()
            .map(|u| json!({"line_id": u.line_id, "quantity": u.quantity}))
            .collect();
        let after = json!({"lines": lines, "shipped": self.ship});
        let object = ("shipment", shipment_id.to_string());
        change
            .audit(Self::OPERATION, object, Value::Null, after, None)
            .await
    }

    fn before_commit(&self) {
        if self.ship {
            common::failpoint!("orders.before_ship_commit");
        }
    }

    fn after_commit(&self) {
        if self.ship {
            common::failpoint!("orders.after_ship");
        }
    }
}

/// Corrects how a parcel is followed.
#[derive(Debug)]
pub struct EditShipment {
    /// The shipment.
    pub shipment_id: ShipmentId,
    /// What is known now; what is not given stays.
    pub tracking: Tracking,
}

impl Act for EditShipment {
    const OPERATION: &'static str = "shipment.edit";

    async fn apply(&self, change: &mut Change<'_>) -> Result<(), Error> {
        check_tracking(&self.tracking)?;
        let shipment = change
            .order
            .shipment(self.shipment_id)
            .ok_or(Error::NotFound)?;
        if shipment.state == ShipmentState::Cancelled {
            shipment.state.check(ShipmentState::Shipped)?;
        }
        let before = json!({"carrier": shipment.carrier, "tracking_number": shipment.tracking_number, "tracking_url": shipment.tracking_url});
        store::shipments::update_tracking(change.conn(), self.shipment_id, &self.tracking).await?;
        let detail = json!({"shipment_id": self.shipment_id.uuid()});
        change.step("shipment.edited", None, detail).await?;
        let tracking = &self.tracking;
        let after = json!({"carrier": tracking.carrier, "tracking_number": tracking.tracking_number, "tracking_url": tracking.tracking_url});
        let object = ("shipment", self.shipment_id.to_string());
        change
            .audit(Self::OPERATION, object, before, after, None)
            .await
    }
}
