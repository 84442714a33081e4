//! Confirming an intent: the bank's question to the customer, the charge, the decline.

use serde_json::Value;

use super::payment_methods;
use crate::{
    cards::{Asks, Authorisation, Behaviour, Decline},
    error::ApiError,
    ids,
    model::{CaptureMethod, Challenge, Charge, Failure, Intent, IntentStatus, PaymentMethod},
    store::Tx,
};

/// How a payment is confirmed.
#[derive(Debug, Default)]
pub(crate) struct Confirmation {
    /// Where the bank's page leads afterwards.
    pub(crate) return_url: Option<String>,
    /// The customer is not there.
    pub(crate) off_session: bool,
    /// Rather fail than ask the customer.
    pub(crate) error_on_requires_action: bool,
    /// The shop's page embeds the bank's page.
    pub(crate) use_stripe_sdk: bool,
    pub(crate) request_three_d_secure: Option<String>,
    pub(crate) setup_future_usage: Option<String>,
    /// Where browsers reach this server, without a slash at the end.
    pub(crate) public_url: String,
}

/// How a charge came about.
#[derive(Debug)]
struct Made {
    /// The challenge that was passed.
    authentication: Option<String>,
    idempotency_key: Option<String>,
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

/// Asks the bank for the amount, or the customer first. A decline is an error whose changes stay.
pub(crate) fn confirm(
    tx: &mut Tx<'_>,
    mut intent: Intent,
    method: &PaymentMethod,
    how: Confirmation,
) -> Result<Intent, ApiError> {
    check_confirmable(&intent)?;
    payment_methods::check_usable(method, intent.customer.as_deref())
        .map_err(|error| error.field("payment_intent", intent.view()))?;
    intent.setup_future_usage = how.setup_future_usage.clone().or(intent.setup_future_usage);
    intent.request_three_d_secure = how
        .request_three_d_secure
        .clone()
        .or(intent.request_three_d_secure);
    if !must_ask(&intent, method, how.off_session) {
        let made = Made {
            authentication: None,
            idempotency_key: tx.idempotency_key(),
        };
        return charge(tx, intent, method, made);
    }
    if how.off_session {
        let decline = Decline::AUTHENTICATION_REQUIRED;
        let error =
            ApiError::card(decline.code, decline.message).field("decline_code", decline.reason);
        return Err(failed(tx, intent, method, error));
    }
    if how.error_on_requires_action {
        let error = ApiError::card(
            Decline::AUTHENTICATION_REQUIRED.code,
            "This payment required an authentication action to complete, but \
             `error_on_requires_action` was set. When you're ready, you can upgrade your \
             integration to handle actions at \
             https://stripe.com/docs/payments/payment-intents/upgrade-to-handle-actions.",
        );
        return Err(failed(tx, intent, method, error));
    }
    Ok(ask(tx, intent, method, how))
}

/// The customer's answer to the bank's question: the payment goes on, or it failed. Returns the
/// intent as it is then.
pub(crate) fn answer(
    tx: &mut Tx<'_>,
    intent: Intent,
    challenge: Option<&str>,
    passed: bool,
) -> Result<Intent, ApiError> {
    let open = intent.challenge.clone();
    let open = open.filter(|open| challenge.is_none_or(|id| id == open.id));
    let Some(open) = open else {
        let message = "This authentication is over: it was answered already, or replaced by \
                       another one.";
        let error = ApiError::unexpected_state(message);
        return Err(error.field("payment_intent", intent.browser_view()));
    };
    let method = tx.state.payment_methods.get(&open.payment_method).cloned();
    let method = method.ok_or_else(ApiError::internal)?;
    let id = intent.id.clone();
    let made = Made {
        authentication: Some(open.id),
        idempotency_key: open.idempotency_key,
    };
    let outcome = if passed {
        charge(tx, intent, &method, made)
    } else {
        let message = "We are unable to authenticate your payment method. Please choose a \
                       different payment method and try again.";
        let error = ApiError::invalid(message).code("payment_intent_authentication_failure");
        Err(failed(tx, intent, &method, error))
    };
    match outcome {
        Ok(intent) => Ok(intent),
        // A decline stands in the intent.
        Err(_) => super::intents::get(tx, &id),
    }
}

/// Whether the bank wants to hear from the customer.
fn must_ask(intent: &Intent, method: &PaymentMethod, off_session: bool) -> bool {
    let set_up = method.set_up || method.behaviour == Behaviour::AskSetUpAlready;
    match method.behaviour.asks() {
        Asks::Never => false,
        Asks::OnRequest => matches!(
            intent.request_three_d_secure.as_deref(),
            Some("any" | "challenge")
        ),
        Asks::UnlessSetUp => !(off_session && set_up),
        Asks::Always => true,
    }
}

fn ask(tx: &mut Tx<'_>, mut intent: Intent, method: &PaymentMethod, how: Confirmation) -> Intent {
    let id = ids::generate("payatt");
    let url = format!(
        "{}/3d_secure/{}?client_secret={}&challenge={id}",
        how.public_url, intent.id, intent.client_secret
    );
    intent.status = IntentStatus::RequiresAction;
    intent.payment_method = Some(method.id.clone());
    intent.last_payment_error = None;
    intent.challenge = Some(Challenge {
        id,
        payment_method: method.id.clone(),
        url,
        return_url: how.return_url.filter(|_| !how.use_stripe_sdk),
        idempotency_key: tx.idempotency_key(),
    });
    tx.put_intent(&intent, "payment_intent.requires_action");
    intent
}

fn charge(
    tx: &mut Tx<'_>,
    mut intent: Intent,
    method: &PaymentMethod,
    made: Made,
) -> Result<Intent, ApiError> {
    intent.challenge = None;
    let mut charge = new_charge(tx, &intent, method, made);
    intent.latest_charge = Some(charge.id.clone());
    if let Authorisation::Declined(decline) = method.behaviour.authorise() {
        return Err(declined(tx, intent, charge, method, decline));
    }
    intent.payment_method = Some(method.id.clone());
    intent.last_payment_error = None;
    charge.paid = true;
    if intent.capture_method == CaptureMethod::Manual {
        intent.status = IntentStatus::RequiresCapture;
        intent.amount_capturable = intent.amount;
        charge.settle_at_ms = Some(tx.after(tx.spans.hold));
        tx.put_charge(&charge, "charge.succeeded");
        payment_methods::after_payment(tx, method, &intent);
        tx.put_intent(&intent, "payment_intent.amount_capturable_updated");
    } else {
        let amount = intent.amount;
        take(tx, &mut intent, &mut charge, amount);
        tx.put_charge(&charge, "charge.succeeded");
        payment_methods::after_payment(tx, method, &intent);
        tx.put_intent(&intent, "payment_intent.succeeded");
    }
    Ok(intent)
}

fn new_charge(tx: &Tx<'_>, intent: &Intent, method: &PaymentMethod, made: Made) -> Charge {
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
        customer: intent.customer.clone(),
        authentication: made.authentication,
        idempotency_key: made.idempotency_key,
        disputed: false,
        settle_at_ms: None,
    }
}

/// Moves an amount from the card to the shop. Some holders complain about that later.
pub(super) fn take(tx: &Tx<'_>, intent: &mut Intent, charge: &mut Charge, amount: i64) {
    charge.amount_captured = amount;
    charge.balance_transaction = Some(ids::generate("txn"));
    let method = tx.state.payment_methods.get(&charge.payment_method);
    charge.settle_at_ms = method
        .and_then(|method| method.behaviour.complaint())
        .map(|_| tx.after(tx.spans.complaint));
    intent.status = IntentStatus::Succeeded;
    intent.amount_received = amount;
    intent.amount_capturable = 0;
}

/// Records a decline in the charge, in the intent and in the answer.
fn declined(
    tx: &mut Tx<'_>,
    intent: Intent,
    mut charge: Charge,
    method: &PaymentMethod,
    decline: Decline,
) -> ApiError {
    let mut error = ApiError::card(decline.code, decline.message)
        .field("decline_code", decline.reason)
        .field("charge", charge.id.as_str());
    if let Some(param) = decline.param {
        error = error.param(param);
    }
    charge.failure = Some(Failure {
        code: decline.code.to_owned(),
        decline_code: decline.reason.to_owned(),
        message: decline.message.to_owned(),
        blocked: decline.blocked,
    });
    tx.put_charge(&charge, "charge.failed");
    failed(tx, intent, method, error)
}

/// Ends a confirmation without a payment. As Stripe does, the error stands in the intent's
/// `last_payment_error` and in the answer.
fn failed(
    tx: &mut Tx<'_>,
    mut intent: Intent,
    method: &PaymentMethod,
    error: ApiError,
) -> ApiError {
    let error = error
        .field("payment_method", method.view())
        .field("payment_method_type", "card");
    intent.status = IntentStatus::RequiresPaymentMethod;
    intent.payment_method = None;
    intent.challenge = None;
    intent.last_payment_error = Some(Value::Object(error.object().clone()));
    tx.put_intent(&intent, "payment_intent.payment_failed");
    error.field("payment_intent", intent.view())
}
