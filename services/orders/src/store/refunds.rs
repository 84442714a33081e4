//! Tables `orders.refund` and `orders.refund_line`. The caller holds the order.

use contract_checkout::{PaymentSums, RefundDestination};
use kernel::{OrderId, RefundId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::refund::Draft;
use crate::domain::states::RefundState;
use crate::domain::words::RefundCause;

/// A refund to be written.
#[derive(Debug)]
pub struct NewRefund<'a> {
    /// The refund.
    pub refund_id: RefundId,
    /// Its order.
    pub order_id: OrderId,
    /// Where it begins.
    pub state: RefundState,
    /// What causes it.
    pub cause: RefundCause,
    /// What it gives back.
    pub draft: &'a Draft,
    /// Where the money goes.
    pub destination: RefundDestination,
    /// Why.
    pub reason: &'a str,
    /// The member of staff who asks for it.
    pub requested_by: Option<UserId>,
}

/// Writes a refund with its lines.
///
/// # Errors
/// When the database fails.
pub async fn insert_refund(
    conn: &mut PgConnection,
    new: &NewRefund<'_>,
) -> Result<(), sqlx::Error> {
    let lines = &new.draft.lines;
    let ids: Vec<Uuid> = lines.iter().map(|line| line.line_id.uuid()).collect();
    let quantities: Vec<i32> = lines.iter().map(|line| line.quantity).collect();
    let amounts: Vec<i64> = lines.iter().map(|line| line.amount_minor).collect();
    let taxes: Vec<i64> = lines.iter().map(|line| line.tax_minor).collect();
    sqlx::query!(
        "with added as (
           insert into orders.refund (refund_id, order_id, seq, state, cause, amount_minor, shipping_minor, shipping_tax_minor,
                                      goodwill_minor, destination, reason, requested_by)
           select $1, $2, coalesce(max(r.seq), 0) + 1, $3, $4, $5, $6, $7, $8, $9, $10, $11
             from orders.refund r where r.order_id = $2
           returning refund_id)
         insert into orders.refund_line (refund_id, line_id, quantity, amount_minor, tax_minor)
         select added.refund_id, l.line_id, l.quantity, l.amount_minor, l.tax_minor
           from added, unnest($12::uuid[], $13::int[], $14::bigint[], $15::bigint[]) as l (line_id, quantity, amount_minor, tax_minor)",
        new.refund_id.uuid(),
        new.order_id.uuid(),
        new.state.as_str(),
        new.cause.as_str(),
        new.draft.amount_minor(),
        new.draft.shipping_minor,
        new.draft.shipping_tax_minor,
        new.draft.goodwill_minor,
        new.destination.as_str(),
        new.reason,
        new.requested_by.map(kernel::Id::uuid),
        &ids,
        &quantities,
        &amounts,
        &taxes
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Moves a refund on from where it is known to be. Whether it was there.
///
/// # Errors
/// `refund_two_people_check` where the same person approves it, or when the database fails.
pub async fn update_state(
    conn: &mut PgConnection,
    refund_id: RefundId,
    from: RefundState,
    to: RefundState,
    approved_by: Option<UserId>,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "update orders.refund r
            set state = $3, approved_by = coalesce($4, r.approved_by), version = r.version + 1, updated_at = now(),
                failure = case when $3 = 'requested' then null else r.failure end
          where r.refund_id = $1 and r.state = $2",
        refund_id.uuid(),
        from.as_str(),
        to.as_str(),
        approved_by.map(kernel::Id::uuid)
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Its units and amounts may be refunded again.
///
/// # Errors
/// When the database fails.
pub async fn uncount_refund(
    conn: &mut PgConnection,
    refund_id: RefundId,
) -> Result<(), sqlx::Error> {
    sqlx::query!("select orders.uncount_refund_v1($1)", refund_id.uuid())
        .execute(conn)
        .await
        .map(drop)
}

/// The refund is through: writes the step, tells its consumers, settles the return or claim that it came from.
///
/// # Errors
/// When the database fails.
pub async fn record_succeeded(
    conn: &mut PgConnection,
    refund_id: RefundId,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "select orders.record_refund_v1($1, 'succeeded', null)",
        refund_id.uuid()
    )
    .execute(conn)
    .await
    .map(drop)
}

/// What the payment of the order adds up to now.
///
/// # Errors
/// When the database fails.
pub async fn record_sums(
    conn: &mut PgConnection,
    order_id: OrderId,
    sums: PaymentSums,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "select orders.record_payment_v1($1, $2, $3, $4, $5, $6, null, null)",
        order_id.uuid(),
        sums.authorized_minor,
        sums.captured_minor,
        sums.refunded_minor,
        sums.voided,
        sums.disputed
    )
    .execute(conn)
    .await
    .map(drop)
}
