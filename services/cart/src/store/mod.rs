//! All SQL of the cart service.

pub mod carts;
pub mod lines;
