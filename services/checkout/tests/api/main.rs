//! The service over HTTP, on real PostgreSQL and with the payment simulator in this process.

mod buyer;
mod idempotency;
mod purchases;
mod recovery;
mod refusals;
mod relay;
mod reports;
mod shop;
mod stock;
