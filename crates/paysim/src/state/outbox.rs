//! Events that the endpoint has not received. Only ids wait here; the events are in the ledger.

use std::collections::{BTreeSet, HashMap};

use crate::{
    faults::Plan,
    model::{Attempt, AttemptResult, Event},
};

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
    /// Somebody asked for it: it is not withheld.
    again: bool,
    /// What happens to it, once that is decided.
    plan: Option<Plan>,
}

/// An event that is to be sent now.
#[derive(Debug)]
pub(crate) struct Due {
    pub(crate) event: String,
    /// Tries before this one.
    pub(crate) attempts: u32,
    /// Somebody asked for it: it is not withheld.
    pub(crate) again: bool,
    /// What happens to it, once that is decided.
    pub(crate) plan: Option<Plan>,
}

impl Outbox {
    pub(super) fn add(&mut self, event: &Event) {
        self.enter(event, event.created * 1000, false);
    }

    /// Sends an event once more.
    pub(super) fn add_again(&mut self, event: &Event) {
        if let Some(open) = self.open.get(&event.id) {
            let waiting = (open.due_ms, open.order, event.id.clone());
            // It is being sent at this moment.
            if !self.waiting.remove(&waiting) {
                return;
            }
        }
        self.enter(event, 0, true);
    }

    fn enter(&mut self, event: &Event, due_ms: i64, again: bool) {
        self.made += 1;
        self.waiting.insert((due_ms, self.made, event.id.clone()));
        self.open.insert(
            event.id.clone(),
            Open {
                order: self.made,
                attempts: 0,
                due_ms,
                again,
                plan: None,
            },
        );
    }

    /// Lets an event that was taken wait until a time.
    pub(crate) fn postpone(&mut self, event: &str, due_ms: i64, plan: Plan) {
        if let Some(open) = self.open.get_mut(event) {
            open.due_ms = due_ms;
            open.plan = Some(plan);
            self.waiting.insert((due_ms, open.order, event.to_owned()));
        }
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
            let open = self.open.get(&event);
            due.push(Due {
                attempts: open.map_or(0, |open| open.attempts),
                again: open.is_some_and(|open| open.again),
                plan: open.and_then(|open| open.plan.clone()),
                event,
            });
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
