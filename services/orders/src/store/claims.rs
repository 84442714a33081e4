//! Tables `orders.claim` and `orders.claim_line`. The caller holds the order.

use kernel::{ClaimId, OrderId, RefundId, ShipmentId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::record::Units;
use crate::domain::states::ClaimState;
use crate::domain::words::{ClaimKind, Resolution};

/// A claim to be written.
#[derive(Debug)]
pub struct NewClaim<'a> {
    /// The claim.
    pub claim_id: ClaimId,
    /// Its order.
    pub order_id: OrderId,
    /// The shipment that it is about.
    pub shipment_id: Option<ShipmentId>,
    /// What it is about.
    pub kind: ClaimKind,
    /// What happened.
    pub description: &'a str,
    /// Which units.
    pub lines: &'a [Units],
}

/// Writes an open claim with its lines.
///
/// # Errors
/// When the database fails.
pub async fn insert_claim(conn: &mut PgConnection, new: &NewClaim<'_>) -> Result<(), sqlx::Error> {
    let ids: Vec<Uuid> = new.lines.iter().map(|units| units.line_id.uuid()).collect();
    let quantities: Vec<i32> = new.lines.iter().map(|units| units.quantity).collect();
    sqlx::query!(
        "with added as (
           insert into orders.claim (claim_id, order_id, shipment_id, seq, kind, description)
           select $1, $2, $3, coalesce(max(c.seq), 0) + 1, $4, $5 from orders.claim c where c.order_id = $2
           returning claim_id)
         insert into orders.claim_line (claim_id, line_id, quantity)
         select added.claim_id, l.line_id, l.quantity from added, unnest($6::uuid[], $7::int[]) as l (line_id, quantity)",
        new.claim_id.uuid(),
        new.order_id.uuid(),
        new.shipment_id.map(kernel::Id::uuid),
        new.kind.as_str(),
        new.description,
        &ids,
        &quantities
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Decides an open claim. Whether it was open.
///
/// # Errors
/// When the database fails.
pub async fn update_decided(
    conn: &mut PgConnection,
    claim_id: ClaimId,
    to: ClaimState,
    resolution: Option<Resolution>,
    refund_id: Option<RefundId>,
    reason: Option<&str>,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "update orders.claim c
            set state = $2, resolution = $3, refund_id = $4, decision_reason = $5, version = c.version + 1, updated_at = now()
          where c.claim_id = $1 and c.state = 'open'",
        claim_id.uuid(),
        to.as_str(),
        resolution.map(Resolution::as_str),
        refund_id.map(kernel::Id::uuid),
        reason
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}
