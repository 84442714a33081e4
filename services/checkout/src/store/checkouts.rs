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
    /// Whether the customer's credit pays before a card does.
    pub use_store_credit: bool,
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
    /// See [`Checkout::use_store_credit`].
    pub use_store_credit: bool,
}

/// Who asks: a customer, the holder of a cart token, or one who is both.
#[derive(Debug, Clone)]
pub struct Principal {
    /// The signed-in customer.
    pub customer_id: Option<UserId>,
    /// SHA-256 of the cart token.
    pub token_hash: Option<[u8; 32]>,
}

impl Checkout {
    /// Whose it is; `None` for a guest's.
    pub fn customer_id(&self) -> Option<UserId> {
        match self.owner {
            Owner::Customer(id) => Some(id),
            Owner::Guest(_) => None,
        }
    }
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
    use_store_credit: bool,
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
            use_store_credit: row.use_store_credit,
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
                billing_address, shipping_method, use_store_credit, order_id, lease_until, attempts, quoted, expires_at
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
                billing_address, shipping_method, use_store_credit, order_id, lease_until, attempts, quoted, expires_at
           from checkout.checkout
          where checkout_id = $1
            for update",
        checkout_id.uuid()
    )
    .fetch_one(conn)
    .await?
    .try_into()
}

/// Whose a checkout is; `None` for a guest's.
pub async fn find_customer(
    conn: &mut PgConnection,
    checkout_id: CheckoutId,
) -> Result<Option<UserId>, sqlx::Error> {
    let found = sqlx::query_scalar!(
        "select customer_id from checkout.checkout where checkout_id = $1",
        checkout_id.uuid()
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.flatten().map(UserId::from))
}

/// The checkout of a cart that is not expired.
pub async fn find_live(
    conn: &mut PgConnection,
    cart_id: CartId,
) -> Result<Option<Checkout>, sqlx::Error> {
    sqlx::query_as!(
        CheckoutRow,
        "select checkout_id, cart_id, customer_id, token_hash, state, version, currency, email, shipping_address,
                billing_address, shipping_method, use_store_credit, order_id, lease_until, attempts, quoted, expires_at
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
                   billing_address, shipping_method, use_store_credit, order_id, lease_until, attempts, quoted, expires_at",
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
                use_store_credit = $7,
                version = version + 1, updated_at = now()
          where checkout_id = $1
         returning checkout_id, cart_id, customer_id, token_hash, state, version, currency, email, shipping_address,
                   billing_address, shipping_method, use_store_credit, order_id, lease_until, attempts, quoted, expires_at",
        checkout_id.uuid(),
        details.email.as_ref().map(Email::as_str),
        json(details.shipping_address.as_ref())?,
        json(details.billing_address.as_ref())?,
        details.shipping_method.as_deref(),
        expires_at.to_sqlx() as _,
        details.use_store_credit
    )
    .fetch_one(conn)
    .await?
    .try_into()
}

/// What pays has changed: the version rises, and the checkout is kept alive until `expires_at`.
pub async fn update_touched(
    conn: &mut PgConnection,
    checkout_id: CheckoutId,
    expires_at: Timestamp,
) -> Result<Checkout, sqlx::Error> {
    sqlx::query_as!(
        CheckoutRow,
        "update checkout.checkout set expires_at = $2, version = version + 1, updated_at = now()
          where checkout_id = $1
         returning checkout_id, cart_id, customer_id, token_hash, state, version, currency, email, shipping_address,
                   billing_address, shipping_method, use_store_credit, order_id, lease_until, attempts, quoted, expires_at",
        checkout_id.uuid(),
        expires_at.to_sqlx() as _
    )
    .fetch_one(conn)
    .await?
    .try_into()
}
