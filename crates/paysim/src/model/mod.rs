//! The objects of the ledger, and how Stripe shows them.

mod challenge;
mod charge;
mod customer;
mod dispute;
mod event;
mod intent;
mod payment_method;
mod refund;
mod wire;

pub(crate) use challenge::Challenge;
pub(crate) use charge::{Charge, Failure};
pub(crate) use customer::Customer;
pub(crate) use dispute::{Dispute, DisputeStatus, EVIDENCE, Movement};
pub(crate) use event::{Attempt, AttemptResult, Event};
pub(crate) use intent::{CaptureMethod, Intent, IntentStatus};
pub(crate) use payment_method::{Card, PaymentMethod};
pub(crate) use refund::{Refund, RefundStatus};
pub(crate) use wire::list;

/// Version of Stripe's API whose shapes are spoken.
pub(crate) const API_VERSION: &str = "2025-09-30.clover";
