//! Carts without their lines.

use jiff::Timestamp;
use kernel::{CartId, CouponId, Currency, OrderId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::principal::{Principal, TokenHash};
use crate::domain::view::{CartHead, CartState};

struct CartRow {
    cart_id: Uuid,
    customer_id: Option<Uuid>,
    token_hash: Option<Vec<u8>>,
    currency: String,
    state: String,
    version: i64,
    order_id: Option<Uuid>,
    coupon_id: Option<Uuid>,
    updated_at: jiff_sqlx::Timestamp,
}

impl CartRow {
    fn head(self) -> Result<CartHead, sqlx::Error> {
        let state = match self.state.as_str() {
            "open" => CartState::Open,
            "completing" => CartState::Completing,
            "ordered" => CartState::Ordered,
            "merged" => CartState::Merged,
            other => {
                return Err(sqlx::Error::Decode(
                    format!("unknown cart state {other}").into(),
                ));
            }
        };
        let currency: Currency = self
            .currency
            .parse()
            .map_err(|e: kernel::CurrencyError| sqlx::Error::Decode(e.into()))?;
        let updated_at: Timestamp = self.updated_at.to_jiff();
        Ok(CartHead {
            cart_id: self.cart_id.into(),
            customer_id: self.customer_id.map(UserId::from),
            token_hash: self.token_hash.and_then(|h| TokenHash::try_from(h).ok()),
            currency,
            state,
            version: self.version,
            order_id: self.order_id.map(OrderId::from),
            coupon_id: self.coupon_id.map(CouponId::from),
            updated_at,
        })
    }
}

/// The cart, if it is the principal's.
///
/// # Errors
/// When the database fails.
pub async fn find_cart(
    conn: &mut PgConnection,
    cart_id: CartId,
    principal: &Principal,
) -> Result<Option<CartHead>, sqlx::Error> {
    sqlx::query_as!(
        CartRow,
        r#"select cart_id, customer_id, token_hash, currency, state, version, order_id, coupon_id, updated_at
             from cart.cart
            where cart_id = $1 and (customer_id = $2 or token_hash = $3)"#,
        cart_id.uuid(),
        principal.customer_id.map(kernel::Id::uuid),
        principal.token_hash.as_ref().map(<[u8; 32]>::as_slice)
    )
    .fetch_optional(conn)
    .await?
    .map(CartRow::head)
    .transpose()
}

/// As [`find_cart`], and keeps others from changing it until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn find_cart_for_update(
    conn: &mut PgConnection,
    cart_id: CartId,
    principal: &Principal,
) -> Result<Option<CartHead>, sqlx::Error> {
    sqlx::query_as!(
        CartRow,
        r#"select cart_id, customer_id, token_hash, currency, state, version, order_id, coupon_id, updated_at
             from cart.cart
            where cart_id = $1 and (customer_id = $2 or token_hash = $3)
              for update"#,
        cart_id.uuid(),
        principal.customer_id.map(kernel::Id::uuid),
        principal.token_hash.as_ref().map(<[u8; 32]>::as_slice)
    )
    .fetch_optional(conn)
    .await?
    .map(CartRow::head)
    .transpose()
}

/// The customer's cart that is not ordered yet.
///
/// # Errors
/// When the database fails.
pub async fn find_open_cart(
    conn: &mut PgConnection,
    customer_id: UserId,
) -> Result<Option<CartHead>, sqlx::Error> {
    sqlx::query_as!(
        CartRow,
        r#"select cart_id, customer_id, token_hash, currency, state, version, order_id, coupon_id, updated_at
             from cart.cart
            where customer_id = $1 and state in ('open', 'completing')"#,
        customer_id.uuid()
    )
    .fetch_optional(conn)
    .await?
    .map(CartRow::head)
    .transpose()
}

/// Makes a customer's cart; `None` if somebody else just did: a customer has one.
///
/// # Errors
/// When the database fails.
pub async fn insert_customer_cart(
    conn: &mut PgConnection,
    customer_id: UserId,
    currency: Currency,
) -> Result<Option<CartHead>, sqlx::Error> {
    sqlx::query_as!(
        CartRow,
        r#"insert into cart.cart (cart_id, customer_id, currency) values ($1, $2, $3)
           on conflict (customer_id) where state in ('open', 'completing') do nothing
           returning cart_id, customer_id, token_hash, currency, state, version, order_id, coupon_id, updated_at"#,
        CartId::generate().uuid(),
        customer_id.uuid(),
        currency.code()
    )
    .fetch_optional(conn)
    .await?
    .map(CartRow::head)
    .transpose()
}

/// Makes a guest's cart.
///
/// # Errors
/// When the database fails.
pub async fn insert_guest_cart(
    conn: &mut PgConnection,
    token_hash: &TokenHash,
    currency: Currency,
) -> Result<CartHead, sqlx::Error> {
    sqlx::query_as!(
        CartRow,
        r#"insert into cart.cart (cart_id, token_hash, currency) values ($1, $2, $3)
           returning cart_id, customer_id, token_hash, currency, state, version, order_id, coupon_id, updated_at"#,
        CartId::generate().uuid(),
        token_hash.as_slice(),
        currency.code()
    )
    .fetch_one(conn)
    .await?
    .head()
}

/// Notes that a cart changed: raises its version.
///
/// # Errors
/// When the database fails.
pub async fn update_version(
    conn: &mut PgConnection,
    cart_id: CartId,
) -> Result<CartHead, sqlx::Error> {
    sqlx::query_as!(
        CartRow,
        r#"update cart.cart set version = version + 1, updated_at = now() where cart_id = $1
           returning cart_id, customer_id, token_hash, currency, state, version, order_id, coupon_id, updated_at"#,
        cart_id.uuid()
    )
    .fetch_one(conn)
    .await?
    .head()
}

/// Puts a coupon into a cart, or takes it out; raises the cart's version.
///
/// # Errors
/// When the database fails.
pub async fn update_coupon(
    conn: &mut PgConnection,
    cart_id: CartId,
    coupon_id: Option<CouponId>,
) -> Result<CartHead, sqlx::Error> {
    sqlx::query_as!(
        CartRow,
        r#"update cart.cart set coupon_id = $2, version = version + 1, updated_at = now() where cart_id = $1
           returning cart_id, customer_id, token_hash, currency, state, version, order_id, coupon_id, updated_at"#,
        cart_id.uuid(),
        coupon_id.map(kernel::Id::uuid)
    )
    .fetch_one(conn)
    .await?
    .head()
}

/// Closes a guest's cart whose lines went into another one.
///
/// # Errors
/// When the database fails.
pub async fn update_merged(
    conn: &mut PgConnection,
    cart_id: CartId,
    into: CartId,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update cart.cart set state = 'merged', merged_into = $2, version = version + 1, updated_at = now()
          where cart_id = $1",
        cart_id.uuid(),
        into.uuid()
    )
    .execute(conn)
    .await
    .map(drop)
}
