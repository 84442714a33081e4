//! A change of an order: one transaction, from the request's key to its answer.
//!
//! The order of locks is the same in every change: the key, the order, then payments (checkout), coupons (cart) and stock
//! (catalog). Each act says what it does between; all else is here.

use std::sync::Arc;

use common::access::CurrentUser;
use common::audit::{Actor, Entry};
use common::db::retry_serialization;
use common::extract::{IfMatch, RequestMeta};
use common::idempotency::{Outcome, StoredResponse, request_hash};
use common::{Problem, audit};
use contract_orders::OrderState;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use kernel::{OrderId, UserId};
use serde_json::Value;
use sqlx::{PgConnection, Postgres, Transaction};

use crate::domain::allowed::{Policy, allowed};
use crate::domain::record::OrderRecord;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::state::{AUDIT, AppState, IDEMPOTENCY};
use crate::store;
use crate::store::steps::Who;

/// How long a key is ours if the process dies; a change is one transaction, which the database ends then.
const KEY_LEASE: SignedDuration = SignedDuration::from_secs(30);

/// Who changes an order.
#[derive(Debug, Clone)]
pub enum By {
    /// A member of staff.
    Staff(CurrentUser),
    /// The customer whose order it is.
    Customer(CurrentUser),
    /// Whoever holds the order's token.
    Guest,
    /// The program itself.
    System,
}

/// The name of one attempt, and what it asks for.
#[derive(Debug, Clone)]
pub struct Key {
    /// As sent.
    pub key: String,
    /// Hash of what is asked for.
    pub hash: [u8; 32],
}

/// A request to change an order.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The order.
    pub order_id: OrderId,
    /// Who asks.
    pub by: By,
    /// The version that the request is based on.
    pub if_match: Option<i64>,
    /// Its key, where it has one.
    pub key: Option<Key>,
    /// The request.
    pub meta: RequestMeta,
}

/// What came of a request.
#[derive(Debug)]
pub enum Done {
    /// The order as the asker sees it now, and its version.
    Order(Value, i64),
    /// The answer that was given before.
    Replay(StoredResponse),
}

/// One use case.
pub trait Act: Send + Sync {
    /// Its name: `noun.verb`.
    const OPERATION: &'static str;

    /// Decides and writes. The order is locked and read; whoever fails leaves nothing behind.
    fn apply(&self, change: &mut Change<'_>) -> impl Future<Output = Result<(), Error>> + Send;

    /// Right before the commit.
    fn before_commit(&self) {}

    /// Right after the commit.
    fn after_commit(&self) {}
}

/// An order that is being changed.
#[derive(Debug)]
pub struct Change<'a> {
    tx: Transaction<'static, Postgres>,
    /// The order as it was when the change began.
    pub order: OrderRecord,
    /// The time of the change.
    pub now: Timestamp,
    /// The rules of the shop.
    pub policy: Arc<Policy>,
    ask: &'a Ask,
}

impl By {
    fn scope(&self) -> String {
        match self {
            Self::Staff(user) => format!("staff {}", user.user_id),
            Self::Customer(user) => format!("customer {}", user.user_id),
            Self::Guest => "guest".to_owned(),
            Self::System => "system".to_owned(),
        }
    }

    fn actor(&self) -> Actor {
        match self {
            Self::Staff(user) | Self::Customer(user) => Actor::from(user),
            Self::Guest => Actor::GUEST,
            Self::System => Actor::SYSTEM,
        }
    }

    /// The customer, if it is one: they reach their own orders only.
    pub fn customer_id(&self) -> Option<UserId> {
        match self {
            Self::Customer(user) => Some(user.user_id),
            _ => None,
        }
    }

    /// Who it is, as the timeline names them.
    pub fn who(&self) -> Who {
        let actor = self.actor();
        Who {
            kind: match self {
                Self::Staff(_) => "staff",
                Self::Customer(_) => "customer",
                Self::Guest => "guest",
                Self::System => "system",
            },
            id: actor.user_id,
        }
    }
}

impl Change<'_> {
    /// The transaction.
    pub fn conn(&mut self) -> &mut PgConnection {
        &mut self.tx
    }

    /// The member of staff who makes it.
    pub fn staff_id(&self) -> Option<UserId> {
        match &self.ask.by {
            By::Staff(user) => Some(user.user_id),
            _ => None,
        }
    }

    /// The member of staff who makes it, with their permissions.
    pub fn staff(&self) -> Option<&CurrentUser> {
        match &self.ask.by {
            By::Staff(user) => Some(user),
            _ => None,
        }
    }

    /// Who makes it, as the timeline names them.
    pub fn who(&self) -> Who {
        self.ask.by.who()
    }

    /// Who makes it, as the stock ledger names them.
    pub fn actor_text(&self) -> String {
        let who = self.who();
        who.id
            .map_or_else(|| who.kind.to_owned(), |id| format!("{} {id}", who.kind))
    }

    /// Writes a step into the timeline and tells its consumers.
    pub async fn step(
        &mut self,
        kind: &str,
        reason: Option<&str>,
        detail: Value,
    ) -> Result<(), Error> {
        let (order_id, who) = (self.order.order_id, self.who());
        store::steps::insert_step(&mut self.tx, order_id, kind, who, reason, &detail).await?;
        Ok(())
    }

    /// Moves the order's state, with its step.
    pub async fn move_to(
        &mut self,
        to: OrderState,
        kind: &str,
        reason: Option<&str>,
    ) -> Result<(), Error> {
        let (order_id, who) = (self.order.order_id, self.who());
        if store::steps::update_state(&mut self.tx, order_id, to, kind, who, reason).await? {
            return Ok(());
        }
        Err(Refusal::OrderState(self.order.state.as_str()).into())
    }

    /// Writes down who changed what.
    pub async fn audit(
        &mut self,
        action: &str,
        object: (&str, String),
        before: Value,
        after: Value,
        reason: Option<&str>,
    ) -> Result<(), Error> {
        let mut entry = Entry::new(self.ask.by.actor(), action, object.0, object.1)
            .at(self.now)
            .after(after)
            .reason(reason)
            .request(&self.ask.meta);
        if !before.is_null() {
            entry = entry.before(before);
        }
        AUDIT.append(&mut self.tx, &entry).await?;
        Ok(())
    }

    /// The same about the order itself.
    pub async fn audit_order(
        &mut self,
        action: &str,
        before: Value,
        after: Value,
        reason: Option<&str>,
    ) -> Result<(), Error> {
        let object = ("order", self.order.order_id.to_string());
        self.audit(action, object, before, after, reason).await
    }
}

/// Makes a change, once for each key, again where it met another one.
///
/// # Errors
/// What the act refuses, and what the plumbing does.
pub async fn perform<A: Act>(state: &AppState, ask: &Ask, act: &A) -> Result<Done, Error> {
    let result = retry_serialization(|| attempt(state, ask, act)).await;
    match result {
        Ok(done) => {
            if matches!(done, Done::Order(..)) {
                act.after_commit();
            }
            Ok(done)
        }
        Err(error) => {
            if let (Some(key), true) = (&ask.key, error.is_final()) {
                let problem = Problem::from(error);
                keep_refusal(state, &scope::<A>(ask), key, &problem).await?;
                return Err(problem.into());
            }
            Err(error)
        }
    }
}

fn scope<A: Act>(ask: &Ask) -> String {
    format!("{} {} {}", ask.by.scope(), A::OPERATION, ask.order_id)
}

async fn attempt<A: Act>(state: &AppState, ask: &Ask, act: &A) -> Result<Done, Error> {
    let now = state.clock.now();
    let scope = scope::<A>(ask);
    let mut tx = state.db.begin().await?;
    if let Some(key) = &ask.key
        && let Some(stored) = begin_key(&mut tx, &scope, key, now).await?
    {
        return Ok(Done::Replay(stored));
    }
    let locked = store::record::lock_order(&mut tx, ask.order_id).await?;
    locked.ok_or(Error::NotFound)?;
    let order = read(&mut tx, ask).await?;
    IfMatch(ask.if_match).check(order.version)?;
    let mut change = Change {
        tx,
        order,
        now,
        policy: Arc::clone(&state.policy),
        ask,
    };
    act.apply(&mut change).await?;
    let mut tx = change.tx;
    store::record::refresh_order(&mut tx, ask.order_id).await?;
    let order = read(&mut tx, ask).await?;
    let body = view(&mut tx, &order, ask, now, &state.policy).await?;
    if let Some(key) = &ask.key {
        IDEMPOTENCY
            .finish(&mut tx, &scope, &key.key, StatusCode::OK, &body)
            .await?;
    }
    act.before_commit();
    tx.commit().await?;
    Ok(Done::Order(body, order.version))
}

async fn read(conn: &mut PgConnection, ask: &Ask) -> Result<OrderRecord, Error> {
    let found = store::record::find_record(conn, ask.order_id, ask.by.customer_id()).await?;
    found.ok_or(Error::NotFound)
}

async fn view(
    conn: &mut PgConnection,
    order: &OrderRecord,
    ask: &Ask,
    now: Timestamp,
    policy: &Policy,
) -> Result<Value, Error> {
    let written = match &ask.by {
        By::Staff(user) => {
            let payments = contract_checkout::order_payments(conn, order.order_id).await?;
            serde_json::to_value(order.admin_view(&payments, user)?)
        }
        _ => serde_json::to_value(order.shop_view(allowed(order, now, policy))?),
    };
    written.map_err(|_| Error::Internal("an order cannot be written as JSON"))
}

/// Claims the key. The answer that is known of it already, if there is one.
async fn begin_key(
    conn: &mut PgConnection,
    scope: &str,
    key: &Key,
    now: Timestamp,
) -> Result<Option<StoredResponse>, Error> {
    match IDEMPOTENCY
        .begin(conn, scope, &key.key, &key.hash, now, KEY_LEASE)
        .await?
    {
        Outcome::Fresh | Outcome::Resume => Ok(None),
        Outcome::Replay(stored) => Ok(Some(stored)),
        Outcome::InFlight { retry_after_s } => Err(Problem::conflict(
            "request_in_progress",
            "The same request is being carried out",
        )
        .retry_after(retry_after_s)
        .into()),
        Outcome::Mismatch => Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "idempotency_key_reused",
            "The key was used with another request",
        )
        .into()),
    }
}

/// Keeps a refusal under its key, in a transaction of its own: the one that refused is rolled back.
async fn keep_refusal(
    state: &AppState,
    scope: &str,
    key: &Key,
    problem: &Problem,
) -> Result<(), Error> {
    let mut tx = state.db.begin().await?;
    let begun = IDEMPOTENCY
        .begin(
            &mut tx,
            scope,
            &key.key,
            &key.hash,
            state.clock.now(),
            KEY_LEASE,
        )
        .await?;
    if matches!(begun, Outcome::Fresh | Outcome::Resume) {
        let body = problem.to_json();
        IDEMPOTENCY
            .finish(&mut tx, scope, &key.key, problem.status(), &body)
            .await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The hash of a request: where it goes and what it says.
pub fn hash_of(path: &str, body: &impl serde::Serialize) -> [u8; 32] {
    let body = serde_json::to_vec(body).unwrap_or_default();
    request_hash(&[path.as_bytes(), &body])
}

/// Refuses a reason that the log cannot keep.
///
/// # Errors
/// [`Refusal::Field`].
pub fn check_reason(reason: &str) -> Result<(), Refusal> {
    if reason.trim().is_empty() || reason.chars().count() > audit::REASON_CHARS_MAX {
        return Err(Refusal::field("/reason", "a text of 1 to 2000 characters"));
    }
    Ok(())
}
