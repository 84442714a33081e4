//! Opening, placing and cancelling orders.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use kernel::{
    CartId, CheckoutId, Currency, Email, OrderId, OrderLineId, ProductId, Quantity, UserId,
    VariantId,
};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use utoipa::ToSchema;

/// Where an order stands. The permitted transitions are rows of `orders.transition`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// Not paid yet.
    Pending,
    /// Paid, or to be paid later.
    Placed,
    /// Held back for review.
    OnHold,
    /// Delivered, nothing owed either way.
    Completed,
    /// Given up.
    Cancelled,
    /// Never paid.
    Expired,
}

impl OrderState {
    /// Every state.
    pub const ALL: [Self; 6] = [
        Self::Pending,
        Self::Placed,
        Self::OnHold,
        Self::Completed,
        Self::Cancelled,
        Self::Expired,
    ];

    /// The value as stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Placed => "placed",
            Self::OnHold => "on_hold",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    /// The state stored as `text`.
    pub fn from_stored(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
    }
}

/// The snapshot that becomes an order. Amounts are minor units of `currency`;
/// `total = subtotal - discount + shipping + tax - tax_included`.
#[derive(Debug, Clone)]
pub struct NewOrder {
    /// The order to be.
    pub order_id: OrderId,
    /// The checkout it comes out of.
    pub checkout_id: CheckoutId,
    /// The cart it comes out of.
    pub cart_id: CartId,
    /// Whose it is; `None` for a guest's.
    pub customer_id: Option<UserId>,
    /// Where messages about it go.
    pub email: Email,
    /// Currency of every amount.
    pub currency: Currency,
    /// Sum of the lines before discounts.
    pub subtotal_minor: i64,
    /// All discounts.
    pub discount_minor: i64,
    /// Shipping before tax.
    pub shipping_minor: i64,
    /// All tax.
    pub tax_minor: i64,
    /// The part of the tax that prices hold already.
    pub tax_included_minor: i64,
    /// What is charged.
    pub total_minor: i64,
    /// Where it goes, as the shopper wrote it.
    pub shipping_address: serde_json::Value,
    /// Where the invoice goes.
    pub billing_address: serde_json::Value,
    /// `{"code", "name", "tax_minor", "tax_rate_ppm", "total_minor"}` of the way it is sent; the total is what the shopper
    /// pays for it, tax in it.
    pub shipping_method: serde_json::Value,
    /// The coupon that was redeemed.
    pub coupon: Option<RedeemedCoupon>,
    /// What is bought, in order.
    pub lines: Vec<NewOrderLine>,
}

/// A coupon that took something off a [`NewOrder`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedeemedCoupon {
    /// What the shopper typed.
    pub code: String,
    /// What it took off, in minor units of the order's currency.
    pub discount_minor: i64,
}

/// One line of a [`NewOrder`]. Amounts are minor units of the order's currency.
#[derive(Debug, Clone)]
pub struct NewOrderLine {
    /// The variant bought.
    pub variant_id: VariantId,
    /// Its product.
    pub product_id: ProductId,
    /// The product's stable name in addresses.
    pub slug: String,
    /// The product's name.
    pub title: String,
    /// What tells the variant from its siblings.
    pub variant_title: String,
    /// Stock keeping unit.
    pub sku: Option<String>,
    /// Kind of the product art.
    pub art: String,
    /// Colour of the art.
    pub color: Option<String>,
    /// How many.
    pub quantity: Quantity,
    /// Price of one.
    pub unit_price_minor: i64,
    /// Discount on the line.
    pub discount_minor: i64,
    /// Tax on the line.
    pub tax_minor: i64,
    /// Its rate in parts per million.
    pub tax_rate_ppm: i32,
    /// What the shopper pays for the line, tax in it.
    pub total_minor: i64,
}

/// What became of an attempt to place an order.
#[derive(Debug, Clone)]
pub struct Placement {
    /// Whether it is placed, now or already.
    pub placed: bool,
    /// Its state.
    pub state: OrderState,
    /// Its number, once placed.
    pub number: Option<String>,
}

/// Writes a pending order.
///
/// # Errors
/// A unique violation of `sales_order_checkout_live_key` or `sales_order_cart_live_key` where there is a live one.
pub async fn open(conn: &mut PgConnection, order: &NewOrder) -> Result<(), sqlx::Error> {
    let head = serde_json::json!({
        "order_id": order.order_id.uuid(),
        "checkout_id": order.checkout_id.uuid(),
        "cart_id": order.cart_id.uuid(),
        "customer_id": order.customer_id.map(kernel::Id::uuid),
        "email": order.email.as_str(),
        "currency": order.currency.code(),
        "subtotal_minor": order.subtotal_minor,
        "discount_minor": order.discount_minor,
        "shipping_minor": order.shipping_minor,
        "tax_minor": order.tax_minor,
        "tax_included_minor": order.tax_included_minor,
        "total_minor": order.total_minor,
        "shipping_address": order.shipping_address,
        "billing_address": order.billing_address,
        "shipping_method": order.shipping_method,
        "coupon": order.coupon,
    });
    let lines: Vec<serde_json::Value> = order
        .lines
        .iter()
        .enumerate()
        .map(|(i, line)| line.to_row(i))
        .collect();
    sqlx::query!(
        "select orders.open_order_v1($1, $2)",
        head,
        serde_json::Value::Array(lines)
    )
    .execute(conn)
    .await
    .map(drop)
}

impl NewOrderLine {
    fn to_row(&self, position: usize) -> serde_json::Value {
        serde_json::json!({
            "line_id": OrderLineId::generate().uuid(),
            "position": position,
            "variant_id": self.variant_id.uuid(),
            "product_id": self.product_id.uuid(),
            "slug": self.slug,
            "title": self.title,
            "variant_title": self.variant_title,
            "sku": self.sku,
            "art": self.art,
            "color": self.color,
            "quantity": self.quantity.get(),
            "unit_price_minor": self.unit_price_minor,
            "discount_minor": self.discount_minor,
            "tax_minor": self.tax_minor,
            "tax_rate_ppm": self.tax_rate_ppm,
            "total_minor": self.total_minor,
        })
    }
}

fn decode_state(text: &str) -> Result<OrderState, sqlx::Error> {
    OrderState::from_stored(text)
        .ok_or_else(|| sqlx::Error::Decode(format!("unknown order state {text}").into()))
}

/// Locks an order until the transaction ends, and answers its state. Whoever changes the payment of an order comes here
/// before its own rows, as orders does.
///
/// # Errors
/// When the order does not exist or the database fails.
pub async fn lock(conn: &mut PgConnection, order_id: OrderId) -> Result<OrderState, sqlx::Error> {
    let state = sqlx::query_scalar!(
        r#"select state as "state!" from orders.lock_order_v1($1)"#,
        order_id.uuid()
    )
    .fetch_one(conn)
    .await?;
    decode_state(&state)
}

/// The payment covers the total: pending becomes placed and gets its number. `authorized_minor` is held and to be
/// captured, `captured_minor` is taken. Called again it answers the same.
///
/// # Errors
/// When the order does not exist or the database fails.
pub async fn place(
    conn: &mut PgConnection,
    order_id: OrderId,
    authorized_minor: i64,
    captured_minor: i64,
    now: Timestamp,
) -> Result<Placement, sqlx::Error> {
    let row = sqlx::query!(
        r#"select placed as "placed!", state as "state!", order_number from orders.place_order_v2($1, $2, $3, $4)"#,
        order_id.uuid(),
        authorized_minor,
        captured_minor,
        now.to_sqlx() as _
    )
    .fetch_one(conn)
    .await?;
    Ok(Placement {
        placed: row.placed,
        state: decode_state(&row.state)?,
        number: row.order_number,
    })
}

/// The payment failed for good: pending becomes cancelled; any other state stays. Answers the state it is in.
///
/// # Errors
/// When the order does not exist or the database fails.
pub async fn cancel_pending(
    conn: &mut PgConnection,
    order_id: OrderId,
    reason: &str,
) -> Result<OrderState, sqlx::Error> {
    let state = sqlx::query_scalar!(
        r#"select state as "state!" from orders.cancel_pending_order_v1($1, $2)"#,
        order_id.uuid(),
        reason
    )
    .fetch_one(conn)
    .await?;
    decode_state(&state)
}
