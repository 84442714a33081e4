//! The payment provider. The only place that knows its API, which is Stripe's.
//!
//! - [`client`]: payment intents and refunds, with deadlines and safe retries.
//! - [`wire`]: its answers, and what they mean.
//! - [`signature`]: whether a report is genuine.

pub mod client;
pub mod signature;
pub mod wire;

pub use client::{NewPayment, Provider, RefundStatus};

/// The provider's name, as stored and sent.
pub const PROVIDER: &str = "stripe";
