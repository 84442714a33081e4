//! The cart service over HTTP, on a real database.

mod shop;

mod cache;
mod changes;
mod coupons;
mod merging;
mod ownership;
mod staff_coupons;
