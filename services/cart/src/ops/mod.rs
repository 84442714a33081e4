//! Use cases that touch carts, lines and the catalogue.

pub mod change;
pub mod coupon;
pub mod manage_coupons;
pub mod merge;
pub mod open;
pub mod view;
