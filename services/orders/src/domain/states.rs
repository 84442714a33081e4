//! Where the parts of an order stand, and where each may go from there. The database knows the same words.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::refusal::Refusal;

macro_rules! states {
    ($(#[$meta:meta])* $name:ident, $object:literal {
        $($(#[$doc:meta])* $state:ident = $text:literal => [$($to:ident),*],)+
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$doc])* $state,)+
        }

        impl $name {
            /// Every state.
            pub const ALL: &'static [Self] = &[$(Self::$state),+];

            /// The value as stored and sent.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$state => $text),+ }
            }

            /// The states that may follow.
            pub const fn next(self) -> &'static [Self] {
                match self { $(Self::$state => &[$(Self::$to),*]),+ }
            }

            /// Whether `to` may follow.
            pub fn can_become(self, to: Self) -> bool {
                self.next().contains(&to)
            }

            /// Refuses a step that may not follow.
            pub fn check(self, to: Self) -> Result<(), Refusal> {
                if self.can_become(to) {
                    return Ok(());
                }
                Err(Refusal::Transition {
                    object: $object,
                    state: self.as_str(),
                    allowed: self.next().iter().map(|state| state.as_str()).collect(),
                })
            }
        }
    };
}

states! {
    /// Where a shipment stands.
    ShipmentState, "shipment" {
        /// Put together on paper.
        Planned = "planned" => [Picking, Shipped, Cancelled],
        /// Being taken from the shelves.
        Picking = "picking" => [Shipped, Cancelled],
        /// With the carrier.
        Shipped = "shipped" => [Delivered, Lost],
        /// With the shopper.
        Delivered = "delivered" => [],
        /// Never arrived.
        Lost = "lost" => [],
        /// Given up before it left.
        Cancelled = "cancelled" => [],
    }
}

states! {
    /// Where a refund stands.
    RefundState, "refund" {
        /// A second person has to agree.
        AwaitingApproval = "awaiting_approval" => [Requested, Denied],
        /// The second person did not agree.
        Denied = "denied" => [],
        /// To be asked of the payment provider.
        Requested = "requested" => [Submitted, Succeeded, Failed],
        /// Asked of the payment provider.
        Submitted = "submitted" => [Succeeded, Failed],
        /// The money is on its way to the shopper.
        Succeeded = "succeeded" => [Failed, Reversed],
        /// The provider could not do it.
        Failed = "failed" => [Submitted, Requested, Succeeded, Abandoned],
        /// The money came back to the shop.
        Reversed = "reversed" => [],
        /// Given up after it failed.
        Abandoned = "abandoned" => [],
    }
}

states! {
    /// Where a return stands.
    ReturnState, "return" {
        /// Asked for.
        Requested = "requested" => [Approved, Rejected, Cancelled],
        /// Agreed to: the goods may be sent.
        Approved = "approved" => [InTransit, PartiallyReceived, Received, Cancelled],
        /// Not agreed to.
        Rejected = "rejected" => [],
        /// On its way back.
        InTransit = "in_transit" => [PartiallyReceived, Received],
        /// Some of it is back.
        PartiallyReceived = "partially_received" => [PartiallyReceived, Received, Closed],
        /// All of it is back.
        Received = "received" => [Refunded, Closed],
        /// The money went back as well.
        Refunded = "refunded" => [Closed],
        /// Done.
        Closed = "closed" => [],
        /// Given up.
        Cancelled = "cancelled" => [],
    }
}

states! {
    /// Where a claim stands.
    ClaimState, "claim" {
        /// To be decided.
        Open = "open" => [Approved, Resolved, Denied],
        /// Agreed to; its refund is not through yet.
        Approved = "approved" => [Resolved],
        /// Not agreed to.
        Denied = "denied" => [],
        /// Made good.
        Resolved = "resolved" => [],
    }
}

impl RefundState {
    /// Whether its amount counts against what may be refunded yet.
    pub const fn counts(self) -> bool {
        !matches!(self, Self::Denied | Self::Reversed | Self::Abandoned)
    }

    /// Whether it is owed to the shopper yet.
    pub const fn is_open(self) -> bool {
        matches!(
            self,
            Self::AwaitingApproval | Self::Requested | Self::Submitted | Self::Failed
        )
    }
}

impl ClaimState {
    /// Whether its units may not be claimed again.
    pub const fn counts(self) -> bool {
        !matches!(self, Self::Denied)
    }
}

impl ReturnState {
    /// Whether goods are expected.
    pub const fn awaits_goods(self) -> bool {
        matches!(
            self,
            Self::Approved | Self::InTransit | Self::PartiallyReceived
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! closed {
        ($test:ident, $name:ident, $first:ident) => {
            #[test]
            fn $test() {
                let mut reached = vec![$name::$first];
                let mut at = 0;
                while let Some(state) = reached.get(at).copied() {
                    for next in state.next() {
                        if !reached.contains(next) {
                            reached.push(*next);
                        }
                    }
                    at += 1;
                }
                for state in $name::ALL {
                    assert!(reached.contains(state), "{state:?} is never reached");
                    let json = serde_json::to_value(state).expect("a text");
                    assert_eq!(json, state.as_str());
                    for to in $name::ALL {
                        assert_eq!(state.check(*to).is_ok(), state.next().contains(to));
                    }
                }
            }
        };
    }

    closed!(shipments_are_closed, ShipmentState, Planned);
    closed!(refunds_are_closed, RefundState, AwaitingApproval);
    closed!(returns_are_closed, ReturnState, Requested);
    closed!(claims_are_closed, ClaimState, Open);

    #[test]
    fn what_is_over_stays_over() {
        assert!(
            ShipmentState::Lost.next().is_empty() && ShipmentState::Cancelled.next().is_empty()
        );
        assert!(RefundState::Denied.next().is_empty() && RefundState::Reversed.next().is_empty());
        assert!(ReturnState::Rejected.next().is_empty() && ReturnState::Closed.next().is_empty());
        assert!(ClaimState::Resolved.next().is_empty() && ClaimState::Denied.next().is_empty());
        let refused = ShipmentState::Shipped.check(ShipmentState::Cancelled);
        assert!(matches!(
            refused,
            Err(Refusal::Transition { object: "shipment", state: "shipped", allowed }) if allowed == ["delivered", "lost"]
        ));
    }
}
