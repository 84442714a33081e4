//! Table `checkout.checkout`.

use contract_cart::Owner;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use kernel::{CartId, CheckoutId, Currency, Email, OrderId, UserId};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::undecodable;
use crate::domain::address::Address;
use crate::domain::state::CheckoutState;

/// A checkout.
#[derive(Debug, Clone)]
pub struct Checkout {
    /// The checkout.
    pub checkout_id: CheckoutId,
    /// What is bought.
    pub cart_id: CartId,
    /// Whose it is.
    pub owner: Owner,
    /// Where it stands.
    pub state: CheckoutState,
    /// Rises with every change.
    pub version: i64,
    /// Currency of every amount.
    pub currency: Currency,
    /// Where messages go.
    pub email: Option<Email>,
    /// Where the goods go.
    pub shipping_address: Option<Address>,
    /// Where the invoice goes; the same place where there is none.
    pub billing_address: Option<Address>,
    /// The code of the chosen shipping method.
    pub shipping_method: Option<String>,
    /// The order of the payment under way, or the one that came of it.
    pub order_id: Option<OrderId>,
    /// Until when the request that started the payment is expected to end.
    pub lease_until: Option<Timestamp>,
    /// How many payments were attempted.
    pub attempts: i32,
    /// Lines and totals as agreed to, from the start of a payment on.
    pub quoted: Option<Value>,
    /// When an open checkout is given up.
    pub expires_at: Timestamp,
}

/// What a shopper fills in.
#[derive(Debug, Clone)]
pub struct Details {
    /// See [`Checkout::email`].
    pub email: Option<Email>,
    /// See [`Checkout::shipping_address`].
    pub shipping_address: Option<Address>,
    /// See [`Checkout::billing_address`].
    pub billing_address: Option<Address>,
    /// See [`Checkout::shipping_method`].
    pub shipping_method: Option<String>,
}

/// Who asks: a customer, the holder of a cart token, or one who is both.
#[derive(Debug, Clone)]
pub struct Principal {
    /// The signed-in customer.
    pub customer_id: Option<UserId>,
    /// SHA-256 of the cart token.
    pub token_hash: Option<[u8; 32]>,
}

struct CheckoutRow {
    checkout_id: Uuid,
    cart_id: Uuid,
    customer_id: Option<Uuid>,
    token_hash: Option<Vec<u8>>,
    state: String,
    version: i64,
    currency: String,
    email: Option<String>,
    shipping_address: Option<Value>,
    billing_address: Option<Value>,
    shipping_method: Option<String>,
    order_id: Option<Uuid>,
    lease_until: Option<jiff_sqlx::Timestamp>,
    attempts: i32,
    quoted: Option<Value>,
    expires_at: jiff_sqlx::Timestamp,
}

impl TryFrom<CheckoutRow> for Checkout {
    type Error = sqlx::Error;

    fn try_from(row: CheckoutRow) -> Result<Self, sqlx::Error> {
        let owner = match (row.customer_id, row.token_hash) {
            (Some(id), _) => Owner::Customer(id.into()),
            (None, Some(hash)) => {
                let hash = hash
                    .try_into()
                    .map_err(|_| undecodable("a token hash has 32 bytes"))?;
                Owner::Guest(hash)
            }
            (None, None) => return Err(undecodable("a checkout has an owner")),
        };
        let address = |json: Option<Value>| {
            json.map(serde_json::from_value)
                .transpose()
                .map_err(undecodable)
        };
        Ok(Self {
            checkout_id: row.checkout_id.into(),
            cart_id: row.cart_id.into(),
            owner,
            state: CheckoutState::from_stored(&row.state)
                .ok_or_else(|| undecodable("unknown checkout state"))?,
            version: row.version,
            currency: row
                .currency
                .parse()
                .map_err(|error: kernel::CurrencyError| undecodable(error))?,
            email: row
                .email
                .map(|text| text.parse())
                .transpose()
                .map_err(|error: kernel::EmailError| undecodable(error))?,
            shipping_address: address(row.shipping_address)?,
            billing_address: address(row.billing_address)?,
            shipping_method: row.shipping_method,
            order_id: row.order_id.map(OrderId::from),
            lease_until: row.lease_until.map(jiff_sqlx::Timestamp::to_jiff),
            attempts: row.attempts,
            quoted: row.quoted,
            expires_at: row.expires_at.to_jiff(),
        })
    }
}

/// The checkout, if it is the principal's.
pub async fn find(
    conn: &mut PgConnection,
    checkout_id: CheckoutId,
    principal: &Principal,
) -> Result<Option<Checkout>, sqlx::Error> {
    sqlx::query_as!(
        CheckoutRow,
        "select checkout_id, cart_id, customer_id, token_hash, state, version, currency, email, shipping_address,
                billing_address, shipping_method, order_id, lease_until, attempts, quoted, expires_at
           from checkout.checkout
          where checkout_id = $1 and (customer_id = $2 or token_hash = $3)",
        checkout_id.uuid(),
        principal.customer_id.map(UserId::uuid),
        principal.token_hash.as_ref().map(<[u8; 32]>::as_slice)
    )
    .fetch_optional(conn)
    .await?
    .map(Checkout::try_from)
    .transpose()
}

/// The checkout, locked until the transaction ends.
pub async fn lock(
    conn: &mut PgConnection,
    checkout_id: CheckoutId,
) -> Result<Checkout, sqlx::Error> {
    sqlx::query_as!(
        CheckoutRow,
        "select checkout_id, cart_id, customer_id, token_hash, state, version, currency, email, shipping_address,
                billing_address, shipping_method, order_id, lease_until, attempts, quoted, expires_at
           from checkout.checkout
          where checkout_id = $1
            for update",
        checkout_id.uuid()
    )
    .fetch_one(conn)
    .await?
    .try_into()
}

/// The checkout of a cart that is not expired.
pub async fn find_live(
    conn: &mut PgConnection,
    cart_id: CartId,
) -> Result<Option<Checkout>, sqlx::Error> {
    sqlx::query_as!(
        CheckoutRow,
        "select checkout_id, cart_id, customer_id, token_hash, state, version, currency, email, shipping_address,
                billing_address, shipping_method, order_id, lease_until, attempts, quoted, expires_at
           from checkout.checkout
          where cart_id = $1 and state in ('open', 'completing', 'completed')",
        cart_id.uuid()
    )
    .fetch_optional(conn)
    .await?
    .map(Checkout::try_from)
    .transpose()
}

/// A new checkout; `None` where the cart has a live one already.
pub async fn insert(
    conn: &mut PgConnection,
    cart_id: CartId,
    owner: &Owner,
    currency: Currency,
    expires_at: Timestamp,
) -> Result<Option<Checkout>, sqlx::Error> {
    let (customer, token) = match owner {
        Owner::Customer(id) => (Some(id.uuid()), None),
        Owner::Guest(hash) => (None, Some(hash.as_slice())),
    };
    sqlx::query_as!(
        CheckoutRow,
        "insert into checkout.checkout (checkout_id, cart_id, customer_id, token_hash, currency, expires_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (cart_id) where state in ('open', 'completing', 'completed') do nothing
         returning checkout_id, cart_id, customer_id, token_hash, state, version, currency, email, shipping_address,
                   billing_address, shipping_method, order_id, lease_until, attempts, quoted, expires_at",
        CheckoutId::generate().uuid(),
        cart_id.uuid(),
        customer,
        token,
        currency.code(),
        expires_at.to_sqlx() as _
    )
    .fetch_optional(conn)
    .await?
    .map(Checkout::try_from)
    .transpose()
}

/// Writes what the shopper filled in, and keeps the checkout alive until `expires_at`.
pub async fn update_details(
    conn: &mut PgConnection,
    checkout_id: CheckoutId,
    details: &Details,
    expires_at: Timestamp,
) -> Result<Checkout, sqlx::Error> {
    let json = |address: Option<&Address>| {
        address
            .map(serde_json::to_value)
            .transpose()
            .map_err(|error| sqlx::Error::Encode(error.into()))
    };
    sqlx::query_as!(
        CheckoutRow,
        "update checkout.checkout
            set email = $2, shipping_address = $3, billing_address = $4, shipping_method = $5, expires_at = $6,
                version = version + 1, updated_at = now()
          where checkout_id = $1
         returning checkout_id, cart_id, customer_id, token_hash, state, version, currency, email, shipping_address,
                   billing_address, shipping_method, order_id, lease_until, attempts, quoted, expires_at",
        checkout_id.uuid(),
        details.email.as_ref().map(Email::as_str),
        json(details.shipping_address.as_ref())?,
        json(details.billing_address.as_ref())?,
        details.shipping_method.as_deref(),
        expires_at.to_sqlx() as _
    )
    .fetch_one(conn)
    .await?
    .try_into()
}

/// A payment begins: open becomes completing. `lease_by` names the request until `lease_until`.
pub async fn update_completing(
    conn: &mut PgConnection,
    checkout_id: CheckoutId,
    order_id: OrderId,
    quoted: &Value,
    lease_by: Uuid,
    lease_until: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update checkout.checkout
            set state = 'completing', order_id = $2, quoted = $3, lease_by = $4, lease_until = $5,
                attempts = attempts + 1, updated_at = now()
          where checkout_id = $1",
        checkout_id.uuid(),
        order_id.uuid(),
        quoted,
        lease_by,
        lease_until.to_sqlx() as _
    )
    .execute(conn)
    .await
    .map(drop)
}

/// The request ended before the payment did: the recovery job may go on at once.
pub async fn update_lease_ended(
    conn: &mut PgConnection,
    checkout_id: CheckoutId,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update checkout.checkout set lease_by = null, lease_until = null, updated_at = now()
          where checkout_id = $1",
        checkout_id.uuid()
    )
    .execute(conn)
    .await
    .map(drop)
}

/// The payment failed: completing becomes open again. Answers the new version.
pub async fn update_reopened(
    conn: &mut PgConnection,
    checkout_id: CheckoutId,
    expires_at: Timestamp,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        "update checkout.checkout
            set state = 'open', order_id = null, quoted = null, lease_by = null, lease_until = null,
                expires_at = $2, version = version + 1, updated_at = now()
          where checkout_id = $1
         returning version",
        checkout_id.uuid(),
        expires_at.to_sqlx() as _
    )
    .fetch_one(conn)
    .await
}

/// The order is placed.
pub async fn update_completed(
    conn: &mut PgConnection,
    checkout_id: CheckoutId,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update checkout.checkout
            set state = 'completed', lease_by = null, lease_until = null, version = version + 1, updated_at = now()
          where checkout_id = $1",
        checkout_id.uuid()
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Gives the open checkout of a cart up if its time is over.
pub async fn update_expired_of_cart(
    conn: &mut PgConnection,
    cart_id: CartId,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update checkout.checkout set state = 'expired', version = version + 1, updated_at = now()
          where cart_id = $1 and state = 'open' and expires_at <= $2",
        cart_id.uuid(),
        now.to_sqlx() as _
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Gives up to `limit` open checkouts up whose time is over. How many it were.
pub async fn update_expired(
    conn: &mut PgConnection,
    now: Timestamp,
    limit: i64,
) -> Result<u64, sqlx::Error> {
    let done = sqlx::query!(
        "update checkout.checkout
            set state = 'expired', version = version + 1, updated_at = now()
          where checkout_id in (
                select checkout_id from checkout.checkout
                 where state = 'open' and expires_at <= $1
                 order by expires_at limit $2 for update skip locked)",
        now.to_sqlx() as _,
        limit
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
