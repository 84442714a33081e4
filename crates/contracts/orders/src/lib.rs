//! What the orders service offers to checkout: opening, placing and cancelling an order in the caller's transaction,
//! reporting what became of its money, and the token by which a guest reaches an order.
//!
//! - [`order`]: the snapshot that becomes an order, and its state.
//! - [`payment`]: what became of its money.
//! - [`token`]: signed guest tokens.
//!
//! Wraps SQL functions of schema `orders`; does no other IO.

pub mod order;
pub mod payment;
pub mod token;

pub use order::{NewOrder, NewOrderLine, OrderState, Placement, RedeemedCoupon};
pub use payment::{PaymentSums, RefundOutcome};
pub use token::{OrderTokenKey, OrderTokenKeyError, OrderTokenKeys};
