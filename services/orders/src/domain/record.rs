//! An order with all that belongs to it, as it is stored: what rules decide on and views are made of.

use contract_checkout::RefundDestination;
use contract_orders::OrderState;
use jiff::Timestamp;
use kernel::{
    ClaimId, Currency, InvoiceId, Kind, NoteId, OrderId, OrderLineId, ProductId, RefundId,
    ReturnId, ShipmentId, UserId, VariantId,
};
use serde::{Deserialize, Deserializer};
use uuid::Uuid;

use super::states::{ClaimState, RefundState, ReturnState, ShipmentState};
use super::view::{Address, OrderShippingMethod};
use super::words::{ClaimKind, InvoiceKind, RefundCause, Resolution, ReturnKind, ReturnReason};

fn id<'de, D: Deserializer<'de>, K: Kind>(deserializer: D) -> Result<kernel::Id<K>, D::Error> {
    Uuid::deserialize(deserializer).map(kernel::Id::from)
}

fn maybe_id<'de, D: Deserializer<'de>, K: Kind>(
    deserializer: D,
) -> Result<Option<kernel::Id<K>>, D::Error> {
    Ok(Option::<Uuid>::deserialize(deserializer)?.map(kernel::Id::from))
}

/// An order and its parts. Amounts are minor units of `currency`.
#[derive(Debug, Clone, Deserialize)]
#[expect(
    missing_docs,
    reason = "the columns of orders.sales_order, described in the migrations"
)]
pub struct OrderRecord {
    #[serde(deserialize_with = "id")]
    pub order_id: OrderId,
    pub order_number: Option<String>,
    #[serde(deserialize_with = "maybe_id")]
    pub customer_id: Option<UserId>,
    pub email: String,
    pub state: OrderState,
    pub payment_state: String,
    pub fulfilment_state: String,
    pub currency: Currency,
    pub subtotal_minor: i64,
    pub discount_minor: i64,
    pub shipping_minor: i64,
    pub tax_minor: i64,
    pub tax_included_minor: i64,
    pub total_minor: i64,
    pub shipping_total_minor: i64,
    pub shipping_refunded_minor: i64,
    pub authorized_minor: i64,
    pub captured_minor: i64,
    pub refunded_minor: i64,
    pub cancelled_minor: i64,
    pub voided: bool,
    pub disputed: bool,
    pub coupon: Option<CouponRecord>,
    pub shipping_address: Address,
    pub billing_address: Address,
    pub shipping_method: OrderShippingMethod,
    pub version: i64,
    pub placed_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub lines: Vec<LineRecord>,
    pub shipments: Vec<ShipmentRecord>,
    pub refunds: Vec<RefundRecord>,
    pub returns: Vec<ReturnRecord>,
    pub claims: Vec<ClaimRecord>,
    pub notes: Vec<NoteRecord>,
    pub invoices: Vec<InvoiceRecord>,
    pub timeline: Vec<StepRecord>,
}

/// The coupon as it was redeemed.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "the members of the column coupon")]
pub struct CouponRecord {
    pub code: String,
    #[serde(default)]
    pub discount_minor: i64,
}

/// A line with how far its units have come (`orders.line_progress`).
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "columns, described in the migrations")]
pub struct LineRecord {
    #[serde(deserialize_with = "id")]
    pub line_id: OrderLineId,
    pub position: i32,
    #[serde(deserialize_with = "id")]
    pub variant_id: VariantId,
    #[serde(deserialize_with = "id")]
    pub product_id: ProductId,
    pub slug: String,
    pub title: String,
    pub variant_title: String,
    pub sku: Option<String>,
    pub art: String,
    pub color: Option<String>,
    pub quantity: i32,
    pub unit_price_minor: i64,
    pub discount_minor: i64,
    pub tax_minor: i64,
    pub tax_rate_ppm: i32,
    pub total_minor: i64,
    #[serde(deserialize_with = "maybe_id")]
    pub replaces_line_id: Option<OrderLineId>,
    pub cancelled: i32,
    pub planned: i32,
    pub shipped: i32,
    pub delivered: i32,
    pub lost: i32,
    pub coming_back: i32,
    pub returned: i32,
    pub refunded: i32,
    pub refunded_minor: i64,
    pub uncharged: i32,
    pub uncharged_minor: i64,
    pub given_tax_minor: i64,
}

/// Units of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Units {
    /// The line.
    #[serde(deserialize_with = "id")]
    pub line_id: OrderLineId,
    /// How many.
    pub quantity: i32,
}

/// A shipment.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "columns, described in the migrations")]
pub struct ShipmentRecord {
    #[serde(deserialize_with = "id")]
    pub shipment_id: ShipmentId,
    pub seq: i32,
    pub state: ShipmentState,
    pub carrier: Option<String>,
    pub tracking_number: Option<String>,
    pub tracking_url: Option<String>,
    pub shipped_at: Option<Timestamp>,
    pub delivered_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub lines: Vec<Units>,
}

/// A refund.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "columns, described in the migrations")]
pub struct RefundRecord {
    #[serde(deserialize_with = "id")]
    pub refund_id: RefundId,
    pub seq: i32,
    pub state: RefundState,
    pub cause: RefundCause,
    pub amount_minor: i64,
    pub shipping_minor: i64,
    pub shipping_tax_minor: i64,
    pub goodwill_minor: i64,
    pub destination: RefundDestination,
    pub reason: String,
    #[serde(deserialize_with = "maybe_id")]
    pub requested_by: Option<UserId>,
    #[serde(deserialize_with = "maybe_id")]
    pub approved_by: Option<UserId>,
    pub failure: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub lines: Vec<RefundLineRecord>,
}

/// What a refund gives back of a line.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "columns, described in the migrations")]
pub struct RefundLineRecord {
    #[serde(deserialize_with = "id")]
    pub line_id: OrderLineId,
    pub quantity: i32,
    pub amount_minor: i64,
    pub tax_minor: i64,
}

/// A return.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "columns, described in the migrations")]
pub struct ReturnRecord {
    #[serde(deserialize_with = "id")]
    pub return_id: ReturnId,
    pub seq: i32,
    pub kind: ReturnKind,
    pub state: ReturnState,
    pub comment: Option<String>,
    pub opened_by: String,
    pub decision_reason: Option<String>,
    pub carrier: Option<String>,
    pub tracking_number: Option<String>,
    #[serde(deserialize_with = "maybe_id")]
    pub refund_id: Option<RefundId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub lines: Vec<ReturnLineRecord>,
}

/// What comes back of a line.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "columns, described in the migrations")]
pub struct ReturnLineRecord {
    #[serde(deserialize_with = "id")]
    pub line_id: OrderLineId,
    pub quantity: i32,
    pub reason: ReturnReason,
    #[serde(deserialize_with = "maybe_id")]
    pub exchange_variant_id: Option<VariantId>,
    pub received: i32,
    pub resellable: i32,
}

/// A claim.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "columns, described in the migrations")]
pub struct ClaimRecord {
    #[serde(deserialize_with = "id")]
    pub claim_id: ClaimId,
    #[serde(deserialize_with = "maybe_id")]
    pub shipment_id: Option<ShipmentId>,
    pub seq: i32,
    pub kind: ClaimKind,
    pub state: ClaimState,
    pub description: String,
    pub resolution: Option<Resolution>,
    pub decision_reason: Option<String>,
    #[serde(deserialize_with = "maybe_id")]
    pub refund_id: Option<RefundId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub lines: Vec<Units>,
}

/// A remark of staff.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "columns, described in the migrations")]
pub struct NoteRecord {
    #[serde(deserialize_with = "id")]
    pub note_id: NoteId,
    #[serde(deserialize_with = "id")]
    pub author_id: UserId,
    pub body: String,
    pub created_at: Timestamp,
}

/// An invoice or credit note.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "columns, described in the migrations")]
pub struct InvoiceRecord {
    #[serde(deserialize_with = "id")]
    pub invoice_id: InvoiceId,
    #[serde(deserialize_with = "maybe_id")]
    pub refund_id: Option<RefundId>,
    pub kind: InvoiceKind,
    pub series: String,
    pub number: i64,
    pub issued_at: Timestamp,
    pub total_minor: i64,
}

/// A step in the order's life.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "columns, described in the migrations")]
pub struct StepRecord {
    pub seq: i32,
    pub kind: String,
    pub from_state: Option<OrderState>,
    pub to_state: Option<OrderState>,
    pub reason: Option<String>,
    pub actor: String,
    #[serde(deserialize_with = "maybe_id")]
    pub actor_id: Option<UserId>,
    pub detail: serde_json::Value,
    pub created_at: Timestamp,
}
