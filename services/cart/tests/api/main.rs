//! The cart service over HTTP, on a real database.

mod shop;

mod cache;
mod changes;
mod merging;
mod ownership;
