//! Table `checkout.payment_attempt`.

use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx;
use kernel::{AttemptId, CheckoutId, Currency, Money, OrderId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::undecodable;
use crate::domain::payment::Card;
use crate::domain::state::{AttemptState, CaptureMethod};
use crate::error::Error;
use crate::provider::PROVIDER;
use crate::state::after;

/// How long to wait between two looks at held money.
const HELD_PAUSE: SignedDuration = SignedDuration::from_hours(12);

/// One attempt to pay for one order with a card.
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
    /// When the money is taken.
    pub capture_method: CaptureMethod,
    /// What is charged to the card.
    pub amount: Money,
    /// What gift cards and store credit pay of the same order, in minor units.
    pub tendered_minor: i64,
    /// What was taken.
    pub captured_minor: i64,
    /// What was returned.
    pub refunded_minor: i64,
    /// What is on its way back.
    pub refund_pending_minor: i64,
    /// What was given as store credit instead.
    pub credited_minor: i64,
    /// Whether the cardholder disputes it.
    pub disputed: bool,
    /// Why it was declined.
    pub decline_code: Option<String>,
    /// The provider's customer, where a saved card pays.
    pub customer_ref: Option<String>,
    /// Whether the card is to be kept.
    pub save_card: bool,
    /// The provider's name of the card.
    pub card_fingerprint: Option<String>,
    /// The network that the request came from.
    pub client: Option<String>,
    /// How often the provider was asked since the request ended.
    pub polls: i32,
    /// When the attempt began.
    pub created_at: Timestamp,
    /// When the provider is asked next; `None` once the attempt is settled.
    pub next_poll_at: Option<Timestamp>,
}

impl Attempt {
    /// What the order costs: the card's part and the others'.
    pub fn order_total(&self) -> Money {
        let minor = self.amount.minor().saturating_add(self.tendered_minor);
        Money::new(minor, self.amount.currency()).unwrap_or(self.amount)
    }

    /// Goes on to another state. Staying is no step.
    ///
    /// # Errors
    /// A defect: no attempt goes from here to there.
    pub fn enter(&mut self, next: AttemptState) -> Result<(), Error> {
        if self.state != next && !self.state.may_become(next) {
            tracing::error!(attempt.id = %self.attempt_id, from = self.state.as_str(), to = next.as_str(), "no such step");
            return Err(Error::Internal("an attempt cannot take this step"));
        }
        self.state = next;
        Ok(())
    }

    /// When the provider is asked again about a payment that is settled: held money ends by itself after some days, and
    /// the report of it may be lost.
    pub fn next_look_at(&self, now: Timestamp) -> Option<Timestamp> {
        (self.state == AttemptState::Authorized).then(|| after(now, HELD_PAUSE))
    }

    /// What of the money taken may go back yet, in minor units.
    pub fn left_minor(&self) -> i64 {
        self.captured_minor
            .saturating_sub(self.refunded_minor)
            .saturating_sub(self.refund_pending_minor)
            .saturating_sub(self.credited_minor)
    }
}

struct AttemptRow {
    attempt_id: Uuid,
    checkout_id: Uuid,
    order_id: Uuid,
    idempotency_key: String,
    payment_method: String,
    provider_ref: Option<String>,
    state: String,
    capture_method: String,
    amount_minor: i64,
    currency: String,
    tendered_minor: i64,
    captured_minor: i64,
    refunded_minor: i64,
    refund_pending_minor: i64,
    credited_minor: i64,
    disputed: bool,
    decline_code: Option<String>,
    customer_ref: Option<String>,
    save_card: bool,
    card_fingerprint: Option<String>,
    client: Option<String>,
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
            capture_method: CaptureMethod::from_stored(&row.capture_method)
                .ok_or_else(|| undecodable("unknown capture method"))?,
            amount: Money::new(row.amount_minor, currency).map_err(undecodable)?,
            tendered_minor: row.tendered_minor,
            captured_minor: row.captured_minor,
            refunded_minor: row.refunded_minor,
            refund_pending_minor: row.refund_pending_minor,
            credited_minor: row.credited_minor,
            disputed: row.disputed,
            decline_code: row.decline_code,
            customer_ref: row.customer_ref,
            save_card: row.save_card,
            card_fingerprint: row.card_fingerprint,
            client: row.client,
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
                payment_method, state, capture_method, amount_minor, currency, customer_ref, save_card, card_fingerprint,
                client, created_at, next_poll_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        attempt.attempt_id.uuid(),
        attempt.checkout_id.uuid(),
        attempt.order_id.uuid(),
        attempt_no,
        attempt.idempotency_key,
        PROVIDER,
        attempt.payment_method,
        attempt.state.as_str(),
        attempt.capture_method.as_str(),
        attempt.amount.minor(),
        attempt.amount.currency().code(),
        attempt.customer_ref,
        attempt.save_card,
        attempt.card_fingerprint,
        attempt.client,
        attempt.created_at.to_sqlx() as _,
        attempt.next_poll_at.map(ToSqlx::to_sqlx) as _
    )
    .execute(conn)
    .await
    .map(drop)
}

/// The attempt, locked until the transaction ends.
pub async fn lock(conn: &mut PgConnection, attempt_id: AttemptId) -> Result<Attempt, sqlx::Error> {
    sqlx::query!(
        r#"select true as "found!" from checkout.payment_attempt where attempt_id = $1 for update"#,
        attempt_id.uuid()
    )
    .fetch_one(&mut *conn)
    .await?;
    // Its tenders are read after the lock is held, so that they are what the lock protects.
    get(conn, attempt_id).await
}

/// The attempt.
pub async fn get(conn: &mut PgConnection, attempt_id: AttemptId) -> Result<Attempt, sqlx::Error> {
    sqlx::query_as!(
        AttemptRow,
        r#"select attempt_id, checkout_id, order_id, idempotency_key, payment_method, provider_ref, state, capture_method,
                  amount_minor, currency, captured_minor, refunded_minor, refund_pending_minor, credited_minor, disputed,
                  decline_code, customer_ref, save_card, card_fingerprint, client, polls, created_at, next_poll_at,
                  (select coalesce(sum(t.amount_minor), 0) from checkout.tender t where t.order_id = a.order_id)::bigint as "tendered_minor!"
             from checkout.payment_attempt a
            where attempt_id = $1"#,
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
    let found = sqlx::query_scalar!(
        "select attempt_id from checkout.payment_attempt
          where checkout_id = $1 and idempotency_key = $2
          order by attempt_no desc limit 1",
        checkout_id.uuid(),
        idempotency_key
    )
    .fetch_optional(&mut *conn)
    .await?;
    optional(conn, found).await
}

/// The attempt for an order, if a card pays for it.
pub async fn find_by_order(
    conn: &mut PgConnection,
    order_id: OrderId,
) -> Result<Option<Attempt>, sqlx::Error> {
    let found = sqlx::query_scalar!(
        "select attempt_id from checkout.payment_attempt where order_id = $1",
        order_id.uuid()
    )
    .fetch_optional(&mut *conn)
    .await?;
    optional(conn, found).await
}

/// The attempt that the provider speaks of: by its payment intent, or by the id that it was told.
pub async fn find_by_provider(
    conn: &mut PgConnection,
    provider_ref: &str,
    attempt_id: Option<AttemptId>,
) -> Result<Option<Attempt>, sqlx::Error> {
    let found = sqlx::query_scalar!(
        "select attempt_id from checkout.payment_attempt
          where provider = $1 and (provider_ref = $2 or (provider_ref is null and attempt_id = $3))",
        PROVIDER,
        provider_ref,
        attempt_id.map(AttemptId::uuid)
    )
    .fetch_optional(&mut *conn)
    .await?;
    optional(conn, found).await
}

async fn optional(
    conn: &mut PgConnection,
    found: Option<Uuid>,
) -> Result<Option<Attempt>, sqlx::Error> {
    match found {
        Some(attempt_id) => get(conn, attempt_id.into()).await.map(Some),
        None => Ok(None),
    }
}

/// Writes what was learned of an attempt. A provider's reference, once known, stays.
pub async fn update(conn: &mut PgConnection, attempt: &Attempt) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update checkout.payment_attempt
            set state = $2, provider_ref = coalesce(provider_ref, $3), captured_minor = $4, refunded_minor = $5,
                refund_pending_minor = $6, disputed = $7, decline_code = $8, next_poll_at = $9, updated_at = now()
          where attempt_id = $1",
        attempt.attempt_id.uuid(),
        attempt.state.as_str(),
        attempt.provider_ref,
        attempt.captured_minor,
        attempt.refunded_minor,
        attempt.refund_pending_minor,
        attempt.disputed,
        attempt.decline_code,
        attempt.next_poll_at.map(ToSqlx::to_sqlx) as _
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Writes what the provider told of the card.
pub async fn update_card(
    conn: &mut PgConnection,
    attempt_id: AttemptId,
    card: &Card,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update checkout.payment_attempt
            set card_brand = $2, card_last4 = $3, card_fingerprint = coalesce($4, card_fingerprint), updated_at = now()
          where attempt_id = $1",
        attempt_id.uuid(),
        card.brand,
        card.last4,
        card.fingerprint
    )
    .execute(conn)
    .await
    .map(drop)
}

/// The shopper wants to pay in another way: the provider is asked at once.
pub async fn update_due(
    conn: &mut PgConnection,
    attempt_id: AttemptId,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update checkout.payment_attempt set next_poll_at = $2, updated_at = now()
          where attempt_id = $1 and next_poll_at is not null",
        attempt_id.uuid(),
        at.to_sqlx() as _
    )
    .execute(conn)
    .await
    .map(drop)
}

/// An attempt whose turn to be looked at has come.
#[derive(Debug, Clone, Copy)]
pub struct Due {
    /// The attempt.
    pub attempt_id: AttemptId,
    /// Since when.
    pub since: Timestamp,
}

/// Takes up to `limit` attempts whose turn to be looked at has come, and whose request has ended or is overdue.
/// Nobody else gets them before `again_at`.
pub async fn claim_due(
    conn: &mut PgConnection,
    now: Timestamp,
    again_at: Timestamp,
    limit: i64,
) -> Result<Vec<Due>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"with due as (
           select a.attempt_id, a.next_poll_at
             from checkout.payment_attempt a join checkout.checkout c using (checkout_id)
            where a.next_poll_at <= $1 and (c.order_id is distinct from a.order_id or c.lease_until is null or c.lease_until <= $1)
            order by a.next_poll_at limit $3 for update of a skip locked)
         update checkout.payment_attempt p
            set polls = p.polls + 1, next_poll_at = $2, updated_at = now()
           from due
          where p.attempt_id = due.attempt_id
         returning p.attempt_id, due.next_poll_at as "since!""#,
        now.to_sqlx() as _,
        again_at.to_sqlx() as _,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Due {
            attempt_id: row.attempt_id.into(),
            since: row.since.to_jiff(),
        })
        .collect())
}
