//! The states of checkouts and payment attempts, and when a provider is asked again.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a checkout stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckoutState {
    /// The shopper fills it in.
    Open,
    /// A payment is under way; nothing may change.
    Completing,
    /// It became an order.
    Completed,
    /// Given up.
    Expired,
}

impl CheckoutState {
    const ALL: [Self; 4] = [Self::Open, Self::Completing, Self::Completed, Self::Expired];

    /// The value as stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Completing => "completing",
            Self::Completed => "completed",
            Self::Expired => "expired",
        }
    }

    /// The state stored as `text`.
    pub fn from_stored(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// Where one attempt to pay stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptState {
    /// The provider was not heard of yet.
    Created,
    /// The shopper must confirm with the bank.
    RequiresAction,
    /// The provider works on it, or a late payment is being returned.
    Processing,
    /// Held on the card, not taken.
    Authorized,
    /// Taken.
    Captured,
    /// Declined.
    Failed,
    /// Ended by us before money moved.
    Voided,
    /// The provider did not answer; only its own state may resolve it.
    Unknown,
}

impl AttemptState {
    const ALL: [Self; 8] = [
        Self::Created,
        Self::RequiresAction,
        Self::Processing,
        Self::Authorized,
        Self::Captured,
        Self::Failed,
        Self::Voided,
        Self::Unknown,
    ];

    /// The value as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::RequiresAction => "requires_action",
            Self::Processing => "processing",
            Self::Authorized => "authorized",
            Self::Captured => "captured",
            Self::Failed => "failed",
            Self::Voided => "voided",
            Self::Unknown => "unknown",
        }
    }

    /// The state stored as `text`.
    pub fn from_stored(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether the provider's word on the purchase is still awaited.
    pub fn is_open(self) -> bool {
        !matches!(
            self,
            Self::Authorized | Self::Captured | Self::Failed | Self::Voided
        )
    }

    /// Whether it paid for an order: the money is held or was taken.
    pub fn is_paid(self) -> bool {
        matches!(self, Self::Authorized | Self::Captured)
    }

    /// Whether an attempt may go from here to `next`. Staying is no step.
    pub fn may_become(self, next: Self) -> bool {
        match self {
            Self::Created => true,
            Self::RequiresAction | Self::Processing | Self::Unknown => next != Self::Created,
            Self::Authorized => matches!(next, Self::Captured | Self::Voided),
            // Money that comes after all is recorded before it goes back.
            Self::Failed | Self::Voided => matches!(next, Self::Authorized | Self::Captured),
            Self::Captured => false,
        }
    }
}

/// When the money of a card is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaptureMethod {
    /// With the purchase.
    Automatic,
    /// When the order is sent; until then it is held.
    Manual,
}

impl CaptureMethod {
    /// The value as stored and sent to the provider.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::Manual => "manual",
        }
    }

    /// The method stored as `text`.
    pub fn from_stored(text: &str) -> Option<Self> {
        [Self::Automatic, Self::Manual]
            .into_iter()
            .find(|method| method.as_str() == text)
    }
}

/// The pauses between two questions to the provider, in seconds; the last one repeats.
const POLL_PAUSES_S: [i64; 6] = [15, 45, 120, 300, 900, 3600];

/// How long to wait before the provider is asked about an attempt for the `polls + 1`st time.
pub fn poll_pause(polls: i32) -> SignedDuration {
    let index = usize::try_from(polls)
        .unwrap_or(0)
        .min(POLL_PAUSES_S.len() - 1);
    SignedDuration::from_secs(POLL_PAUSES_S[index])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_survive_storage() {
        for state in CheckoutState::ALL {
            assert_eq!(CheckoutState::from_stored(state.as_str()), Some(state));
        }
        for state in AttemptState::ALL {
            assert_eq!(AttemptState::from_stored(state.as_str()), Some(state));
        }
        assert_eq!(CheckoutState::from_stored("paid"), None);
        assert_eq!(AttemptState::from_stored(""), None);
    }

    #[test]
    fn no_attempt_leaves_its_money_behind() {
        for state in AttemptState::ALL {
            assert_eq!(
                state.may_become(AttemptState::Created),
                state == AttemptState::Created
            );
            for next in AttemptState::ALL {
                // What was taken stays taken; what is held ends by a capture or by letting go.
                let allowed = state.may_become(next);
                assert!(!(allowed && state == AttemptState::Captured), "{next:?}");
                if state == AttemptState::Authorized && allowed {
                    assert!(!next.is_open() && next != AttemptState::Failed);
                }
                // Wherever it stands, money that arrives can be written down.
                if next == AttemptState::Captured && state != AttemptState::Captured {
                    assert!(allowed, "{state:?}");
                }
            }
        }
    }

    #[test]
    fn the_provider_is_asked_ever_more_rarely() {
        let pauses: Vec<i64> = (-1..8).map(|polls| poll_pause(polls).as_secs()).collect();
        assert_eq!(pauses, [15, 15, 45, 120, 300, 900, 3600, 3600, 3600]);
    }
}
