//! An order as staff see it.

use contract_checkout::{OperationKind, OperationState, PaymentKind};
use contract_orders::OrderState;
use jiff::Timestamp;
use kernel::{Currency, Money, OperationId, OrderId, OrderLineId, RefundId, UserId};
use pricing::Totals;
use serde::Serialize;
use utoipa::ToSchema;

use super::parts::{Claim, Invoice, Note, Refund, Return, Shipment};
use super::view::{Address, OrderCoupon, OrderLine, OrderShippingMethod};

/// How far the units of a line have come, and what may be done with them yet.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LineProgress {
    /// Units that were cancelled.
    pub cancelled: i32,
    /// Units on shipments that are not cancelled, shipped ones among them.
    pub planned: i32,
    /// Units that left.
    pub shipped: i32,
    /// Units that arrived.
    pub delivered: i32,
    /// Units that were lost on the way.
    pub lost: i32,
    /// Units on returns that are open or received.
    pub coming_back: i32,
    /// Units that are back.
    pub returned: i32,
    /// Units whose money went back.
    pub refunded: i32,
    /// Money that went back.
    pub refunded_amount: Money,
    /// Units that can be put on a shipment.
    pub shippable: i32,
    /// Units that can be cancelled.
    pub cancellable: i32,
    /// Units that can be sent back.
    pub returnable: i32,
    /// Units whose money can go back.
    pub refundable: i32,
    /// Money that can go back.
    pub refundable_amount: Money,
}

/// A line with how far its units have come.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AdminOrderLine {
    /// What was bought.
    #[serde(flatten)]
    pub line: OrderLine,
    /// The line that this one was sent in place of; it costs nothing then.
    #[schema(required)]
    pub replaces_line_id: Option<OrderLineId>,
    /// How far its units have come.
    pub progress: LineProgress,
}

/// One payment of an order.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AdminPayment {
    /// What paid.
    pub kind: PaymentKind,
    /// Of a card `created`, `requires_action`, `processing`, `authorized`, `captured`, `failed`, `voided` or `unknown`;
    /// of others `held`, `captured` or `released`.
    pub state: String,
    /// What was asked for.
    pub amount: Money,
    /// What was taken.
    pub captured: Money,
    /// What was given back.
    pub refunded: Money,
    /// What is on its way back.
    pub refund_pending: Money,
    /// The card's brand.
    #[schema(required)]
    pub brand: Option<String>,
    /// The last digits or characters.
    #[schema(required)]
    pub last4: Option<String>,
    /// The provider's payment.
    #[schema(required)]
    pub provider_ref: Option<String>,
    /// Why it was declined.
    #[schema(required)]
    pub decline_code: Option<String>,
    /// Whether the cardholder disputes it.
    pub disputed: bool,
}

/// A movement of money after the purchase.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AdminPaymentOperation {
    /// The operation.
    pub id: OperationId,
    /// What it does.
    pub kind: OperationKind,
    /// Where it stands.
    pub state: OperationState,
    /// How much.
    pub amount: Money,
    /// The refund that it is a part of.
    #[schema(required)]
    pub refund_id: Option<RefundId>,
    /// Why it failed.
    #[schema(required)]
    pub failure: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
}

/// A step in an order's life, as staff see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AdminTimelineEntry {
    /// Counts from 1.
    pub seq: i32,
    /// What happened.
    pub kind: String,
    /// State before, where the order's state changed.
    #[schema(required)]
    pub from_state: Option<OrderState>,
    /// State after.
    #[schema(required)]
    pub to_state: Option<OrderState>,
    /// When.
    pub at: Timestamp,
    /// Who: `system`, `customer`, `guest` or `staff`.
    pub actor: String,
    /// Their account.
    #[schema(required)]
    pub actor_id: Option<UserId>,
    /// Why, in their words.
    #[schema(required)]
    pub reason: Option<String>,
    /// What it is about.
    #[schema(value_type = Object)]
    pub detail: serde_json::Value,
}

/// An order as staff see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AdminOrder {
    /// The order.
    pub id: OrderId,
    /// Its number, once placed.
    #[schema(required)]
    pub number: Option<String>,
    /// Where it stands.
    pub state: OrderState,
    /// Where its payment stands.
    #[schema(example = "captured")]
    pub payment_state: String,
    /// Where its delivery stands.
    #[schema(example = "unfulfilled")]
    pub fulfilment_state: String,
    /// Whose it is; null for a guest's.
    #[schema(required)]
    pub customer_id: Option<UserId>,
    /// Where messages about it go.
    pub email: String,
    /// Currency of every amount.
    pub currency: Currency,
    /// What was bought, and what was sent in its place.
    pub lines: Vec<AdminOrderLine>,
    /// What it adds up to.
    pub totals: Totals,
    /// What is paid for shipping, tax in it.
    pub shipping_total: Money,
    /// What may be given back of that.
    pub shipping_refundable: Money,
    /// The coupon that was used.
    #[schema(required)]
    pub coupon: Option<OrderCoupon>,
    /// What paid, oldest first.
    pub payments: Vec<AdminPayment>,
    /// What was asked for since, oldest first.
    pub payment_operations: Vec<AdminPaymentOperation>,
    /// Held on a card, to be captured yet.
    pub authorized: Money,
    /// Taken.
    pub captured: Money,
    /// Given back.
    pub refunded: Money,
    /// Cancelled before it was paid for.
    pub cancelled: Money,
    /// What may be given back yet.
    pub refundable: Money,
    /// Owed to the shopper: refunds that are not through, and what a cancelled order still has.
    pub refund_due: Money,
    /// Taken beyond what the order costs now.
    pub overpaid: Money,
    /// Whether the cardholder disputes the payment.
    pub disputed: bool,
    /// Its parcels.
    pub shipments: Vec<Shipment>,
    /// Money that goes back.
    pub refunds: Vec<Refund>,
    /// Goods that come back.
    pub returns: Vec<Return>,
    /// What went wrong.
    pub claims: Vec<Claim>,
    /// Remarks of staff.
    pub notes: Vec<Note>,
    /// Invoices and credit notes.
    pub invoices: Vec<Invoice>,
    /// Where it goes.
    pub shipping_address: Address,
    /// Where the invoice goes.
    pub billing_address: Address,
    /// How it is sent.
    pub shipping_method: OrderShippingMethod,
    /// What happened so far.
    pub timeline: Vec<AdminTimelineEntry>,
    /// What the reader may do with it now: `hold`, `release`, `cancel`, `cancel_lines`, `capture`, `note`, `ship`,
    /// `refund`, `refund_goodwill`, `open_return`, `open_claim`.
    pub actions: Vec<&'static str>,
    /// When it was placed.
    #[schema(required)]
    pub placed_at: Option<Timestamp>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// Rises with every change; send it as `If-Match`.
    pub version: i64,
}

/// A return in the list of all.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReturnSummary {
    /// The order.
    pub order_id: OrderId,
    /// Its number.
    #[schema(required)]
    pub order_number: Option<String>,
    /// Where messages about it go.
    pub email: String,
    /// The return.
    #[serde(rename = "return")]
    pub item: Return,
}

/// A refund in the list of all.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RefundSummary {
    /// The order.
    pub order_id: OrderId,
    /// Its number.
    #[schema(required)]
    pub order_number: Option<String>,
    /// Where messages about it go.
    pub email: String,
    /// The refund.
    #[serde(rename = "refund")]
    pub item: Refund,
}

/// How many orders wait for staff, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct AttentionCounts {
    /// Cancelled, and money of it is still here.
    pub refund_due: i64,
    /// With a refund that failed.
    pub failed_refund: i64,
    /// With a refund that a second person has to approve.
    pub awaiting_approval: i64,
    /// With a disputed payment.
    pub disputed: i64,
    /// With a return that is to be decided.
    pub return_requested: i64,
    /// With a claim that is to be decided.
    pub claim_open: i64,
    /// Held back.
    pub on_hold: i64,
}
