//! What happens by itself after a while: slow refunds, ends of holds, complaints, decisions of the
//! bank.

use super::{disputes, intents, refunds};
use crate::{model::Charge, state::Record, store::Tx};

fn complain(tx: &mut Tx<'_>, mut charge: Charge) {
    let method = tx.state.payment_methods.get(&charge.payment_method);
    if let Some(complaint) = method.and_then(|method| method.behaviour.complaint()) {
        disputes::open(tx, charge, complaint);
    } else {
        charge.settle_at_ms = None;
        tx.put(Record::Charge(charge));
    }
}

/// Does everything whose time has come.
pub(crate) fn settle(tx: &mut Tx<'_>) {
    while let Some((at, id)) = tx.state.next_settling().cloned()
        && at <= tx.now_ms
    {
        if let Some(refund) = tx.state.refunds.get(&id).cloned() {
            refunds::finish(tx, refund);
        } else if let Some(dispute) = tx.state.disputes.get(&id).cloned() {
            disputes::decide(tx, dispute);
        } else if let Some(charge) = tx.state.charges.get(&id).cloned() {
            if charge.captured() {
                complain(tx, charge);
            } else if intents::expire(tx, &charge.payment_intent).is_err() {
                return;
            }
        } else {
            return;
        }
    }
}
