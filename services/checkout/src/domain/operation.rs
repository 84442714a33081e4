//! Movements of money after a purchase.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OperationKind {
    /// Takes what is held.
    Capture,
    /// Lets go what is held.
    Void,
    /// Gives back to what paid.
    Refund,
    /// Gives back as store credit.
    Credit,
}

impl OperationKind {
    const ALL: [Self; 4] = [Self::Capture, Self::Void, Self::Refund, Self::Credit];

    /// The value as stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Capture => "capture",
            Self::Void => "void",
            Self::Refund => "refund",
            Self::Credit => "credit",
        }
    }

    /// The kind stored as `text`.
    pub fn from_stored(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Where an operation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OperationState {
    /// Asked for.
    Requested,
    /// Sent to the provider, whose last word is awaited.
    Submitted,
    /// Done.
    Succeeded,
    /// It cannot be done.
    Failed,
    /// It failed, and another one takes its place.
    Superseded,
}

impl OperationState {
    const ALL: [Self; 5] = [
        Self::Requested,
        Self::Submitted,
        Self::Succeeded,
        Self::Failed,
        Self::Superseded,
    ];

    /// The value as stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Submitted => "submitted",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Superseded => "superseded",
        }
    }

    /// The state stored as `text`.
    pub fn from_stored(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether the provider's word is awaited.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Requested | Self::Submitted)
    }

    /// Whether an operation may go from here to `next`. Staying is no step.
    pub fn may_become(self, next: Self) -> bool {
        match self {
            Self::Requested => matches!(next, Self::Submitted | Self::Succeeded | Self::Failed),
            Self::Submitted => matches!(next, Self::Succeeded | Self::Failed),
            // A bank may send a refund back after all.
            Self::Succeeded => next == Self::Failed,
            Self::Failed => next == Self::Superseded,
            Self::Superseded => false,
        }
    }
}

/// The pauses between two tries of an operation, in seconds; the last one repeats.
const PAUSES_S: [i64; 8] = [1, 2, 5, 15, 45, 120, 300, 900];

/// How long to wait after the `tries`th try without an answer.
pub fn retry_pause(tries: i32) -> SignedDuration {
    let index = usize::try_from(tries.saturating_sub(1)).unwrap_or(0);
    SignedDuration::from_secs(PAUSES_S[index.min(PAUSES_S.len() - 1)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_survive_storage_and_end() {
        for kind in OperationKind::ALL {
            assert_eq!(OperationKind::from_stored(kind.as_str()), Some(kind));
        }
        for state in OperationState::ALL {
            assert_eq!(OperationState::from_stored(state.as_str()), Some(state));
            assert!(!state.may_become(state) && !state.may_become(OperationState::Requested));
            // From wherever it is open, both ends can be reached.
            if state.is_open() {
                assert!(state.may_become(OperationState::Succeeded));
                assert!(state.may_become(OperationState::Failed));
            }
        }
        assert_eq!(OperationState::from_stored("paid"), None);
    }

    #[test]
    fn an_operation_is_tried_ever_more_rarely() {
        let pauses: Vec<i64> = (0..11).map(|tries| retry_pause(tries).as_secs()).collect();
        assert_eq!(pauses, [1, 1, 2, 5, 15, 45, 120, 300, 900, 900, 900]);
    }
}
