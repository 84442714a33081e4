//! What a checkout still needs before it can be completed.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One thing that is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Requirement {
    /// An e-mail address.
    Email,
    /// A shipping address.
    ShippingAddress,
    /// A shipping method that is available for the address and the lines.
    ShippingMethod,
    /// A payment method; it is given with the request that completes the checkout.
    PaymentMethod,
    /// At least one line, and none that cannot be bought.
    Lines,
}

/// What is known of a checkout.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// There is an e-mail address.
    pub email: bool,
    /// There is a shipping address.
    pub shipping_address: bool,
    /// The chosen shipping method is available.
    pub shipping_method: bool,
    /// There are lines and all of them are on sale.
    pub lines: bool,
    /// There is nothing to pay, or it is known with what.
    pub payment_method: bool,
}

/// What is missing, in the order in which it is asked for.
pub fn open(known: Known) -> Vec<Requirement> {
    [
        (known.lines, Requirement::Lines),
        (known.email, Requirement::Email),
        (known.shipping_address, Requirement::ShippingAddress),
        (known.shipping_method, Requirement::ShippingMethod),
        (known.payment_method, Requirement::PaymentMethod),
    ]
    .into_iter()
    .filter(|(known, _)| !known)
    .map(|(_, requirement)| requirement)
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_is_missing() {
        let all = Known {
            email: true,
            shipping_address: true,
            shipping_method: true,
            lines: true,
            payment_method: true,
        };
        assert_eq!(open(all), []);
        assert_eq!(
            open(Known {
                email: false,
                payment_method: false,
                ..all
            }),
            [Requirement::Email, Requirement::PaymentMethod]
        );
        assert_eq!(
            open(Known {
                lines: false,
                ..all
            }),
            [Requirement::Lines]
        );
    }
}
