//! The service over HTTP, on real PostgreSQL and with the payment simulator in this process.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot arrange its world has failed"
)]

mod buyer;
mod idempotency;
mod purchases;
mod recovery;
mod refusals;
mod relay;
mod reports;
mod shop;
mod stock;
