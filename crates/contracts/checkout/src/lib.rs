//! What the checkout service offers to orders: moving the money of an order after it was placed, and reading how it
//! was paid.
//!
//! - [`money`]: asking for a capture, for the end of an authorisation, for a refund; what it adds up to.
//! - [`payments`]: how an order was paid, for staff and for documents.
//!
//! Whoever asks holds the order's row, and comes here before carts and stock. A request is written in the caller's
//! transaction and carried out after it by checkout, which reports through `contract-orders`.
//!
//! Wraps SQL functions of schema `checkout`; does no other IO.

pub mod money;
pub mod payments;

pub use money::{
    CaptureError, PaymentSums, RefundDestination, RefundError, VoidError, payment_sums,
    request_capture, request_refund, request_void, retry_refund,
};
pub use payments::{
    OperationKind, OperationState, OrderPayments, Payment, PaymentKind, PaymentOperation,
    order_payments,
};
