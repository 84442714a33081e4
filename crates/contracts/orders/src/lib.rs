//! What the orders service offers to checkout: opening, placing and cancelling an order in the caller's transaction,
//! and the token by which a guest reaches an order.
//!
//! - [`order`]: the snapshot that becomes an order, and its state.
//! - [`token`]: signed guest tokens.
//!
//! Wraps SQL functions of schema `orders`; does no other IO.

pub mod order;
pub mod token;

pub use order::{NewOrder, NewOrderLine, OrderState, Placement};
pub use token::{OrderTokenKey, OrderTokenKeyError};
