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

/// Those that are not met yet, in the order given.
pub fn open(requirements: &[(Requirement, bool)]) -> Vec<Requirement> {
    requirements
        .iter()
        .filter(|(_, met)| !met)
        .map(|(requirement, _)| *requirement)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_is_missing() {
        let known = [(Requirement::Lines, true), (Requirement::Email, false)];
        assert_eq!(open(&known), [Requirement::Email]);
        assert_eq!(open(&known[..1]), []);
    }
}
