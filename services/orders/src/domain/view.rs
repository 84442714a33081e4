//! Orders as they are shown.

use contract_catalog::Media;
use contract_orders::OrderState;
use jiff::Timestamp;
use kernel::{Currency, Money, OrderId, OrderLineId, ProductId, VariantId};
use pricing::Totals;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::parts::{Invoice, Return, Shipment, ShopRefund};

/// Where something is sent. What the shopper wrote, unchanged.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = OrderAddress)]
pub struct Address {
    /// Recipient.
    pub name: String,
    /// Street and number.
    pub line1: String,
    /// Flat, floor, company.
    #[serde(default)]
    pub line2: Option<String>,
    /// City.
    pub city: String,
    /// State or province.
    #[serde(default)]
    pub region: Option<String>,
    /// Postal code.
    pub postal_code: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// For the carrier.
    #[serde(default)]
    pub phone: Option<String>,
}

/// The way an order is sent.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct OrderShippingMethod {
    /// Stable code.
    pub code: String,
    /// Name as shown.
    pub name: String,
    /// Rate of the tax on it in parts per million, where it is known.
    #[serde(default, skip_serializing)]
    #[schema(ignore)]
    pub tax_rate_ppm: Option<i64>,
}

/// What was bought. Names and prices are those of the purchase.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrderLine {
    /// The line.
    pub id: OrderLineId,
    /// The variant bought.
    pub variant_id: VariantId,
    /// Its product.
    pub product_id: ProductId,
    /// The product's name in addresses, then.
    pub slug: String,
    /// The product's name.
    pub title: String,
    /// What tells the variant from its siblings.
    pub variant_title: String,
    /// Stock keeping unit.
    pub sku: Option<String>,
    /// The variant's picture.
    pub image: Media,
    /// How many.
    pub quantity: i32,
    /// Price of one.
    pub unit_price: Money,
    /// Discount on the line.
    pub discount: Money,
    /// Tax on the line.
    pub tax: Money,
    /// What was paid for the line, tax in it.
    pub total: Money,
}

/// A step in an order's life.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TimelineEntry {
    /// Counts from 1.
    pub seq: i32,
    /// What happened: `noun.past_participle`, for example `shipment.shipped`.
    #[schema(example = "shipment.shipped")]
    pub kind: String,
    /// State before, where the order's state changed.
    pub from_state: Option<OrderState>,
    /// State after.
    pub to_state: Option<OrderState>,
    /// When.
    pub at: Timestamp,
    /// Who: `system`, `customer`, `guest` or `staff`.
    pub actor: String,
}

/// An order.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Order {
    /// The order.
    pub id: OrderId,
    /// Its number, once placed.
    pub number: Option<String>,
    /// Where it stands.
    pub state: OrderState,
    /// Where its payment stands.
    #[schema(example = "captured")]
    pub payment_state: String,
    /// Where its delivery stands.
    #[schema(example = "unfulfilled")]
    pub fulfilment_state: String,
    /// Where messages about it go.
    pub email: String,
    /// Currency of every amount.
    pub currency: Currency,
    /// What was bought.
    pub lines: Vec<OrderLine>,
    /// What it adds up to.
    pub totals: Totals,
    /// Where it goes.
    pub shipping_address: Address,
    /// Where the invoice goes.
    pub billing_address: Address,
    /// How it is sent.
    pub shipping_method: OrderShippingMethod,
    /// The coupon that was used.
    #[schema(required)]
    pub coupon: Option<OrderCoupon>,
    /// Its parcels.
    pub shipments: Vec<Shipment>,
    /// Money that went back or is on its way.
    pub refunds: Vec<ShopRefund>,
    /// What was sent back, or is to be.
    pub returns: Vec<Return>,
    /// Invoices and credit notes.
    pub invoices: Vec<Invoice>,
    /// What the shopper may do now.
    pub allowed: Allowed,
    /// What happened so far.
    pub timeline: Vec<TimelineEntry>,
    /// When it was placed.
    pub placed_at: Option<Timestamp>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// Rises with every change.
    pub version: i64,
}

/// A coupon as it was used.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrderCoupon {
    /// What the shopper wrote.
    pub code: String,
    /// What it took off.
    pub discount: Money,
}

/// What a shopper may do with an order now.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Allowed {
    /// Until when the order may be cancelled; null where it may not be.
    #[schema(required)]
    pub cancellable_until: Option<Timestamp>,
    /// What may be sent back.
    pub returnable: Vec<Returnable>,
}

/// Units that may be sent back.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Returnable {
    /// The line.
    pub line_id: OrderLineId,
    /// How many.
    pub quantity: i32,
    /// Until when.
    pub until: Timestamp,
}

/// An order in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrderSummary {
    /// The order.
    pub id: OrderId,
    /// Its number, once placed.
    pub number: Option<String>,
    /// Where it stands.
    pub state: OrderState,
    /// Where its payment stands.
    pub payment_state: String,
    /// Where its delivery stands.
    pub fulfilment_state: String,
    /// Where messages about it go; staff only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// What was charged.
    pub total: Money,
    /// Units over all lines.
    pub item_count: i64,
    /// Picture of the first line.
    pub image: Option<Media>,
    /// When it was placed.
    pub placed_at: Option<Timestamp>,
    /// When it was begun.
    pub created_at: Timestamp,
}
