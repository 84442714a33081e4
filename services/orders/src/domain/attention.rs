//! Why orders wait for staff, and the words that lists are narrowed by.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! filters {
    ($($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $word:ident = $text:literal,)+ })+) => {
        $(
            $(#[$meta])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
            #[serde(rename_all = "snake_case")]
            pub enum $name {
                $($(#[$doc])* $word,)+
            }

            impl $name {
                /// The value as stored and sent.
                pub const fn as_str(self) -> &'static str {
                    match self { $(Self::$word => $text),+ }
                }
            }
        )+
    };
}

filters! {
    /// Why an order waits for staff.
    Attention {
        /// Cancelled, and money of it is still here.
        RefundDue = "refund_due",
        /// A refund failed.
        FailedRefund = "failed_refund",
        /// A refund waits for a second person.
        AwaitingApproval = "awaiting_approval",
        /// The payment is disputed.
        Disputed = "disputed",
        /// A return is to be decided.
        ReturnRequested = "return_requested",
        /// A claim is to be decided.
        ClaimOpen = "claim_open",
        /// Held back.
        OnHold = "on_hold",
    }
    /// Where a payment stands.
    PaymentAxis {
        /// Nothing was or will be paid.
        None = "none",
        /// Not paid yet.
        Pending = "pending",
        /// Held on the card.
        Authorized = "authorized",
        /// Taken in part.
        PartiallyCaptured = "partially_captured",
        /// Taken.
        Captured = "captured",
        /// Given back in part.
        PartiallyRefunded = "partially_refunded",
        /// Given back.
        Refunded = "refunded",
        /// Let go.
        Voided = "voided",
        /// Disputed by the cardholder.
        Disputed = "disputed",
    }
    /// Where a delivery stands.
    FulfilmentAxis {
        /// Nothing left.
        Unfulfilled = "unfulfilled",
        /// Some of it left.
        PartiallyFulfilled = "partially_fulfilled",
        /// All of it left.
        Fulfilled = "fulfilled",
        /// Some of it arrived.
        PartiallyDelivered = "partially_delivered",
        /// All of it arrived.
        Delivered = "delivered",
    }
}
