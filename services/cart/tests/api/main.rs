//! The cart service over HTTP, on a real database.

mod shop;

mod changes;
mod merging;
mod ownership;
