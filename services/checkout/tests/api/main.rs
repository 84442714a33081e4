//! The service over HTTP, on real PostgreSQL and with the payment simulator in this process.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot arrange its world has failed"
)]

mod buyer;
mod cards;
mod confirmation;
mod coupons;
mod idempotency;
mod operations;
mod provider_side;
mod purchases;
mod recovery;
mod refusals;
mod relay;
mod reports;
mod shop;
mod staff;
mod stock;
mod tenders;
