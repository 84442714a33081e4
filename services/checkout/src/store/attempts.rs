//! Table `checkout.payment_attempt`.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use kernel::{AttemptId, CheckoutId, Currency, Money, OrderId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::undecodable;
use crate::domain::state::AttemptState;
use crate::provider::PROVIDER;

/// One attempt to pay for one order.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The attempt; also the key under which the provider knows the request.
    pub attempt_id: AttemptId,
    /// The checkout.
    pub checkout_id: CheckoutId,
    /// The order that it pays for. Another attempt pays for another order.
    pub order_id: OrderId,
    /// The key of the request that began it.
    pub idempotency_key: String,
    /// The payment method at the provider.
    pub payment_method: String,
    /// The provider's payment intent, once known.
    pub provider_ref: Option<String>,
    /// Where it stands.
    pub state: AttemptState,
    /// What is charged.
    pub amount: Money,
    /// What was returned, in minor units.
    pub refunded_minor: i64,
    /// Why it was declined.
    pub decline_code: Option<String>,
    /// How often the provider was asked since the request ended.
    pub polls: i32,
    /// When the attempt began.
    pub created_at: Timestamp,
    /// When the provider is asked next; `None` once the attempt is settled.
    pub next_poll_at: Option<Timestamp>,
}

struct AttemptRow {
    attempt_id: Uuid,
    checkout_id: Uuid,
    order_id: Uuid,
    idempotency_key: String,
    payment_method: String,
    provider_ref: Option<String>,
    state: String,
    amount_minor: i64,
    currency: String,
    refunded_minor: i64,
    decline_code: Option<String>,
    polls: i32,
    created_at: jiff_sqlx::Timestamp,
    next_poll_at: Option<jiff_sqlx::Timestamp>,
}

impl TryFrom<AttemptRow> for Attempt {
    type Error = sqlx::Error;

    fn try_from(row: AttemptRow) -> Result<Self, sqlx::Error> {
        let currency: Currency = row
            .currency
            .parse()
            .map_err(|error: kernel::CurrencyError| undecodable(error))?;
        Ok(Self {
            attempt_id: row.attempt_id.into(),
            checkout_id: row.checkout_id.into(),
            order_id: row.order_id.into(),
            idempotency_key: row.idempotency_key,
            payment_method: row.payment_method,
            provider_ref: row.provider_ref,
            state: AttemptState::from_stored(&row.state)
                .ok_or_else(|| undecodable("unknown attempt state"))?,
            amount: Money::new(row.amount_minor, currency).map_err(undecodable)?,
            refunded_minor: row.refunded_minor,
            decline_code: row.decline_code,
            polls: row.polls,
            created_at: row.created_at.to_jiff(),
            next_poll_at: row.next_poll_at.map(jiff_sqlx::Timestamp::to_jiff),
        })
    }
}

/// Begins an attempt. `attempt_no` counts from 1 within the checkout.
pub async fn insert(
    conn: &mut PgConnection,
    attempt: &Attempt,
    attempt_no: i32,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into checkout.payment_attempt (attempt_id, checkout_id, order_id, attempt_no, idempotency_key, provider,
                payment_method, state, amount_minor, currency, created_at, next_poll_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        attempt.attempt_id.uuid(),
        attempt.checkout_id.uuid(),
        attempt.order_id.uuid(),
        attempt_no,
        attempt.idempotency_key,
        PROVIDER,
        attempt.payment_method,
        attempt.state.as_str(),
        attempt.amount.minor(),
        attempt.amount.currency().code(),
        attempt.created_at.to_sqlx() as _,
        attempt.next_poll_at.map(ToSqlx::to_sqlx) as _
    )
    .execute(conn)
    .await
    .map(drop)
}

/// The attempt, locked until the transaction ends.
pub async fn lock(conn: &mut PgConnection, attempt_id: AttemptId) -> Result<Attempt, sqlx::Error> {
    sqlx::query_as!(
        AttemptRow,
        "select attempt_id, checkout_id, order_id, idempotency_key, payment_method, provider_ref, state, amount_minor,
                currency, refunded_minor, decline_code, polls, created_at, next_poll_at
           from checkout.payment_attempt
          where attempt_id = $1
            for update",
        attempt_id.uuid()
    )
    .fetch_one(conn)
    .await?
    .try_into()
}

/// The attempt that a request began.
pub async fn find_by_key(
    conn: &mut PgConnection,
    checkout_id: CheckoutId,
    idempotency_key: &str,
) -> Result<Option<Attempt>, sqlx::Error> {
    sqlx::query_as!(
        AttemptRow,
        "select attempt_id, checkout_id, order_id, idempotency_key, payment_method, provider_ref, state, amount_minor,
                currency, refunded_minor, decline_code, polls, created_at, next_poll_at
           from checkout.payment_attempt
          where checkout_id = $1 and idempotency_key = $2
          order by attempt_no desc limit 1",
        checkout_id.uuid(),
        idempotency_key
    )
    .fetch_optional(conn)
    .await?
    .map(Attempt::try_from)
    .transpose()
}

/// The attempt that the provider speaks of: by its payment intent, or by the id that it was told.
pub async fn find_by_provider(
    conn: &mut PgConnection,
    provider_ref: &str,
    attempt_id: Option<AttemptId>,
) -> Result<Option<Attempt>, sqlx::Error> {
    sqlx::query_as!(
        AttemptRow,
        "select attempt_id, checkout_id, order_id, idempotency_key, payment_method, provider_ref, state, amount_minor,
                currency, refunded_minor, decline_code, polls, created_at, next_poll_at
           from checkout.payment_attempt
          where provider = $1 and (provider_ref = $2 or (provider_ref is null and attempt_id = $3))",
        PROVIDER,
        provider_ref,
        attempt_id.map(AttemptId::uuid)
    )
    .fetch_optional(conn)
    .await?
    .map(Attempt::try_from)
    .transpose()
}

/// Writes what was learned of an attempt. A provider's reference, once known, stays.
pub async fn update(conn: &mut PgConnection, attempt: &Attempt) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update checkout.payment_attempt
            set state = $2, provider_ref = coalesce(provider_ref, $3), refunded_minor = $4, decline_code = $5,
                next_poll_at = $6, updated_at = now()
          where attempt_id = $1",
        attempt.attempt_id.uuid(),
        attempt.state.as_str(),
        attempt.provider_ref,
        attempt.refunded_minor,
        attempt.decline_code,
        attempt.next_poll_at.map(ToSqlx::to_sqlx) as _
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Takes up to `limit` attempts whose turn to be looked at has come, and whose request has ended or is overdue.
/// Nobody else gets them before `again_at`.
pub async fn claim_due(
    conn: &mut PgConnection,
    now: Timestamp,
    again_at: Timestamp,
    limit: i64,
) -> Result<Vec<Attempt>, sqlx::Error> {
    sqlx::query_as!(
        AttemptRow,
        "with due as (
           select a.attempt_id, a.next_poll_at
             from checkout.payment_attempt a join checkout.checkout c using (checkout_id)
            where a.next_poll_at <= $1 and (c.order_id is distinct from a.order_id or c.lease_until is null or c.lease_until <= $1)
            order by a.next_poll_at limit $3 for update of a skip locked)
         update checkout.payment_attempt p
            set polls = p.polls + 1, next_poll_at = $2, updated_at = now()
           from due
          where p.attempt_id = due.attempt_id
         returning p.attempt_id, p.checkout_id, p.order_id, p.idempotency_key, p.payment_method, p.provider_ref, p.state,
                   p.amount_minor, p.currency, p.refunded_minor, p.decline_code, p.polls, p.created_at, due.next_poll_at",
        now.to_sqlx() as _,
        again_at.to_sqlx() as _,
        limit
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(Attempt::try_from)
    .collect()
}
