//! Events that go wrong on their way: twice, in another order, late, never, forged, replayed.

use std::time::Duration;

use rand::RngExt;
use serde::{Deserialize, Serialize};

use super::{
    Board,
    rule::{When, fits},
};

/// A rule for events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct WebhookFault {
    /// What happens.
    pub fault: WebhookTrouble,
    /// The events it may happen to: a type, in which `*` stands for anything.
    pub events: String,
    /// How often.
    #[serde(flatten)]
    pub when: When,
    /// `duplicate`, `forged`, `replay`: how many more come.
    pub times: u32,
    /// `late`: how late, `shuffle`: up to how late by chance, `replay`: how long after the
    /// genuine one; in milliseconds.
    pub ms: u64,
    /// `late`: the event says that it was made this many seconds earlier than it was. `replay`:
    /// the signature is this many seconds old. So that three days need not be waited for.
    pub aged_s: u32,
}

/// What happens to an event. But for replays, every request is signed with the time of its
/// sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookTrouble {
    /// It comes several times, at once.
    Duplicate,
    /// It waits by chance, so that others overtake it.
    Shuffle,
    /// It comes later.
    Late,
    /// It never comes, unless somebody asks for it.
    Missing,
    /// Requests with the same event come first that are signed with a wrong secret.
    Forged,
    /// The same bytes with the same signature come again.
    Replay,
}

impl Default for WebhookFault {
    /// One duplicate of every event.
    fn default() -> Self {
        Self {
            fault: WebhookTrouble::Duplicate,
            events: "*".to_owned(),
            when: When::default(),
            times: 1,
            ms: 0,
            aged_s: 0,
        }
    }
}

impl WebhookFault {
    /// A rule for every event.
    pub fn every(fault: WebhookTrouble) -> Self {
        Self {
            fault,
            ..Self::default()
        }
    }
}

/// What happens to one event.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plan {
    pub(crate) missing: bool,
    pub(crate) delay: Duration,
    pub(crate) duplicates: u32,
    pub(crate) forged: u32,
    /// How much earlier it says it was made, in seconds.
    pub(crate) aged_s: i64,
    pub(crate) replays: Vec<Replay>,
}

/// A request that is sent again as it was.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Replay {
    pub(crate) after: Duration,
    /// The age of its signature then, in seconds.
    pub(crate) aged_s: i64,
    pub(crate) times: u32,
}

impl Board {
    /// What happens to an event of a type.
    pub(crate) fn plan(&self, kind: &str) -> Plan {
        let mut plan = Plan::default();
        for rule in &mut self.lock().webhooks {
            if !fits(&rule.events, kind) || !rule.when.applies() {
                continue;
            }
            let time = Duration::from_millis(rule.ms);
            match rule.fault {
                WebhookTrouble::Missing => plan.missing = true,
                WebhookTrouble::Duplicate => plan.duplicates += rule.times,
                WebhookTrouble::Forged => plan.forged += rule.times,
                WebhookTrouble::Late => {
                    plan.delay += time;
                    plan.aged_s += i64::from(rule.aged_s);
                }
                WebhookTrouble::Shuffle => {
                    let wait = rand::rng().random_range(0..=rule.ms);
                    plan.delay += Duration::from_millis(wait);
                }
                WebhookTrouble::Replay => plan.replays.push(Replay {
                    after: time,
                    aged_s: i64::from(rule.aged_s),
                    times: rule.times,
                }),
            }
        }
        plan
    }
}
