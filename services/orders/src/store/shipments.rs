//! Tables `orders.shipment` and `orders.shipment_line`. The caller holds the order.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use kernel::{OrderId, ShipmentId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::record::Units;
use crate::domain::states::ShipmentState;

/// How a parcel is followed.
#[derive(Debug, Clone, Default)]
pub struct Tracking {
    /// Who carries it.
    pub carrier: Option<String>,
    /// The carrier's number.
    pub tracking_number: Option<String>,
    /// The carrier's page about it.
    pub tracking_url: Option<String>,
}

/// Adds a planned shipment.
///
/// # Errors
/// When the database fails.
pub async fn insert_shipment(
    conn: &mut PgConnection,
    order_id: OrderId,
    shipment_id: ShipmentId,
    tracking: &Tracking,
    lines: &[Units],
) -> Result<(), sqlx::Error> {
    let ids: Vec<Uuid> = lines.iter().map(|units| units.line_id.uuid()).collect();
    let quantities: Vec<i32> = lines.iter().map(|units| units.quantity).collect();
    sqlx::query!(
        "with added as (
           insert into orders.shipment (shipment_id, order_id, seq, carrier, tracking_number, tracking_url)
           select $1, $2, coalesce(max(s.seq), 0) + 1, $3, $4, $5 from orders.shipment s where s.order_id = $2
           returning shipment_id)
         insert into orders.shipment_line (shipment_id, line_id, quantity)
         select added.shipment_id, l.line_id, l.quantity
           from added, unnest($6::uuid[], $7::int[]) as l (line_id, quantity)",
        shipment_id.uuid(),
        order_id.uuid(),
        tracking.carrier,
        tracking.tracking_number,
        tracking.tracking_url,
        &ids,
        &quantities
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Moves a shipment on from where it is known to be. Whether it was there.
///
/// # Errors
/// When the database fails.
pub async fn update_state(
    conn: &mut PgConnection,
    shipment_id: ShipmentId,
    from: ShipmentState,
    to: ShipmentState,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "update orders.shipment s
            set state = $3, version = s.version + 1, updated_at = now(),
                shipped_at = case when $3 = 'shipped' then $4 else s.shipped_at end,
                delivered_at = case when $3 = 'delivered' then $4 else s.delivered_at end
          where s.shipment_id = $1 and s.state = $2",
        shipment_id.uuid(),
        from.as_str(),
        to.as_str(),
        now.to_sqlx() as _
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Corrects how a parcel is followed; what is not given stays.
///
/// # Errors
/// When the database fails.
pub async fn update_tracking(
    conn: &mut PgConnection,
    shipment_id: ShipmentId,
    tracking: &Tracking,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update orders.shipment s
            set carrier = coalesce($2, s.carrier), tracking_number = coalesce($3, s.tracking_number),
                tracking_url = coalesce($4, s.tracking_url), version = s.version + 1, updated_at = now()
          where s.shipment_id = $1",
        shipment_id.uuid(),
        tracking.carrier,
        tracking.tracking_number,
        tracking.tracking_url
    )
    .execute(conn)
    .await
    .map(drop)
}
