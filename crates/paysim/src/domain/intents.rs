//! Payment intents: create, confirm, capture, cancel.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    cards::{Authorisation, Decline},
    error::ApiError,
    ids,
    model::{CaptureMethod, Charge, Failure, Intent, IntentStatus, PaymentMethod},
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
    };
    tx.put_intent(&intent, "payment_intent.created");
    intent
}

/// The intent with this id.
pub(crate) fn get(tx: &Tx<'_>, id: &str) -> Result<Intent, ApiError> {
    let intent = tx.state.intents.get(id).cloned();
    intent.ok_or_else(|| ApiError::missing("payment_intent", id, "intent"))
}

/// The error for confirming without a card.
pub(crate) fn no_payment_method() -> ApiError {
    ApiError::unexpected_state(
        "You cannot confirm this PaymentIntent because it's missing a payment method. You can \
         either update the PaymentIntent with a payment method and then confirm it again, or \
         confirm it again directly with a payment method.",
    )
}

/// Refuses intents that are beyond confirming.
pub(crate) fn check_confirmable(intent: &Intent) -> Result<(), ApiError> {
    use IntentStatus::{Canceled, RequiresCapture, Succeeded};
    let message = match intent.status {
        Succeeded => "it has already succeeded after being previously confirmed".to_owned(),
        status @ (Canceled | RequiresCapture) => format!("it has a status of {}", status.as_str()),
        _ => return Ok(()),
    };
    let message = format!("You cannot confirm this PaymentIntent because {message}.");
    Err(ApiError::unexpected_state(message).field("payment_intent", intent.view()))
}

/// Asks the bank for the amount. A decline is an error whose changes stay.
pub(crate) fn confirm(
    tx: &mut Tx<'_>,
    mut intent: Intent,
    method: &PaymentMethod,
) -> Result<Intent, ApiError> {
    check_confirmable(&intent)?;
    let mut charge = new_charge(tx, &intent, method);
    intent.latest_charge = Some(charge.id.clone());
    match method.behaviour.authorise() {
        Authorisation::Approved => {
            intent.payment_method = Some(method.id.clone());
            intent.last_payment_error = None;
            charge.paid = true;
            if intent.capture_method == CaptureMethod::Manual {
                intent.status = IntentStatus::RequiresCapture;
                intent.amount_capturable = intent.amount;
                tx.put_charge(&charge, "charge.succeeded");
                tx.put_intent(&intent, "payment_intent.amount_capturable_updated");
            } else {
                let amount = intent.amount;
                take(&mut intent, &mut charge, amount);
                tx.put_charge(&charge, "charge.succeeded");
                tx.put_intent(&intent, "payment_intent.succeeded");
            }
            Ok(intent)
        }
        Authorisation::Declined(decline) => Err(declined(tx, intent, charge, method, decline)),
    }
}

/// Takes all or a part of an authorised amount; the rest goes back to the card.
pub(crate) fn capture(tx: &mut Tx<'_>, id: &str, amount: Option<i64>) -> Result<Intent, ApiError> {
    let mut intent = get(tx, id)?;
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
        return Err(ApiError::invalid(format!(
            "You cannot capture {amount}: the amount_capturable is {}.",
            intent.amount_capturable
        ))
        .code("amount_too_large")
        .param("amount_to_capture")
        .executed());
    }
    let mut charge = latest_charge(tx, &intent)?;
    take(&mut intent, &mut charge, amount);
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
    intent.amount_capturable = 0;
    intent.canceled_at = Some(tx.now());
    intent.cancellation_reason = reason;
    if let Some(mut charge) = charge {
        charge.released = true;
        tx.put_charge(&charge, "charge.refunded");
    }
    tx.put_intent(&intent, "payment_intent.canceled");
    Ok(intent)
}

fn new_charge(tx: &Tx<'_>, intent: &Intent, method: &PaymentMethod) -> Charge {
    Charge {
        id: ids::generate("ch"),
        payment_intent: intent.id.clone(),
        payment_method: method.id.clone(),
        billing_details: method.billing_details.clone(),
        card: method.card.clone(),
        balance_transaction: None,
        amount: intent.amount,
        amount_captured: 0,
        amount_refunded: 0,
        currency: intent.currency.clone(),
        created: tx.now(),
        paid: false,
        released: false,
        failure: None,
        metadata: intent.metadata.clone(),
        description: intent.description.clone(),
        receipt_email: intent.receipt_email.clone(),
        shipping: intent.shipping.clone(),
    }
}

/// Moves an amount from the card to the shop.
fn take(intent: &mut Intent, charge: &mut Charge, amount: i64) {
    charge.amount_captured = amount;
    charge.balance_transaction = Some(ids::generate("txn"));
    intent.status = IntentStatus::Succeeded;
    intent.amount_received = amount;
    intent.amount_capturable = 0;
}

/// Records a decline and says it as Stripe does: in the charge, in the intent's
/// `last_payment_error` and in the answer.
fn declined(
    tx: &mut Tx<'_>,
    mut intent: Intent,
    mut charge: Charge,
    method: &PaymentMethod,
    decline: Decline,
) -> ApiError {
    let mut error = ApiError::card(decline.code, decline.message)
        .field("decline_code", decline.reason)
        .field("charge", charge.id.as_str())
        .field("payment_method", method.view());
    if let Some(param) = decline.param {
        error = error.param(param);
    }
    charge.failure = Some(Failure {
        code: decline.code.to_owned(),
        decline_code: decline.reason.to_owned(),
        message: decline.message.to_owned(),
        blocked: decline.blocked,
    });
    intent.status = IntentStatus::RequiresPaymentMethod;
    intent.payment_method = None;
    intent.last_payment_error = Some(Value::Object(error.object().clone()));
    tx.put_charge(&charge, "charge.failed");
    tx.put_intent(&intent, "payment_intent.payment_failed");
    error.field("payment_intent", intent.view())
}

fn latest_charge(tx: &Tx<'_>, intent: &Intent) -> Result<Charge, ApiError> {
    let charge = intent
        .latest_charge
        .as_ref()
        .and_then(|id| tx.state.charges.get(id));
    charge.cloned().ok_or_else(ApiError::internal)
}
