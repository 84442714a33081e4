//! Everything the simulator knows. It changes only through `apply`, for live requests as for
//! the replay of the journal.

mod outbox;
mod table;

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

pub(crate) use outbox::Due;
pub(crate) use table::{Row, Table};

use crate::{
    idempotency::{Answer, Answers},
    model::{Attempt, Charge, Event, Intent, PaymentMethod, Refund},
};
use outbox::Outbox;

/// One change. Objects are recorded whole: the last record of an id is its state.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
pub(crate) enum Record {
    Intent(Intent),
    Charge(Charge),
    Refund(Refund),
    PaymentMethod(PaymentMethod),
    Event(Event),
    Attempt(Attempt),
    Answer(Answer),
}

/// The ledger in memory.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) intents: Table<Intent>,
    pub(crate) charges: Table<Charge>,
    pub(crate) refunds: Table<Refund>,
    pub(crate) payment_methods: Table<PaymentMethod>,
    pub(crate) events: Table<Event>,
    pub(crate) answers: Answers,
    pub(crate) outbox: Outbox,
    charges_of: HashMap<String, Vec<String>>,
    refunds_of: HashMap<String, Vec<String>>,
    settling: BTreeSet<(i64, String)>,
}

impl State {
    /// Makes one change.
    pub(crate) fn apply(&mut self, record: Record) {
        match record {
            Record::Intent(intent) => {
                self.intents.put(intent);
            }
            Record::Charge(charge) => {
                if self.charges.get(&charge.id).is_none() {
                    let charges = self.charges_of.entry(charge.payment_intent.clone());
                    charges.or_default().push(charge.id.clone());
                }
                self.charges.put(charge);
            }
            Record::Refund(refund) => self.apply_refund(refund),
            Record::PaymentMethod(method) => {
                self.payment_methods.put(method);
            }
            Record::Event(event) => {
                if event.deliver {
                    self.outbox.add(&event);
                }
                self.events.put(event);
            }
            Record::Attempt(attempt) => self.outbox.note(&attempt),
            Record::Answer(answer) => self.answers.keep(answer),
        }
    }

    fn apply_refund(&mut self, refund: Refund) {
        match self.refunds.get(&refund.id) {
            Some(Refund {
                settle_at_ms: Some(at),
                ..
            }) => {
                self.settling.remove(&(*at, refund.id.clone()));
            }
            Some(_) => {}
            None => {
                let refunds = self.refunds_of.entry(refund.payment_intent.clone());
                refunds.or_default().push(refund.id.clone());
            }
        }
        if let Some(at) = refund.settle_at_ms {
            self.settling.insert((at, refund.id.clone()));
        }
        self.refunds.put(refund);
    }

    /// The charges of an intent, oldest first.
    pub(crate) fn charges_of(&self, intent: &str) -> impl Iterator<Item = &Charge> {
        let ids = self.charges_of.get(intent).into_iter().flatten();
        ids.filter_map(|id| self.charges.get(id))
    }

    /// The refunds of an intent, oldest first.
    pub(crate) fn refunds_of(&self, intent: &str) -> impl Iterator<Item = &Refund> {
        let ids = self.refunds_of.get(intent).into_iter().flatten();
        ids.filter_map(|id| self.refunds.get(id))
    }

    /// The refund whose final answer comes next, and when, in Unix milliseconds.
    pub(crate) fn next_settling(&self) -> Option<&(i64, String)> {
        self.settling.first()
    }
}
