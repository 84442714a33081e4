//! All SQL of the cart service.

pub mod carts;
pub mod coupons;
pub mod lines;
