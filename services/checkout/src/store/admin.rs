//! A checkout with all that happened to it, for staff.

use jiff::Timestamp;
use kernel::{
    AttemptId, CheckoutId, Currency, GiftCardId, Money, OperationId, OrderId, RefundId, UserId,
};
use serde::Serialize;
use serde_json::Value;
use sqlx::PgConnection;
use utoipa::ToSchema;

use super::undecodable;

/// A checkout, as staff see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AdminCheckout {
    /// The checkout.
    pub id: CheckoutId,
    /// Where it stands.
    pub state: String,
    /// Whose it is; null for a guest's.
    #[schema(required)]
    pub customer_id: Option<UserId>,
    /// The order under payment, or the one that came of it.
    #[schema(required)]
    pub order_id: Option<OrderId>,
    /// What was done, in order.
    pub steps: Vec<SagaStep>,
    /// The attempts to charge a card, the oldest first.
    pub attempts: Vec<AdminAttempt>,
    /// What gift cards and store credit pay.
    pub tenders: Vec<AdminTender>,
    /// The movements of money that were asked for.
    pub operations: Vec<AdminOperation>,
    /// When it began.
    pub created_at: Timestamp,
}

/// One step.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SagaStep {
    /// What was done.
    pub step: String,
    /// With what.
    #[schema(value_type = Object)]
    pub detail: Value,
    /// When.
    pub at: Timestamp,
}

/// One attempt to charge a card.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AdminAttempt {
    /// The attempt.
    pub id: AttemptId,
    /// The order that it is for.
    pub order_id: OrderId,
    /// Where it stands.
    pub state: String,
    /// What is charged.
    pub amount: Money,
    /// What was taken.
    pub captured: Money,
    /// What was given back.
    pub refunded: Money,
    /// What is on its way back.
    pub refund_pending: Money,
    /// The provider's payment.
    #[schema(required)]
    pub provider_ref: Option<String>,
    /// Why it was declined.
    #[schema(required)]
    pub decline_code: Option<String>,
    /// The card's brand.
    #[schema(required)]
    pub brand: Option<String>,
    /// The last digits of the card's number.
    #[schema(required)]
    pub last4: Option<String>,
    /// Whether the cardholder disputes it.
    pub disputed: bool,
    /// When it began.
    pub created_at: Timestamp,
    /// When the provider is asked next.
    #[schema(required)]
    pub next_poll_at: Option<Timestamp>,
}

/// What stored value pays.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AdminTender {
    /// The gift card or the credit.
    pub id: GiftCardId,
    /// What it is.
    pub kind: String,
    /// `held`, `captured` or `released`.
    pub state: String,
    /// The order that it is for.
    pub order_id: OrderId,
    /// What it pays.
    pub amount: Money,
    /// What was given back of it.
    pub refunded: Money,
}

/// A movement of money.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AdminOperation {
    /// The movement.
    pub id: OperationId,
    /// What it does.
    pub kind: String,
    /// Where it stands.
    pub state: String,
    /// How much.
    pub amount: Money,
    /// The order's refund that it is a part of.
    #[schema(required)]
    pub refund_id: Option<RefundId>,
    /// The provider's name of it.
    #[schema(required)]
    pub provider_ref: Option<String>,
    /// Why it failed.
    #[schema(required)]
    pub failure: Option<String>,
    /// How often it was tried.
    pub tries: i32,
    /// When it was asked for.
    pub created_at: Timestamp,
}

fn money(minor: i64, currency: &str) -> Result<Money, sqlx::Error> {
    let currency: Currency = currency
        .parse()
        .map_err(|error: kernel::CurrencyError| undecodable(error))?;
    Money::new(minor, currency).map_err(undecodable)
}

/// The checkout, if there is one.
pub async fn find_checkout(
    conn: &mut PgConnection,
    checkout_id: CheckoutId,
) -> Result<Option<AdminCheckout>, sqlx::Error> {
    let head = sqlx::query!(
        "select state, customer_id, order_id, created_at from checkout.checkout where checkout_id = $1",
        checkout_id.uuid()
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(head) = head else {
        return Ok(None);
    };
    Ok(Some(AdminCheckout {
        id: checkout_id,
        state: head.state,
        customer_id: head.customer_id.map(UserId::from),
        order_id: head.order_id.map(OrderId::from),
        steps: list_steps(conn, checkout_id).await?,
        attempts: list_attempts(conn, checkout_id).await?,
        tenders: list_tenders(conn, checkout_id).await?,
        operations: list_operations(conn, checkout_id).await?,
        created_at: head.created_at.to_jiff(),
    }))
}

async fn list_steps(
    conn: &mut PgConnection,
    checkout_id: CheckoutId,
) -> Result<Vec<SagaStep>, sqlx::Error> {
    let rows = sqlx::query!(
        "select step, detail, created_at from checkout.saga_step where checkout_id = $1 order by seq",
        checkout_id.uuid()
    )
    .fetch_all(conn)
    .await?;
    let step = rows.into_iter().map(|row| SagaStep {
        step: row.step,
        detail: row.detail,
        at: row.created_at.to_jiff(),
    });
    Ok(step.collect())
}

async fn list_attempts(
    conn: &mut PgConnection,
    checkout_id: CheckoutId,
) -> Result<Vec<AdminAttempt>, sqlx::Error> {
    let rows = sqlx::query!(
        "select attempt_id, order_id, state, amount_minor, captured_minor, refunded_minor, refund_pending_minor, currency,
                provider_ref, decline_code, card_brand, card_last4, disputed, created_at, next_poll_at
           from checkout.payment_attempt where checkout_id = $1 order by attempt_no",
        checkout_id.uuid()
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(AdminAttempt {
                id: row.attempt_id.into(),
                order_id: row.order_id.into(),
                state: row.state,
                amount: money(row.amount_minor, &row.currency)?,
                captured: money(row.captured_minor, &row.currency)?,
                refunded: money(row.refunded_minor, &row.currency)?,
                refund_pending: money(row.refund_pending_minor, &row.currency)?,
                provider_ref: row.provider_ref,
                decline_code: row.decline_code,
                brand: row.card_brand,
                last4: row.card_last4,
                disputed: row.disputed,
                created_at: row.created_at.to_jiff(),
                next_poll_at: row.next_poll_at.map(jiff_sqlx::Timestamp::to_jiff),
            })
        })
        .collect()
}

async fn list_tenders(
    conn: &mut PgConnection,
    checkout_id: CheckoutId,
) -> Result<Vec<AdminTender>, sqlx::Error> {
    let rows = sqlx::query!(
        "select t.stored_value_id, v.kind, t.state, t.order_id, t.amount_minor, t.refunded_minor, t.currency
           from checkout.tender t join checkout.stored_value v using (stored_value_id)
          where t.checkout_id = $1 order by t.created_at, t.tender_id",
        checkout_id.uuid()
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(AdminTender {
                id: row.stored_value_id.into(),
                kind: row.kind,
                state: row.state,
                order_id: row.order_id.into(),
                amount: money(row.amount_minor, &row.currency)?,
                refunded: money(row.refunded_minor, &row.currency)?,
            })
        })
        .collect()
}

async fn list_operations(
    conn: &mut PgConnection,
    checkout_id: CheckoutId,
) -> Result<Vec<AdminOperation>, sqlx::Error> {
    let rows = sqlx::query!(
        "select o.operation_id, o.kind, o.state, o.amount_minor, o.currency, o.refund_id, o.provider_ref, o.failure, o.tries, o.created_at
           from checkout.payment_operation o
          where o.order_id in (select a.order_id from checkout.payment_attempt a where a.checkout_id = $1
                               union select t.order_id from checkout.tender t where t.checkout_id = $1)
          order by o.created_at, o.operation_id",
        checkout_id.uuid()
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(AdminOperation {
                id: row.operation_id.into(),
                kind: row.kind,
                state: row.state,
                amount: money(row.amount_minor, &row.currency)?,
                refund_id: row.refund_id.map(RefundId::from),
                provider_ref: row.provider_ref,
                failure: row.failure,
                tries: row.tries,
                created_at: row.created_at.to_jiff(),
            })
        })
        .collect()
}
