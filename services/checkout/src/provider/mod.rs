//! The payment provider. The only place that knows its API, which is Stripe's.
//!
//! - [`client`]: payment intents. [`movements`]: captures, ends of authorisations, refunds. [`cards`]: customers and the
//!   cards they keep.
//! - [`transport`]: keys, deadlines and safe repetitions.
//! - [`objects`], [`wire`]: its objects, and what its answers mean.
//! - [`signature`]: whether a report is genuine.

pub mod cards;
pub mod client;
pub mod movements;
pub mod objects;
pub mod signature;
pub mod transport;
pub mod wire;

pub use client::NewPayment;
pub use movements::{Ending, Returning};
pub use transport::Provider;

/// The provider's name, as stored and sent.
pub const PROVIDER: &str = "stripe";
