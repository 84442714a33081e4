//! What staff need for which path.

use contract_auth::permission;

common::permissions! {
    /// Reads orders.
    pub(super) OrdersRead = permission::ORDERS_READ;
    /// Holds orders and releases them.
    pub(super) OrdersHold = permission::ORDERS_HOLD;
    /// Cancels orders.
    pub(super) OrdersCancel = permission::ORDERS_CANCEL;
    /// Ships orders.
    pub(super) OrdersFulfil = permission::ORDERS_FULFIL;
    /// Writes notes.
    pub(super) OrdersNote = permission::ORDERS_NOTE;
    /// Refunds orders.
    pub(super) OrdersRefund = permission::ORDERS_REFUND;
    /// Approves refunds.
    pub(super) OrdersRefundApprove = permission::ORDERS_REFUND_APPROVE;
    /// Decides returns.
    pub(super) ReturnsApprove = permission::RETURNS_APPROVE;
    /// Receives returned goods.
    pub(super) ReturnsReceive = permission::RETURNS_RECEIVE;
    /// Captures payments.
    pub(super) PaymentsCapture = permission::PAYMENTS_CAPTURE;
}
