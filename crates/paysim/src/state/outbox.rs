//! Events that the endpoint has not received. Only ids wait here; the events are in the ledger.

use std::collections::{BTreeSet, HashMap};

use crate::model::{Attempt, AttemptResult, Event};

/// Undelivered events by the time of their next try.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    /// Due time in Unix milliseconds, order of making, event id. Events that are being sent
    /// right now are not in here.
    waiting: BTreeSet<(i64, u64, String)>,
    open: HashMap<String, Open>,
    made: u64,
}

#[derive(Debug)]
struct Open {
    order: u64,
    attempts: u32,
    /// Its key in `waiting`.
    due_ms: i64,
}

/// An event that is to be sent now.
#[derive(Debug)]
pub(crate) struct Due {
    pub(crate) event: String,
    /// Tries before this one.
    pub(crate) attempts: u32,
}

impl Outbox {
    pub(super) fn add(&mut self, event: &Event) {
        self.made += 1;
        let due_ms = event.created * 1000;
        self.waiting.insert((due_ms, self.made, event.id.clone()));
        self.open.insert(
            event.id.clone(),
            Open {
                order: self.made,
                attempts: 0,
                due_ms,
            },
        );
    }

    pub(super) fn note(&mut self, attempt: &Attempt) {
        let Some(open) = self.open.get_mut(&attempt.event) else {
            return;
        };
        // During a replay the event still waits; live, it was taken before it was sent.
        self.waiting
            .remove(&(open.due_ms, open.order, attempt.event.clone()));
        match (attempt.result, attempt.next_at_ms) {
            (AttemptResult::Failed, Some(at)) => {
                open.attempts = attempt.number;
                open.due_ms = at;
                self.waiting.insert((at, open.order, attempt.event.clone()));
            }
            _ => {
                self.open.remove(&attempt.event);
            }
        }
    }

    /// Makes every undelivered event due: a restart tries all of them at once.
    pub(crate) fn hurry(&mut self) {
        self.waiting.clear();
        for (event, open) in &mut self.open {
            open.due_ms = 0;
            self.waiting.insert((0, open.order, event.clone()));
        }
    }

    /// Takes up to `max` events that are due; each comes back through an attempt.
    pub(crate) fn take_due(&mut self, now_ms: i64, max: usize) -> Vec<Due> {
        let mut due = Vec::new();
        while due.len() < max
            && let Some((at, _, _)) = self.waiting.first()
            && *at <= now_ms
            && let Some((_, _, event)) = self.waiting.pop_first()
        {
            let attempts = self.open.get(&event).map_or(0, |open| open.attempts);
            due.push(Due { event, attempts });
        }
        due
    }

    /// When the next event is due, in Unix milliseconds.
    pub(crate) fn next_due(&self) -> Option<i64> {
        self.waiting.first().map(|(at, _, _)| *at)
    }

    /// Whether an event has not been received yet.
    pub(crate) fn is_open(&self, event: &str) -> bool {
        self.open.contains_key(event)
    }

    /// How many events have not been received yet.
    pub(crate) fn len(&self) -> usize {
        self.open.len()
    }
}
