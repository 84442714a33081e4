//! How completing a checkout can end.

use kernel::{CheckoutId, Money, OrderId};

/// What became of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// The order is placed.
    Placed {
        /// The order.
        order_id: OrderId,
        /// Its number.
        number: String,
        /// What was charged.
        total: Money,
    },
    /// The provider refused; everything is as before.
    Declined {
        /// What the shopper may know of the reason.
        decline_code: String,
        /// The checkout's version now.
        version: i64,
    },
    /// The provider could not be reached, so nothing was charged; everything is as before.
    Unavailable,
    /// The money came too late to buy anything and went back.
    Returned {
        /// The checkout.
        checkout_id: CheckoutId,
    },
    /// Not known yet.
    Pending {
        /// The order.
        order_id: OrderId,
        /// What is being charged.
        total: Money,
        /// What the browser needs when the bank wants the shopper's confirmation.
        client_secret: Option<String>,
    },
}

impl Settled {
    /// One word for metrics.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Placed { .. } => "placed",
            Self::Declined { .. } => "declined",
            Self::Unavailable => "unavailable",
            Self::Returned { .. } => "returned",
            Self::Pending {
                client_secret: None,
                ..
            } => "processing",
            Self::Pending { .. } => "requires_action",
        }
    }
}

/// The reasons that help an honest shopper. The others could tell a thief why a card does not work.
const TOLD: [&str; 12] = [
    "authentication_required",
    "canceled",
    "card_not_supported",
    "currency_not_supported",
    "expired_card",
    "incorrect_cvc",
    "incorrect_number",
    "insufficient_funds",
    "invalid_cvc",
    "invalid_expiry_year",
    "processing_error",
    "resource_missing",
];

/// What a shopper may know of the provider's reason.
pub fn told_decline_code(decline_code: &str) -> &str {
    if decline_code == "payment_intent_authentication_failure" {
        return "authentication_required";
    }
    if TOLD.contains(&decline_code) {
        decline_code
    } else {
        "generic_decline"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thieves_learn_nothing() {
        assert_eq!(
            told_decline_code("insufficient_funds"),
            "insufficient_funds"
        );
        for code in [
            "lost_card",
            "stolen_card",
            "fraudulent",
            "card_velocity_exceeded",
            "api_key_expired",
        ] {
            assert_eq!(told_decline_code(code), "generic_decline");
        }
    }
}
