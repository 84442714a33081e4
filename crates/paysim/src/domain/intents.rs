//! Payment intents: create, change, capture, cancel.

use std::collections::BTreeMap;

use serde_json::Value;
use subtle::ConstantTimeEq;

use super::{confirm::take, money};
use crate::{
    error::ApiError,
    ids,
    model::{CaptureMethod, Charge, Intent, IntentStatus, PaymentMethod},
    state::{Record, State},
    store::Tx,
};

/// A checked request for an intent.
#[derive(Debug)]
pub(crate) struct NewIntent {
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) capture_method: CaptureMethod,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) automatic_payment_methods: Option<Value>,
    pub(crate) setup_future_usage: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) receipt_email: Option<String>,
    pub(crate) shipping: Option<Value>,
    pub(crate) statement_descriptor: Option<String>,
    pub(crate) statement_descriptor_suffix: Option<String>,
    pub(crate) customer: Option<String>,
    pub(crate) request_three_d_secure: Option<String>,
}

/// Makes an intent, with the method it will be paid with if that is known.
pub(crate) fn create(tx: &mut Tx<'_>, new: NewIntent, method: Option<&PaymentMethod>) -> Intent {
    let id = ids::generate("pi");
    let intent = Intent {
        client_secret: ids::generate(&format!("{id}_secret")),
        id,
        amount: new.amount,
        amount_capturable: 0,
        amount_received: 0,
        currency: new.currency,
        status: match method {
            Some(_) => IntentStatus::RequiresConfirmation,
            None => IntentStatus::RequiresPaymentMethod,
        },
        capture_method: new.capture_method,
        created: tx.now(),
        canceled_at: None,
        cancellation_reason: None,
        payment_method: method.map(|method| method.id.clone()),
        latest_charge: None,
        last_payment_error: None,
        automatic_payment_methods: new.automatic_payment_methods,
        setup_future_usage: new.setup_future_usage,
        metadata: new.metadata,
        description: new.description,
        receipt_email: new.receipt_email,
        shipping: new.shipping,
        statement_descriptor: new.statement_descriptor,
        statement_descriptor_suffix: new.statement_descriptor_suffix,
        customer: new.customer,
        request_three_d_secure: new.request_three_d_secure,
        challenge: None,
    };
    tx.put_intent(&intent, "payment_intent.created");
    intent
}

/// The intent with this id.
pub(crate) fn get(tx: &Tx<'_>, id: &str) -> Result<Intent, ApiError> {
    let intent = tx.state.intents.get(id).cloned();
    intent.ok_or_else(|| ApiError::missing("payment_intent", id, "intent"))
}

/// The intent that a browser names with its client secret. Without the right one it does not
/// exist.
pub(crate) fn get_with_secret<'a>(
    state: &'a State,
    id: &str,
    client_secret: &str,
) -> Result<&'a Intent, ApiError> {
    let intent = state.intents.get(id);
    intent
        .filter(|intent| {
            bool::from(
                intent
                    .client_secret
                    .as_bytes()
                    .ct_eq(client_secret.as_bytes()),
            )
        })
        .ok_or_else(|| ApiError::missing("payment_intent", id, "intent"))
}

/// What may be changed before the money moves; metadata and description also later.
#[derive(Debug, Default)]
pub(crate) struct Change {
    pub(crate) amount: Option<i64>,
    pub(crate) currency: Option<String>,
    pub(crate) customer: Option<String>,
    pub(crate) setup_future_usage: Option<String>,
    pub(crate) receipt_email: Option<String>,
    pub(crate) shipping: Option<Value>,
    pub(crate) description: Option<String>,
    pub(crate) metadata: BTreeMap<String, String>,
}

/// Changes an intent, and the method that it will be paid with if one is given.
pub(crate) fn update(
    tx: &mut Tx<'_>,
    mut intent: Intent,
    change: Change,
    method: Option<&PaymentMethod>,
) -> Result<Intent, ApiError> {
    use IntentStatus::{RequiresAction, RequiresConfirmation, RequiresPaymentMethod};
    let open = matches!(
        intent.status,
        RequiresPaymentMethod | RequiresConfirmation | RequiresAction
    );
    let closed = [
        ("amount", change.amount.is_some()),
        ("currency", change.currency.is_some()),
        ("customer", change.customer.is_some()),
        ("payment_method", method.is_some()),
        ("setup_future_usage", change.setup_future_usage.is_some()),
    ];
    if let Some((name, _)) = closed.into_iter().find(|(_, given)| *given && !open) {
        return Err(ApiError::unexpected_state(format!(
            "This PaymentIntent's {name} could not be updated because it has a status of {}. You \
             may only update the {name} of a PaymentIntent with one of the following statuses: \
             requires_payment_method, requires_confirmation, requires_action.",
            intent.status.as_str()
        ))
        .param(name)
        .field("payment_intent", intent.view()));
    }
    let currency = change.currency.unwrap_or_else(|| intent.currency.clone());
    let amount = change.amount.unwrap_or(intent.amount);
    money::check_amount(amount, &currency)?;
    // Money or a method that the bank did not see: its question is void.
    if amount != intent.amount || currency != intent.currency || method.is_some() {
        intent.challenge = None;
        if intent.status == RequiresAction {
            intent.status = RequiresConfirmation;
        }
    }
    if let Some(method) = method {
        intent.payment_method = Some(method.id.clone());
        intent.status = RequiresConfirmation;
    }
    (intent.amount, intent.currency) = (amount, currency);
    intent.customer = change.customer.or(intent.customer);
    intent.setup_future_usage = change.setup_future_usage.or(intent.setup_future_usage);
    intent.receipt_email = change.receipt_email.or(intent.receipt_email);
    intent.shipping = change.shipping.or(intent.shipping);
    intent.description = change.description.or(intent.description);
    intent.metadata.extend(change.metadata);
    tx.put(Record::Intent(intent.clone()));
    Ok(intent)
}

/// Takes all or a part of an authorised amount; the rest goes back to the card.
pub(crate) fn capture(
    tx: &mut Tx<'_>,
    id: &str,
    amount: Option<i64>,
    metadata: BTreeMap<String, String>,
) -> Result<Intent, ApiError> {
    let mut intent = get(tx, id)?;
    if intent.status == IntentStatus::Succeeded {
        return Err(ApiError::unexpected_state(
            "The remaining amount on this PaymentIntent could not be captured because the \
             remainder of the authorized amount has been released.",
        )
        .field("payment_intent", intent.view()));
    }
    if intent.status != IntentStatus::RequiresCapture {
        return Err(ApiError::unexpected_state(format!(
            "This PaymentIntent could not be captured because it has a status of {}. Only a \
             PaymentIntent with one of the following statuses may be captured: requires_capture.",
            intent.status.as_str()
        ))
        .field("payment_intent", intent.view()));
    }
    let amount = amount.unwrap_or(intent.amount_capturable);
    if amount < 1 {
        return Err(ApiError::invalid("Invalid positive integer")
            .code("parameter_invalid_integer")
            .param("amount_to_capture"));
    }
    if amount > intent.amount_capturable {
        return Err(ApiError::invalid(
            "The payment could not be captured because the requested capture amount is greater \
             than the amount you can capture for this charge.",
        )
        .code("amount_too_large")
        .param("amount_to_capture")
        .field("payment_intent", intent.view())
        .executed());
    }
    let mut charge = latest_charge(tx, &intent)?;
    intent.metadata.extend(metadata);
    take(tx, &mut intent, &mut charge, amount);
    tx.put_charge(&charge, "charge.captured");
    tx.put_intent(&intent, "payment_intent.succeeded");
    Ok(intent)
}

/// Ends an intent that has not taken money; an authorised amount goes back to the card.
pub(crate) fn cancel(
    tx: &mut Tx<'_>,
    id: &str,
    reason: Option<String>,
) -> Result<Intent, ApiError> {
    let mut intent = get(tx, id)?;
    if matches!(
        intent.status,
        IntentStatus::Succeeded | IntentStatus::Canceled
    ) {
        return Err(ApiError::unexpected_state(format!(
            "You cannot cancel this PaymentIntent because it has a status of {}. Only a \
             PaymentIntent with one of the following statuses may be canceled: \
             requires_payment_method, requires_capture, requires_confirmation, requires_action, \
             processing.",
            intent.status.as_str()
        ))
        .field("payment_intent", intent.view()));
    }
    let held = intent.status == IntentStatus::RequiresCapture;
    let charge = if held {
        Some(latest_charge(tx, &intent)?)
    } else {
        None
    };
    intent.status = IntentStatus::Canceled;
    intent.challenge = None;
    intent.amount_capturable = 0;
    intent.canceled_at = Some(tx.now());
    intent.cancellation_reason = reason;
    if let Some(mut charge) = charge {
        charge.released = true;
        charge.settle_at_ms = None;
        tx.put_charge(&charge, "charge.refunded");
    }
    tx.put_intent(&intent, "payment_intent.canceled");
    Ok(intent)
}

/// The bank lets go what is held, because nobody took it in time.
pub(crate) fn expire(tx: &mut Tx<'_>, id: &str) -> Result<Intent, ApiError> {
    let intent = get(tx, id)?;
    if intent.status != IntentStatus::RequiresCapture {
        return Err(ApiError::unexpected_state(
            "Nothing is held for this PaymentIntent.",
        ));
    }
    cancel(tx, id, Some("automatic".to_owned()))
}

fn latest_charge(tx: &Tx<'_>, intent: &Intent) -> Result<Charge, ApiError> {
    let charge = intent
        .latest_charge
        .as_ref()
        .and_then(|id| tx.state.charges.get(id));
    charge.cloned().ok_or_else(ApiError::internal)
}
