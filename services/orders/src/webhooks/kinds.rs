//! What can be told.

/// The kind of a test message. It is about no order and has no number.
pub const PING: &str = "webhook.ping";

/// Every kind of event, with its meaning. The migration that subscribes to them holds the same list.
pub const KINDS: [(&str, &str); 27] = [
    (
        "order.placed",
        "An order was paid for, or its payment is assured.",
    ),
    ("order.held", "Staff hold an order back."),
    ("order.released", "An order is held no more."),
    (
        "order.units_cancelled",
        "Some of what was ordered was cancelled.",
    ),
    ("order.cancelled", "An order was cancelled."),
    (
        "order.completed",
        "An order is delivered and nothing is open.",
    ),
    (
        "order.reopened",
        "Something is open again in a completed order.",
    ),
    ("payment.captured", "Money of an order was taken."),
    (
        "payment.voided",
        "Money that was held for an order was let go.",
    ),
    ("payment.disputed", "A payment is disputed."),
    ("payment.dispute_closed", "A dispute is over."),
    ("shipment.shipped", "A parcel left."),
    ("shipment.delivered", "A parcel arrived."),
    ("shipment.lost", "A parcel is lost."),
    ("refund.requested", "Money is to go back."),
    ("refund.succeeded", "Money went back."),
    ("refund.failed", "Money could not go back."),
    ("refund.reversed", "Money that went back came again."),
    (
        "return.requested",
        "A customer wants to send something back.",
    ),
    ("return.approved", "A return was approved."),
    ("return.rejected", "A return was rejected."),
    ("return.cancelled", "A return was cancelled."),
    ("return.received", "Returned goods arrived."),
    ("claim.opened", "Something is wrong with a parcel."),
    ("claim.denied", "A claim was denied."),
    ("claim.resolved", "A claim was resolved."),
    ("invoice.issued", "An invoice or a credit note was issued."),
];

/// Whether there is such a kind.
pub fn is_known(kind: &str) -> bool {
    KINDS.iter().any(|(known, _)| *known == kind)
}
