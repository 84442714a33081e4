//! The parts of an order as they are shown: parcels, money that goes back, goods that come back, papers.

use contract_checkout::RefundDestination;
use jiff::Timestamp;
use kernel::{
    ClaimId, InvoiceId, Money, NoteId, OrderLineId, RefundId, ReturnId, ShipmentId, UserId,
    VariantId,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::states::{ClaimState, RefundState, ReturnState, ShipmentState};
use super::words::{ClaimKind, InvoiceKind, RefundCause, Resolution, ReturnKind, ReturnReason};

/// Units of a line.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = OrderUnits)]
pub struct UnitsView {
    /// The line.
    pub line_id: OrderLineId,
    /// How many.
    pub quantity: i32,
}

/// A parcel.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Shipment {
    /// The shipment.
    pub id: ShipmentId,
    /// Counts from 1 within the order.
    pub seq: i32,
    /// Where it stands.
    pub state: ShipmentState,
    /// Who carries it.
    #[schema(required)]
    pub carrier: Option<String>,
    /// The carrier's number.
    #[schema(required)]
    pub tracking_number: Option<String>,
    /// The carrier's page about it.
    #[schema(required)]
    pub tracking_url: Option<String>,
    /// What is in it.
    pub lines: Vec<UnitsView>,
    /// When it left.
    #[schema(required)]
    pub shipped_at: Option<Timestamp>,
    /// When it arrived.
    #[schema(required)]
    pub delivered_at: Option<Timestamp>,
    /// When it was planned.
    pub created_at: Timestamp,
    /// What the reader may do with it now: `edit`, `pick`, `ship`, `deliver`, `lose`, `cancel`.
    pub actions: Vec<&'static str>,
}

/// What a refund gives back of a line.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RefundLine {
    /// The line.
    pub line_id: OrderLineId,
    /// Units; 0 where only an amount goes back.
    pub quantity: i32,
    /// The amount, tax in it.
    pub amount: Money,
    /// The tax in it.
    pub tax: Money,
}

/// Money that goes back, as staff see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Refund {
    /// The refund.
    pub id: RefundId,
    /// Counts from 1 within the order.
    pub seq: i32,
    /// Where it stands.
    pub state: RefundState,
    /// What caused it.
    pub cause: RefundCause,
    /// All of it.
    pub amount: Money,
    /// The part of it that was paid for shipping.
    pub shipping: Money,
    /// The part of it that goes beyond lines and shipping.
    pub goodwill: Money,
    /// Where it goes.
    pub destination: RefundDestination,
    /// Why, in the words of who asked for it.
    pub reason: String,
    /// Who asked for it; null where the system or the shopper caused it.
    #[schema(required)]
    pub requested_by: Option<UserId>,
    /// Who approved it.
    #[schema(required)]
    pub approved_by: Option<UserId>,
    /// Why it failed.
    #[schema(required)]
    pub failure: Option<String>,
    /// What it gives back of lines.
    pub lines: Vec<RefundLine>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// What the reader may do with it now: `approve`, `deny`, `retry`, `abandon`.
    pub actions: Vec<&'static str>,
}

/// How far a refund has come, as a shopper sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShopRefundState {
    /// On its way.
    Pending,
    /// The provider has sent it.
    Succeeded,
}

/// Money that goes back, as the shopper sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ShopRefund {
    /// The refund.
    pub id: RefundId,
    /// How far it has come.
    pub state: ShopRefundState,
    /// How much.
    pub amount: Money,
    /// Where it goes.
    pub destination: RefundDestination,
    /// When it was asked for.
    pub created_at: Timestamp,
}

/// What comes back of a line.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReturnLine {
    /// The line.
    pub line_id: OrderLineId,
    /// Units to come back.
    pub quantity: i32,
    /// Why.
    pub reason: ReturnReason,
    /// What is wanted instead; null for the money.
    #[schema(required)]
    pub exchange_variant_id: Option<VariantId>,
    /// Units counted in the warehouse.
    pub received: i32,
    /// Those of them that can be sold again.
    pub resellable: i32,
}

/// Goods that come back.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = OrderReturn)]
pub struct Return {
    /// The return.
    pub id: ReturnId,
    /// Counts from 1 within the order.
    pub seq: i32,
    /// What it is for.
    pub kind: ReturnKind,
    /// Where it stands.
    pub state: ReturnState,
    /// What the shopper wrote.
    #[schema(required)]
    pub comment: Option<String>,
    /// Who opened it: `customer`, `guest` or `staff`.
    pub opened_by: String,
    /// Why it was rejected or given up.
    #[schema(required)]
    pub decision_reason: Option<String>,
    /// Who carries it back.
    #[schema(required)]
    pub carrier: Option<String>,
    /// The carrier's number.
    #[schema(required)]
    pub tracking_number: Option<String>,
    /// The refund that it led to.
    #[schema(required)]
    pub refund_id: Option<RefundId>,
    /// What comes back.
    pub lines: Vec<ReturnLine>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// What the reader may do with it now: staff `approve`, `reject`, `receive`, `cancel`, `close`; a shopper `ship`, `cancel`.
    pub actions: Vec<&'static str>,
}

/// Something that went wrong with a parcel.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = OrderClaim)]
pub struct Claim {
    /// The claim.
    pub id: ClaimId,
    /// Counts from 1 within the order.
    pub seq: i32,
    /// What it is about.
    pub kind: ClaimKind,
    /// Where it stands.
    pub state: ClaimState,
    /// The shipment that it is about.
    #[schema(required)]
    pub shipment_id: Option<ShipmentId>,
    /// What happened.
    pub description: String,
    /// How it is made good.
    #[schema(required)]
    pub resolution: Option<Resolution>,
    /// Why it was decided so.
    #[schema(required)]
    pub decision_reason: Option<String>,
    /// The refund that it led to.
    #[schema(required)]
    pub refund_id: Option<RefundId>,
    /// What it is about.
    pub lines: Vec<UnitsView>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// What the reader may do with it now: `approve`, `deny`.
    pub actions: Vec<&'static str>,
}

/// A remark of staff.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = OrderNote)]
pub struct Note {
    /// The note.
    pub id: NoteId,
    /// Who wrote it.
    pub author_id: UserId,
    /// What it says.
    pub body: String,
    /// When it was written.
    pub created_at: Timestamp,
}

/// An invoice or credit note. The file is `GET …/invoices/{id}.pdf`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = OrderInvoice)]
pub struct Invoice {
    /// The document.
    pub id: InvoiceId,
    /// What it is.
    pub kind: InvoiceKind,
    /// Its number, without holes within a year.
    #[schema(example = "INV-2026-000123")]
    pub number: String,
    /// What it adds up to.
    pub total: Money,
    /// The refund that a credit note is about.
    #[schema(required)]
    pub refund_id: Option<RefundId>,
    /// When it was issued.
    pub issued_at: Timestamp,
}
