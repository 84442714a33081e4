//! Table `checkout.payment_operation`: movements of money that were asked for.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use kernel::{AttemptId, Currency, Money, OperationId, OrderId, RefundId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::undecodable;
use crate::domain::operation::{OperationKind, OperationState};
use crate::error::Error;

/// A movement of money at the provider.
#[derive(Debug, Clone)]
pub struct Operation {
    /// The operation; also the key under which the provider knows the request.
    pub operation_id: OperationId,
    /// The order whose money it is.
    pub order_id: OrderId,
    /// The payment that it is about; `None` where stored value moved.
    pub attempt_id: Option<AttemptId>,
    /// The order's refund that it is a part of.
    pub refund_id: Option<RefundId>,
    /// What it does.
    pub kind: OperationKind,
    /// How much.
    pub amount: Money,
    /// Where it stands.
    pub state: OperationState,
    /// The provider's name of it.
    pub provider_ref: Option<String>,
    /// How often it was tried.
    pub tries: i32,
    /// When it was asked for.
    pub created_at: Timestamp,
}

impl Operation {
    /// Goes on to another state. Staying is no step.
    ///
    /// # Errors
    /// A defect: no operation goes from here to there.
    pub fn enter(&mut self, next: OperationState) -> Result<(), Error> {
        if self.state != next && !self.state.may_become(next) {
            return Err(Error::Internal("an operation cannot take this step"));
        }
        self.state = next;
        Ok(())
    }
}

struct OperationRow {
    operation_id: Uuid,
    order_id: Uuid,
    attempt_id: Option<Uuid>,
    refund_id: Option<Uuid>,
    kind: String,
    amount_minor: i64,
    currency: String,
    state: String,
    provider_ref: Option<String>,
    tries: i32,
    created_at: jiff_sqlx::Timestamp,
}

impl TryFrom<OperationRow> for Operation {
    type Error = sqlx::Error;

    fn try_from(row: OperationRow) -> Result<Self, sqlx::Error> {
        let currency: Currency = row
            .currency
            .parse()
            .map_err(|error: kernel::CurrencyError| undecodable(error))?;
        Ok(Self {
            operation_id: row.operation_id.into(),
            order_id: row.order_id.into(),
            attempt_id: row.attempt_id.map(AttemptId::from),
            refund_id: row.refund_id.map(RefundId::from),
            kind: OperationKind::from_stored(&row.kind)
                .ok_or_else(|| undecodable("unknown kind of operation"))?,
            amount: Money::new(row.amount_minor, currency).map_err(undecodable)?,
            state: OperationState::from_stored(&row.state)
                .ok_or_else(|| undecodable("unknown state of an operation"))?,
            provider_ref: row.provider_ref,
            tries: row.tries,
            created_at: row.created_at.to_jiff(),
        })
    }
}

/// Asks for a movement that nobody but checkout wants, at `now`; `provider_ref` names one that the provider knows already.
pub async fn insert(
    conn: &mut PgConnection,
    operation: &Operation,
    next_try_at: Option<Timestamp>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into checkout.payment_operation (operation_id, order_id, attempt_id, refund_id, kind, amount_minor, currency,
                state, provider_ref, next_try_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        operation.operation_id.uuid(),
        operation.order_id.uuid(),
        operation.attempt_id.map(AttemptId::uuid),
        operation.refund_id.map(RefundId::uuid),
        operation.kind.as_str(),
        operation.amount.minor(),
        operation.amount.currency().code(),
        operation.state.as_str(),
        operation.provider_ref,
        next_try_at.map(ToSqlx::to_sqlx) as _
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Takes up to `limit` operations whose turn has come. Nobody else gets them before `again_at`.
pub async fn claim_due(
    conn: &mut PgConnection,
    now: Timestamp,
    again_at: Timestamp,
    limit: i64,
) -> Result<Vec<Operation>, sqlx::Error> {
    sqlx::query_as!(
        OperationRow,
        "update checkout.payment_operation o
            set state = 'submitted', tries = o.tries + 1, next_try_at = $2, updated_at = now()
          where o.operation_id in (
                select operation_id from checkout.payment_operation
                 where next_try_at <= $1 order by next_try_at limit $3 for update skip locked)
         returning operation_id, order_id, attempt_id, refund_id, kind, amount_minor, currency, state, provider_ref, tries, created_at",
        now.to_sqlx() as _,
        again_at.to_sqlx() as _,
        limit
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(Operation::try_from)
    .collect()
}

/// The operation, locked until the transaction ends.
pub async fn lock(
    conn: &mut PgConnection,
    operation_id: OperationId,
) -> Result<Operation, sqlx::Error> {
    sqlx::query_as!(
        OperationRow,
        "select operation_id, order_id, attempt_id, refund_id, kind, amount_minor, currency, state, provider_ref, tries, created_at
           from checkout.payment_operation where operation_id = $1 for update",
        operation_id.uuid()
    )
    .fetch_one(conn)
    .await?
    .try_into()
}

/// The operations about a payment, oldest first. The caller holds the payment.
pub async fn list_by_attempt(
    conn: &mut PgConnection,
    attempt_id: AttemptId,
) -> Result<Vec<Operation>, sqlx::Error> {
    sqlx::query_as!(
        OperationRow,
        "select operation_id, order_id, attempt_id, refund_id, kind, amount_minor, currency, state, provider_ref, tries, created_at
           from checkout.payment_operation where attempt_id = $1 order by created_at, operation_id",
        attempt_id.uuid()
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(Operation::try_from)
    .collect()
}

/// Writes where an operation stands. `next_try_at` is when it is looked at again.
pub async fn update(
    conn: &mut PgConnection,
    operation: &Operation,
    failure: Option<&str>,
    next_try_at: Option<Timestamp>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update checkout.payment_operation
            set state = $2, provider_ref = coalesce(provider_ref, $3), failure = left($4, 500), next_try_at = $5,
                amount_minor = $6, updated_at = now()
          where operation_id = $1",
        operation.operation_id.uuid(),
        operation.state.as_str(),
        operation.provider_ref,
        failure,
        next_try_at.map(ToSqlx::to_sqlx) as _,
        operation.amount.minor()
    )
    .execute(conn)
    .await
    .map(drop)
}

/// A report speaks of the payment: what is open about it is looked at now.
pub async fn update_due(
    conn: &mut PgConnection,
    attempt_id: AttemptId,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update checkout.payment_operation set next_try_at = $2, updated_at = now()
          where attempt_id = $1 and next_try_at > $2 and provider_ref is not null",
        attempt_id.uuid(),
        now.to_sqlx() as _
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Whether every part of a refund is done.
pub async fn is_refund_done(
    conn: &mut PgConnection,
    refund_id: RefundId,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select not exists (select 1 from checkout.payment_operation
                               where refund_id = $1 and state not in ('succeeded', 'superseded')) as "done!""#,
        refund_id.uuid()
    )
    .fetch_one(conn)
    .await
}

/// What the payment of an order adds up to, after this transaction's changes.
pub async fn sums(
    conn: &mut PgConnection,
    order_id: OrderId,
) -> Result<contract_orders::PaymentSums, sqlx::Error> {
    let row = sqlx::query!(
        r#"select authorized_minor as "authorized_minor!", captured_minor as "captured_minor!",
                  refunded_minor as "refunded_minor!", voided as "voided!", disputed as "disputed!"
             from checkout.payment_sums_v1($1)"#,
        order_id.uuid()
    )
    .fetch_one(conn)
    .await?;
    Ok(contract_orders::PaymentSums {
        authorized_minor: row.authorized_minor,
        captured_minor: row.captured_minor,
        refunded_minor: row.refunded_minor,
        voided: row.voided,
        disputed: row.disputed,
    })
}
