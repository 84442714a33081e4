//! What goes wrong on purpose: rules for requests and for webhooks, set by an operator or a test.
//!
//! `rule` says when a rule applies, `requests` carries request rules out, `hooks` turns webhook
//! rules into a plan for one event.

mod hooks;
mod requests;
mod rule;

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

pub use hooks::{WebhookFault, WebhookTrouble};
pub use requests::{RequestFault, RequestTrouble};
pub use rule::When;

pub(crate) use hooks::{Plan, Replay};
pub(crate) use requests::{Dropped, Spoiled, apply};

/// Everything that goes wrong.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// What happens to requests. Delays add up; the first other rule that applies decides.
    pub requests: Vec<RequestFault>,
    /// What happens to events on their way. All rules that apply add up.
    pub webhooks: Vec<WebhookFault>,
}

impl Faults {
    /// Refuses rules that could not work.
    pub(crate) fn check(&self) -> Result<(), String> {
        let rules = self.requests.iter().map(|fault| &fault.when);
        let rules = rules.chain(self.webhooks.iter().map(|fault| &fault.when));
        if rules
            .clone()
            .any(|rule| !(0.0..=1.0).contains(&rule.probability))
        {
            return Err("a probability must lie between 0 and 1".to_owned());
        }
        let status = |fault: &RequestFault| http::StatusCode::from_u16(fault.status).is_err();
        if self.requests.iter().any(status) {
            return Err("a status must lie between 100 and 999".to_owned());
        }
        Ok(())
    }
}

/// The rules in force. They lie in memory: a restart begins with those of the settings.
#[derive(Debug)]
pub(crate) struct Board {
    faults: Mutex<Faults>,
    /// Changes whenever rules are taken away, so that hanging requests end.
    round: watch::Sender<u64>,
}

impl Board {
    pub(crate) fn new(faults: Faults) -> Self {
        Self {
            faults: Mutex::new(faults),
            round: watch::Sender::new(0),
        }
    }

    /// The rules with what is left of their counts.
    pub(crate) fn list(&self) -> Faults {
        self.lock().clone()
    }

    /// Puts rules in force beside those that are.
    pub(crate) fn add(&self, faults: Faults) {
        let mut all = self.lock();
        all.requests.extend(faults.requests);
        all.webhooks.extend(faults.webhooks);
    }

    /// Puts rules in force in place of those that are; ends hanging requests.
    pub(crate) fn replace(&self, faults: Faults) {
        *self.lock() = faults;
        self.round.send_modify(|round| *round += 1);
    }

    fn lock(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
