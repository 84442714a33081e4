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
    model::{Attempt, Charge, Customer, Dispute, Event, Intent, PaymentMethod, Refund},
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
    Customer(Customer),
    Dispute(Dispute),
    /// An event is sent once more.
    Redelivery {
        event: String,
    },
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
    pub(crate) customers: Table<Customer>,
    pub(crate) disputes: Table<Dispute>,
    pub(crate) events: Table<Event>,
    pub(crate) answers: Answers,
    pub(crate) outbox: Outbox,
    charges_of: HashMap<String, Vec<String>>,
    refunds_of: HashMap<String, Vec<String>>,
    disputes_of: HashMap<String, Vec<String>>,
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
                let before = self.charges.get(&charge.id);
                let before = before.and_then(|charge| charge.settle_at_ms);
                self.schedule(&charge.id, before, charge.settle_at_ms);
                self.charges.put(charge);
            }
            Record::Refund(refund) => self.apply_refund(refund),
            Record::Dispute(dispute) => {
                let before = self.disputes.get(&dispute.id);
                if before.is_none() {
                    let disputes = self.disputes_of.entry(dispute.charge.clone());
                    disputes.or_default().push(dispute.id.clone());
                }
                let before = before.and_then(|dispute| dispute.settle_at_ms);
                self.schedule(&dispute.id, before, dispute.settle_at_ms);
                self.disputes.put(dispute);
            }
            Record::PaymentMethod(method) => {
                self.payment_methods.put(method);
            }
            Record::Customer(customer) => {
                self.customers.put(customer);
            }
            Record::Event(event) => {
                if event.deliver {
                    self.outbox.add(&event);
                }
                self.events.put(event);
            }
            Record::Redelivery { event } => {
                if let Some(event) = self.events.get(&event) {
                    self.outbox.add_again(event);
                }
            }
            Record::Attempt(attempt) => self.outbox.note(&attempt),
            Record::Answer(answer) => self.answers.keep(answer),
        }
    }

    fn apply_refund(&mut self, refund: Refund) {
        let before = self.refunds.get(&refund.id);
        if before.is_none() {
            let refunds = self.refunds_of.entry(refund.payment_intent.clone());
            refunds.or_default().push(refund.id.clone());
        }
        let before = before.and_then(|refund| refund.settle_at_ms);
        self.schedule(&refund.id, before, refund.settle_at_ms);
        self.refunds.put(refund);
    }

    /// Notes when something will happen to an object by itself.
    fn schedule(&mut self, id: &str, before: Option<i64>, at: Option<i64>) {
        if let Some(before) = before {
            self.settling.remove(&(before, id.to_owned()));
        }
        if let Some(at) = at {
            self.settling.insert((at, id.to_owned()));
        }
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

    /// The disputes of a charge, oldest first.
    pub(crate) fn disputes_of(&self, charge: &str) -> impl Iterator<Item = &Dispute> {
        let ids = self.disputes_of.get(charge).into_iter().flatten();
        ids.filter_map(|id| self.disputes.get(id))
    }

    /// The object that something happens to next by itself, and when, in Unix milliseconds.
    pub(crate) fn next_settling(&self) -> Option<&(i64, String)> {
        self.settling.first()
    }
}
