//! The HTTP API on a real database.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod admin;
mod cache;
mod document;
mod import;
mod listing;
mod media;
mod products;
mod seed;
mod stock;
mod support;
mod variants;
