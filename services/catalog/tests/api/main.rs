//! The HTTP API on a real database.

mod admin;
mod cache;
mod import;
mod listing;
mod media;
mod products;
mod seed;
mod stock;
mod support;
