//! The ledger for people and tests: what each intent took and gave back, and the totals.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

use crate::{
    clock,
    domain::money::shown,
    model::{Charge, Dispute, Intent, RefundStatus},
    state::State,
};

/// Everything that moved. Amounts are in minor units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ledger {
    /// Oldest first.
    pub intents: Vec<LedgerIntent>,
    /// By currency.
    pub totals: BTreeMap<String, LedgerTotal>,
    /// How many charges the bank approved under each idempotency key; more than one would be a
    /// double charge.
    pub charges_by_key: BTreeMap<String, usize>,
    /// Events that the endpoint has not received yet.
    pub events_pending: usize,
}

/// One intent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LedgerIntent {
    /// `pi_…`
    pub id: String,
    /// Unix seconds.
    pub created: i64,
    /// Stripe's word.
    pub status: String,
    /// In lower case.
    pub currency: String,
    /// What the intent asks for.
    pub amount: i64,
    /// What is held on the card now.
    pub held: i64,
    /// What was taken.
    pub captured: i64,
    /// What was given back, or is about to be.
    pub refunded: i64,
    /// Charges that the bank approved; more than one would be a double charge.
    pub charges_paid: usize,
    /// Charges that failed.
    pub charges_failed: usize,
    /// What holders took back through their banks and did not return.
    pub disputed: i64,
    /// Whose intent it is, `cus_…`.
    pub customer: Option<String>,
    /// Oldest first.
    pub charges: Vec<LedgerCharge>,
    /// Oldest first.
    pub refunds: Vec<LedgerRefund>,
    /// As the client set it.
    pub metadata: BTreeMap<String, String>,
}

/// One charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LedgerCharge {
    /// `ch_…`
    pub id: String,
    /// What the bank was asked for, in minor units.
    pub amount: i64,
    /// Taken of it.
    pub captured: i64,
    /// Given back of that, or about to be.
    pub refunded: i64,
    /// Whether the bank approved it.
    pub paid: bool,
    /// Why not, in Stripe's words.
    pub failure: Option<String>,
    /// The idempotency key of the request that made it.
    pub idempotency_key: Option<String>,
    /// As the client set it.
    pub metadata: BTreeMap<String, String>,
}

/// One refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LedgerRefund {
    /// `re_…`
    pub id: String,
    /// Minor units.
    pub amount: i64,
    /// Stripe's word.
    pub status: String,
    /// The charge that it is of.
    pub charge: String,
    /// As the client set it.
    pub metadata: BTreeMap<String, String>,
}

/// The sums of one currency.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LedgerTotal {
    /// Intents of any status.
    pub intents: usize,
    /// Held on cards now.
    pub held: i64,
    /// Taken.
    pub captured: i64,
    /// Given back, or about to be.
    pub refunded: i64,
    /// Taken back through the bank.
    pub disputed: i64,
    /// Taken less given back and taken back.
    pub net: i64,
}

impl Ledger {
    /// The ledger of a state.
    pub(crate) fn of(state: &State) -> Self {
        let intents: Vec<_> = state
            .intents
            .rows()
            .iter()
            .map(|intent| entry(state, intent))
            .collect();
        let mut totals: BTreeMap<String, LedgerTotal> = BTreeMap::new();
        for intent in &intents {
            let total = totals.entry(intent.currency.clone()).or_default();
            total.intents += 1;
            total.held += intent.held;
            total.captured += intent.captured;
            total.refunded += intent.refunded;
            total.disputed += intent.disputed;
            total.net += intent.captured - intent.refunded - intent.disputed;
        }
        let mut charges_by_key = BTreeMap::new();
        let charges = intents.iter().flat_map(|intent| &intent.charges);
        for charge in charges.filter(|charge| charge.paid) {
            if let Some(key) = &charge.idempotency_key {
                *charges_by_key.entry(key.clone()).or_default() += 1;
            }
        }
        Self {
            intents,
            totals,
            charges_by_key,
            events_pending: state.outbox.len(),
        }
    }

    /// The entry of one intent.
    pub fn intent(&self, id: &str) -> Option<&LedgerIntent> {
        self.intents.iter().find(|intent| intent.id == id)
    }
}

fn entry(state: &State, intent: &Intent) -> LedgerIntent {
    let paid = state
        .charges_of(&intent.id)
        .filter(|charge| charge.paid)
        .count();
    let refunds = || state.refunds_of(&intent.id);
    LedgerIntent {
        id: intent.id.clone(),
        created: intent.created,
        status: intent.status.as_str().to_owned(),
        currency: intent.currency.clone(),
        amount: intent.amount,
        held: intent.amount_capturable,
        captured: state
            .charges_of(&intent.id)
            .map(|charge| charge.amount_captured)
            .sum(),
        refunded: refunds()
            .filter(|refund| refund.status != RefundStatus::Failed)
            .map(|refund| refund.amount)
            .sum(),
        charges_paid: paid,
        charges_failed: state.charges_of(&intent.id).count() - paid,
        disputed: state
            .charges_of(&intent.id)
            .flat_map(|charge| state.disputes_of(&charge.id))
            .map(Dispute::withdrawn)
            .sum(),
        customer: intent.customer.clone(),
        charges: state.charges_of(&intent.id).map(charge_entry).collect(),
        refunds: refunds()
            .map(|refund| LedgerRefund {
                id: refund.id.clone(),
                amount: refund.amount,
                status: refund.status.as_str().to_owned(),
                charge: refund.charge.clone(),
                metadata: refund.metadata.clone(),
            })
            .collect(),
        metadata: intent.metadata.clone(),
    }
}

fn charge_entry(charge: &Charge) -> LedgerCharge {
    LedgerCharge {
        id: charge.id.clone(),
        amount: charge.amount,
        captured: charge.amount_captured,
        refunded: charge.amount_refunded,
        paid: charge.paid,
        failure: charge
            .failure
            .as_ref()
            .map(|failure| failure.decline_code.clone()),
        idempotency_key: charge.idempotency_key.clone(),
        metadata: charge.metadata.clone(),
    }
}

impl fmt::Display for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<28} {:<21} {:<24} {:>14} {:>14} {:>14}  metadata",
            "intent", "created", "status", "held", "captured", "refunded"
        )?;
        for intent in &self.intents {
            let money = |amount| shown(amount, &intent.currency);
            let metadata: Vec<String> = intent
                .metadata
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            writeln!(
                f,
                "{:<28} {:<21} {:<24} {:>14} {:>14} {:>14}  {}",
                intent.id,
                clock::rfc3339(intent.created),
                intent.status,
                money(intent.held),
                money(intent.captured),
                money(intent.refunded),
                metadata.join(" "),
            )?;
            for refund in &intent.refunds {
                writeln!(
                    f,
                    "  {} {} {}",
                    refund.id,
                    refund.status,
                    money(refund.amount)
                )?;
            }
        }
        for (currency, total) in &self.totals {
            let money = |amount| shown(amount, currency);
            writeln!(
                f,
                "total {}: {} intents, held {}, captured {}, refunded {}, disputed {}, net {}",
                currency,
                total.intents,
                money(total.held),
                money(total.captured),
                money(total.refunded),
                money(total.disputed),
                money(total.net),
            )?;
        }
        writeln!(f, "events waiting for delivery: {}", self.events_pending)
    }
}
