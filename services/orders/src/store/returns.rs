//! Tables `orders.return_request` and `orders.return_line`. The caller holds the order.

use kernel::{OrderId, OrderLineId, RefundId, ReturnId, VariantId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::states::ReturnState;
use crate::domain::words::{ReturnKind, ReturnReason};

/// A line of a return to be written.
#[derive(Debug, Clone)]
pub struct NewReturnLine {
    /// The line.
    pub line_id: OrderLineId,
    /// How many of it.
    pub quantity: i32,
    /// Why.
    pub reason: ReturnReason,
    /// What is wanted instead.
    pub exchange_variant_id: Option<VariantId>,
}

/// A return to be written.
#[derive(Debug)]
pub struct NewReturn<'a> {
    /// The return.
    pub return_id: ReturnId,
    /// Its order.
    pub order_id: OrderId,
    /// What it is for.
    pub kind: ReturnKind,
    /// Where it begins.
    pub state: ReturnState,
    /// What the shopper wrote.
    pub comment: Option<&'a str>,
    /// `customer`, `guest` or `staff`.
    pub opened_by: &'static str,
    /// What comes back.
    pub lines: &'a [NewReturnLine],
}

/// Writes a return with its lines.
///
/// # Errors
/// When the database fails.
pub async fn insert_return(
    conn: &mut PgConnection,
    new: &NewReturn<'_>,
) -> Result<(), sqlx::Error> {
    let ids: Vec<Uuid> = new.lines.iter().map(|line| line.line_id.uuid()).collect();
    let quantities: Vec<i32> = new.lines.iter().map(|line| line.quantity).collect();
    let reasons: Vec<String> = new
        .lines
        .iter()
        .map(|line| line.reason.as_str().to_owned())
        .collect();
    let wanted: Vec<Option<Uuid>> = new
        .lines
        .iter()
        .map(|line| line.exchange_variant_id.map(kernel::Id::uuid))
        .collect();
    sqlx::query!(
        "with added as (
           insert into orders.return_request (return_id, order_id, seq, kind, state, comment, opened_by)
           select $1, $2, coalesce(max(q.seq), 0) + 1, $3, $4, $5, $6 from orders.return_request q where q.order_id = $2
           returning return_id)
         insert into orders.return_line (return_id, line_id, quantity, reason, exchange_variant_id)
         select added.return_id, l.line_id, l.quantity, l.reason, l.wanted
           from added, unnest($7::uuid[], $8::int[], $9::text[], $10::uuid[]) as l (line_id, quantity, reason, wanted)",
        new.return_id.uuid(),
        new.order_id.uuid(),
        new.kind.as_str(),
        new.state.as_str(),
        new.comment,
        new.opened_by,
        &ids,
        &quantities,
        &reasons,
        &wanted as &[Option<Uuid>]
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Moves a return on from where it is known to be. Whether it was there.
///
/// # Errors
/// When the database fails.
pub async fn update_state(
    conn: &mut PgConnection,
    return_id: ReturnId,
    from: ReturnState,
    to: ReturnState,
    reason: Option<&str>,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "update orders.return_request q
            set state = $3, decision_reason = coalesce($4, q.decision_reason), version = q.version + 1, updated_at = now()
          where q.return_id = $1 and q.state = $2",
        return_id.uuid(),
        from.as_str(),
        to.as_str(),
        reason
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// How the parcel of a return is followed.
///
/// # Errors
/// When the database fails.
pub async fn update_tracking(
    conn: &mut PgConnection,
    return_id: ReturnId,
    carrier: Option<&str>,
    tracking_number: Option<&str>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update orders.return_request q set carrier = $2, tracking_number = $3, updated_at = now() where q.return_id = $1",
        return_id.uuid(),
        carrier,
        tracking_number
    )
    .execute(conn)
    .await
    .map(drop)
}

/// The refund that a return led to.
///
/// # Errors
/// When the database fails.
pub async fn update_refund(
    conn: &mut PgConnection,
    return_id: ReturnId,
    refund_id: RefundId,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update orders.return_request set refund_id = $2, updated_at = now() where return_id = $1",
        return_id.uuid(),
        refund_id.uuid()
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Units that were counted in the warehouse.
///
/// # Errors
/// A check violation where more came than was expected, or when the database fails.
pub async fn update_received(
    conn: &mut PgConnection,
    return_id: ReturnId,
    line_id: OrderLineId,
    received: i32,
    resellable: i32,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update orders.return_line set received = received + $3, resellable = resellable + $4
          where return_id = $1 and line_id = $2",
        return_id.uuid(),
        line_id.uuid(),
        received,
        resellable
    )
    .execute(conn)
    .await
    .map(drop)
}
