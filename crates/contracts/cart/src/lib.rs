//! What the cart service offers to checkout and orders: reading a cart, freezing it for a payment, and closing it; using
//! a coupon for an order, and giving the use back.
//!
//! Wraps SQL functions of schema `cart`; does no other IO.

pub mod coupon;

use std::time::Duration;

use kernel::{CartId, Currency, OrderId, Quantity, UserId, VariantId};
use serde::Deserialize;
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

pub use coupon::{
    Coupon, CouponProblem, CouponValue, CustomerKey, RedeemError, count_uses, redeem, return_uses,
};

/// The Redis namespace in which the cart service caches views.
pub const CACHE_NAMESPACE: &str = "cart";

/// Where in that namespace the view of a cart is. Whoever changes a cart through this contract puts
/// [`forgotten_view`] there after the commit; if that is lost it costs a stale view for seconds, never a wrong order.
pub fn view_cache_key(cart_id: CartId) -> String {
    format!("view:{cart_id}")
}

/// How long [`forgotten_view`] stays: a view that was read before the change is written by then.
pub const FORGOTTEN_FOR: Duration = Duration::from_secs(5);

/// What stands in place of a view that must be read anew. Its version is higher than any cart's, so that a view from
/// before the change, written late, does not replace it.
pub fn forgotten_view() -> Value {
    // The highest whole number that JSON readers agree on.
    json!({"cart": {"version": 9_007_199_254_740_991_i64}})
}

/// Who asks for a cart.
#[derive(Debug, Clone)]
pub enum Owner {
    /// A signed-in customer.
    Customer(UserId),
    /// A guest: SHA-256 of the cart token.
    Guest([u8; 32]),
}

/// What is in a cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CartLine {
    /// The variant.
    pub variant_id: VariantId,
    /// How many of it.
    pub quantity: Quantity,
}

/// A cart as checkout sees it.
#[derive(Debug, Clone)]
pub struct CartSnapshot {
    /// The cart.
    pub cart_id: CartId,
    /// Whose it is; `None` for a guest's.
    pub customer_id: Option<UserId>,
    /// Currency of its prices.
    pub currency: Currency,
    /// `open`, `completing`, `ordered` or `merged`.
    pub state: String,
    /// Rises with every change.
    pub version: i64,
    /// The order that it became.
    pub order_id: Option<OrderId>,
    /// Its lines, in the order in which they were added.
    pub lines: Vec<CartLine>,
    /// The coupon that it remembers. Ask [`Coupon::problem`] whether it applies.
    pub coupon: Option<Coupon>,
}

/// A cart that stands still for a payment.
#[derive(Debug, Clone)]
pub struct FrozenCart {
    /// Its version from now on.
    pub version: i64,
    /// Currency of its prices.
    pub currency: Currency,
    /// Its lines, in the order in which they were added.
    pub lines: Vec<CartLine>,
    /// The coupon that it remembers, as it is now. Ask [`Coupon::problem`] whether it applies.
    pub coupon: Option<Coupon>,
}

/// Why a cart could not be frozen or closed.
#[derive(Debug, thiserror::Error)]
pub enum CartError {
    /// It was ordered or merged already, or does not exist.
    #[error("the cart is closed")]
    Closed,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

#[derive(Deserialize)]
struct StoredLine {
    variant_id: Uuid,
    quantity: i64,
}

/// An answer that is not what it should be.
fn undecodable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> sqlx::Error {
    sqlx::Error::Decode(error.into())
}

fn decode_lines(json: serde_json::Value) -> Result<Vec<CartLine>, sqlx::Error> {
    let stored: Vec<StoredLine> = serde_json::from_value(json).map_err(undecodable)?;
    stored
        .into_iter()
        .map(|l| {
            let quantity = Quantity::new(l.quantity).map_err(undecodable)?;
            Ok(CartLine {
                variant_id: l.variant_id.into(),
                quantity,
            })
        })
        .collect()
}

fn decode_currency(code: &str) -> Result<Currency, sqlx::Error> {
    code.parse()
        .map_err(|e: kernel::CurrencyError| undecodable(e))
}

/// The cart, if it is the owner's.
///
/// # Errors
/// When the database cannot be asked.
pub async fn find_cart(
    conn: &mut PgConnection,
    cart_id: CartId,
    owner: &Owner,
) -> Result<Option<CartSnapshot>, sqlx::Error> {
    let (customer, token) = match owner {
        Owner::Customer(id) => (Some(id.uuid()), None),
        Owner::Guest(hash) => (None, Some(hash.as_slice())),
    };
    let row = sqlx::query!(
        r#"select customer_id, currency as "currency!", state as "state!", version as "version!", order_id,
                  lines as "lines!", coupon
             from cart.read_cart_v2($1, $2, $3)"#,
        cart_id.uuid(),
        customer,
        token
    )
    .fetch_optional(conn)
    .await?;
    row.map(|r| {
        Ok(CartSnapshot {
            cart_id,
            customer_id: r.customer_id.map(UserId::from),
            currency: decode_currency(&r.currency)?,
            state: r.state,
            version: r.version,
            order_id: r.order_id.map(OrderId::from),
            lines: decode_lines(r.lines)?,
            coupon: r.coupon.map(coupon::decode).transpose()?,
        })
    })
    .transpose()
}

/// Freezes a cart for a payment and answers what is in it. A frozen cart stays as it is.
///
/// # Errors
/// [`CartError::Closed`] when it was ordered or merged meanwhile.
pub async fn freeze(conn: &mut PgConnection, cart_id: CartId) -> Result<FrozenCart, CartError> {
    let row = sqlx::query!(
        r#"select version as "version!", currency as "currency!", lines as "lines!", coupon
             from cart.freeze_cart_v2($1)"#,
        cart_id.uuid()
    )
    .fetch_one(conn)
    .await
    .map_err(cart_error)?;
    Ok(FrozenCart {
        version: row.version,
        currency: decode_currency(&row.currency)?,
        lines: decode_lines(row.lines)?,
        coupon: row.coupon.map(coupon::decode).transpose()?,
    })
}

/// The payment failed: the cart may change again.
///
/// # Errors
/// When the database fails.
pub async fn thaw(conn: &mut PgConnection, cart_id: CartId) -> Result<(), sqlx::Error> {
    sqlx::query!("select cart.thaw_cart_v1($1)", cart_id.uuid())
        .execute(conn)
        .await
        .map(drop)
}

/// The cart became an order. Called again for the same order it finds it done.
///
/// # Errors
/// [`CartError::Closed`] when it became another order or was merged.
pub async fn close(
    conn: &mut PgConnection,
    cart_id: CartId,
    order_id: OrderId,
) -> Result<(), CartError> {
    sqlx::query!(
        "select cart.close_cart_v1($1, $2)",
        cart_id.uuid(),
        order_id.uuid()
    )
    .execute(conn)
    .await
    .map(drop)
    .map_err(cart_error)
}

fn cart_error(error: sqlx::Error) -> CartError {
    match error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code)
        .as_deref()
    {
        Some("TM010" | "TM011") => CartError::Closed,
        _ => error.into(),
    }
}
