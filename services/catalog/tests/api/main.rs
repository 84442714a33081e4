//! The HTTP API on a real database.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod admin;
mod cache;
mod document;
mod import;
mod listing;
mod media;
mod places;
mod products;
mod rights;
mod seed;
mod stock;
mod stock_upkeep;
mod support;
mod taxes;
mod variants;
