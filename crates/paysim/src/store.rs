//! State and journal together: transactions in, durable answers out.

use std::{
    path::Path,
    sync::{Mutex, MutexGuard},
    time::Duration,
};

use serde_json::Value;

use crate::{
    clock, ids,
    journal::{Broken, Journal, JournalError, Line, Replay},
    model::{Charge, Customer, Dispute, Event, Intent, PaymentMethod, Refund},
    state::{Record, State},
};

/// The ledger.
#[derive(Debug)]
pub(crate) struct Store {
    inner: Mutex<Inner>,
    journal: Journal,
    spans: Spans,
}

#[derive(Debug, Default)]
struct Inner {
    state: State,
    /// Number of the last transaction.
    seq: u64,
}

/// After how long things happen by themselves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spans {
    /// The holders of some test cards complain about a payment.
    pub(crate) complaint: Duration,
    /// The bank lets go what is held.
    pub(crate) hold: Duration,
}

/// Who causes a transaction, for its events.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cause {
    pub(crate) request: Option<String>,
    pub(crate) idempotency_key: Option<String>,
    /// Whether an endpoint is set up that wants the events.
    pub(crate) deliver: bool,
}

impl Store {
    /// Opens the ledger of a folder.
    pub(crate) fn open(folder: &Path, spans: Spans) -> Result<(Self, Replay), JournalError> {
        let mut inner = Inner::default();
        let (journal, replay) = Journal::open(folder, |line| {
            inner.seq = line.seq;
            for record in line.records {
                inner.state.apply(record);
            }
        })?;
        inner.state.outbox.hurry();
        Ok((
            Self {
                inner: Mutex::new(inner),
                journal,
                spans,
            },
            replay,
        ))
    }

    /// Runs a transaction. It must have checked everything before its first change, because
    /// changes stay even when it answers an error (a declined payment is one).
    ///
    /// Returns its result and the number to wait for with `durable`.
    pub(crate) fn write<T>(
        &self,
        cause: Cause,
        run: impl FnOnce(&mut Tx<'_>) -> T,
    ) -> Result<(T, u64), Broken> {
        let mut inner = self.lock()?;
        let Inner { state, seq } = &mut *inner;
        let now_ms = clock::now_ms();
        let mut tx = Tx {
            state,
            records: Vec::new(),
            now_ms,
            spans: self.spans,
            cause,
        };
        let result = run(&mut tx);
        let records = tx.records;
        if !records.is_empty() {
            *seq += 1;
            self.journal.append(&Line {
                seq: *seq,
                at_ms: now_ms,
                records,
            })?;
        }
        Ok((result, *seq))
    }

    /// Reads. Returns the result and the number to wait for, so that nobody sees what a crash
    /// could take back.
    pub(crate) fn read<T>(&self, run: impl FnOnce(&State) -> T) -> Result<(T, u64), Broken> {
        let inner = self.lock()?;
        Ok((run(&inner.state), inner.seq))
    }

    /// Changes what is not journalled: which events are being sent.
    pub(crate) fn with_state<T>(&self, run: impl FnOnce(&mut State) -> T) -> Result<T, Broken> {
        Ok(run(&mut self.lock()?.state))
    }

    /// Waits until a transaction is on disk.
    pub(crate) async fn durable(&self, seq: u64) -> Result<(), Broken> {
        self.journal.durable(seq).await
    }

    pub(crate) fn is_healthy(&self) -> bool {
        self.journal.is_healthy()
    }

    /// Writes what is queued and closes the journal; later transactions are refused.
    pub(crate) fn close(&self) {
        self.journal.close();
    }

    /// A transaction that panicked may have left half of its changes: nothing more is answered.
    fn lock(&self) -> Result<MutexGuard<'_, Inner>, Broken> {
        self.inner.lock().map_err(|_| Broken)
    }
}

/// A running transaction.
#[derive(Debug)]
pub(crate) struct Tx<'a> {
    pub(crate) state: &'a mut State,
    records: Vec<Record>,
    pub(crate) now_ms: i64,
    pub(crate) spans: Spans,
    cause: Cause,
}

impl Tx<'_> {
    /// Unix seconds.
    pub(crate) fn now(&self) -> i64 {
        self.now_ms / 1000
    }

    /// The time after a span, in Unix milliseconds.
    pub(crate) fn after(&self, span: Duration) -> i64 {
        let millis = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        self.now_ms.saturating_add(millis)
    }

    /// Makes a change.
    pub(crate) fn put(&mut self, record: Record) {
        self.state.apply(record.clone());
        self.records.push(record);
    }

    /// Records an event with its object as it is now.
    pub(crate) fn emit(&mut self, kind: &str, object: Value) {
        let event = Event {
            id: ids::generate("evt"),
            kind: kind.to_owned(),
            created: self.now(),
            object,
            request: self.cause.request.clone(),
            idempotency_key: self.cause.idempotency_key.clone(),
            deliver: self.cause.deliver,
        };
        self.put(Record::Event(event));
    }

    /// The idempotency key of the request behind the transaction.
    pub(crate) fn idempotency_key(&self) -> Option<String> {
        self.cause.idempotency_key.clone()
    }

    /// Stores an intent and tells about it.
    pub(crate) fn put_intent(&mut self, intent: &Intent, event: &str) {
        self.put(Record::Intent(intent.clone()));
        self.emit(event, intent.view());
    }

    /// Stores a charge and tells about it.
    pub(crate) fn put_charge(&mut self, charge: &Charge, event: &str) {
        self.put(Record::Charge(charge.clone()));
        self.emit(event, charge.view());
    }

    /// Stores a refund and tells about it.
    pub(crate) fn put_refund(&mut self, refund: &Refund, event: &str) {
        self.put(Record::Refund(refund.clone()));
        self.emit(event, refund.view());
    }

    /// Stores a dispute and tells about it.
    pub(crate) fn put_dispute(&mut self, dispute: &Dispute, event: &str) {
        self.put(Record::Dispute(dispute.clone()));
        self.emit(event, dispute.view());
    }

    /// Stores a payment method and tells about it.
    pub(crate) fn put_payment_method(&mut self, method: &PaymentMethod, event: &str) {
        self.put(Record::PaymentMethod(method.clone()));
        self.emit(event, method.view());
    }

    /// Stores a customer and tells about it.
    pub(crate) fn put_customer(&mut self, customer: &Customer, event: &str) {
        self.put(Record::Customer(customer.clone()));
        self.emit(event, customer.view());
    }
}
