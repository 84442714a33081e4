//! The stock of an order, in the transaction of a change; comes last in it.

use contract_catalog::stock::{
    self, AllocateError, Holder, ReleaseError, ReserveError, RestockError, ShipError,
};
use jiff::SignedDuration;
use kernel::{Id, LocationId, Quantity, ShipmentId, VariantId};

use super::change::Change;
use crate::domain::record::{OrderRecord, Units};
use crate::domain::refusal::{Lack, Refusal};
use crate::error::Error;

/// How long a replacement is held; it is allocated in the same transaction.
const HOLD: SignedDuration = SignedDuration::from_mins(15);

/// The variants of units.
pub fn demand(order: &OrderRecord, units: &[Units]) -> Result<Vec<(VariantId, Quantity)>, Error> {
    units
        .iter()
        .filter(|unit| unit.quantity > 0)
        .map(|unit| {
            let line = order.line(unit.line_id, "/lines")?;
            let quantity = Quantity::new(unit.quantity)
                .map_err(|_| Error::Internal("a quantity is out of range"))?;
            Ok((line.variant_id, quantity))
        })
        .collect()
}

/// The units leave the house.
pub async fn ship(
    change: &mut Change<'_>,
    shipment_id: ShipmentId,
    units: &[Units],
    location_id: Option<LocationId>,
) -> Result<(), Error> {
    let (order_id, actor) = (change.order.order_id, change.actor_text());
    let lines = demand(&change.order, units)?;
    match stock::ship(
        change.conn(),
        order_id,
        shipment_id,
        &lines,
        location_id,
        &actor,
    )
    .await
    {
        Ok(_) => Ok(()),
        Err(ShipError::NotAllocated(shortages)) => {
            Err(Refusal::Stock(Lack::NotAllocated, shortages).into())
        }
        Err(ShipError::NotOnHand(shortages)) => {
            Err(Refusal::Stock(Lack::NotOnHand, shortages).into())
        }
        Err(ShipError::Database(error)) => Err(error.into()),
    }
}

/// The order no longer needs these units; `None` for all that it still has. `cause` is new for each act.
pub async fn release<K>(
    change: &mut Change<'_>,
    cause: Id<K>,
    units: Option<&[Units]>,
) -> Result<(), Error>
where
    K: kernel::Kind,
{
    let (order_id, actor) = (change.order.order_id, change.actor_text());
    let lines = units
        .map(|units| demand(&change.order, units))
        .transpose()?;
    match stock::release_allocation(change.conn(), order_id, cause, lines.as_deref(), &actor).await
    {
        Ok(_) => Ok(()),
        Err(ReleaseError::NotAllocated(shortages)) => {
            Err(Refusal::Stock(Lack::NotAllocated, shortages).into())
        }
        Err(ReleaseError::Database(error)) => Err(error.into()),
    }
}

/// Units are back on the shelf. `cause` is new for each act.
pub async fn restock<K>(
    change: &mut Change<'_>,
    cause: Id<K>,
    location_id: Option<LocationId>,
    units: &[Units],
) -> Result<(), Error>
where
    K: kernel::Kind,
{
    let actor = change.actor_text();
    let lines = demand(&change.order, units)?;
    if lines.is_empty() {
        return Ok(());
    }
    match stock::restock(change.conn(), cause, location_id, &lines, "return", &actor).await {
        Ok(_) => Ok(()),
        Err(RestockError::UnknownLocation) => {
            Err(Refusal::Unknown("/location_id".to_owned()).into())
        }
        Err(RestockError::Database(error)) => Err(error.into()),
    }
}

/// Sets units aside for the order that were not sold with it.
pub async fn set_aside(
    change: &mut Change<'_>,
    holder: impl Into<Holder> + Copy,
    lines: &[(VariantId, Quantity)],
) -> Result<(), Error> {
    let (order_id, now) = (change.order.order_id, change.now);
    let until = now.checked_add(HOLD).unwrap_or(now);
    match stock::reserve(change.conn(), holder, lines, until, now).await {
        Ok(()) => {}
        Err(ReserveError::OutOfStock(shortages)) => {
            return Err(Refusal::Stock(Lack::OutOfStock, shortages).into());
        }
        Err(ReserveError::Allocated) => {
            return Err(Error::Internal("a replacement was set aside before"));
        }
        Err(ReserveError::Database(error)) => return Err(error.into()),
    }
    match stock::allocate(change.conn(), holder, order_id).await {
        Ok(()) => Ok(()),
        Err(AllocateError::Gone) => Err(Error::Internal("a hold vanished within its transaction")),
        Err(AllocateError::Database(error)) => Err(error.into()),
    }
}
