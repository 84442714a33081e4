//! The last requests to the endpoint, for tests and operators.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use serde::Serialize;

const KEPT_MAX: usize = 10_000;

/// One request to the endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// `evt_…`
    pub event: String,
    /// The event's type.
    #[serde(rename = "type")]
    pub kind: String,
    /// `genuine`, `duplicate`, `forged` or `replay`.
    pub manner: &'static str,
    /// When it was answered or given up, in Unix milliseconds.
    pub at_ms: i64,
    /// The endpoint's answer; none when it did not answer.
    pub status: Option<u16>,
}

/// The last requests, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Deliveries(Mutex<VecDeque<Delivery>>);

impl Deliveries {
    pub(super) fn note(&self, delivery: Delivery) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT_MAX {
            kept.pop_front();
        }
        kept.push_back(delivery);
    }

    pub(crate) fn list(&self) -> Vec<Delivery> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().cloned().collect()
    }
}
