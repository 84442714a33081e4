//! The objects of the ledger, and how Stripe shows them.

mod charge;
mod event;
mod intent;
mod payment_method;
mod refund;
mod wire;

pub(crate) use charge::{Charge, Failure};
pub(crate) use event::{Attempt, AttemptResult, Event};
pub(crate) use intent::{CaptureMethod, Intent, IntentStatus};
pub(crate) use payment_method::{Card, PaymentMethod};
pub(crate) use refund::{Refund, RefundStatus};
pub(crate) use wire::list;

/// Version of Stripe's API whose shapes are spoken.
pub(crate) const API_VERSION: &str = "2024-06-20";
