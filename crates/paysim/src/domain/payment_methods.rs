//! Making and finding payment methods.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::Value;

use crate::{
    cards::{self, CardInput, TestCard},
    clock,
    error::ApiError,
    idempotency, ids,
    model::{Card, Customer, Intent, PaymentMethod},
    state::Record,
    store::Tx,
};

/// A card to be kept as a payment method.
#[derive(Debug)]
pub(crate) struct NewPaymentMethod {
    pub(crate) card: CardInput,
    pub(crate) billing_details: Option<Value>,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) allow_redisplay: Option<String>,
}

/// What a payment is made with.
#[derive(Debug)]
pub(crate) enum Chosen {
    /// An id, or the name of a test card.
    Id(String),
    /// A card given with the request.
    Card(Box<NewPaymentMethod>),
}

/// Checks a card and keeps what may be kept. `secret` keys the card's fingerprint.
pub(crate) fn create(
    tx: &mut Tx<'_>,
    secret: &str,
    new: NewPaymentMethod,
) -> Result<PaymentMethod, ApiError> {
    let test_card = cards::check(&new.card, tx.now())?;
    let method = PaymentMethod {
        id: ids::generate("pm"),
        created: tx.now(),
        card: kept(
            test_card,
            secret,
            new.card.exp_month,
            new.card.exp_year,
            new.card.has_cvc(),
        ),
        billing_details: new
            .billing_details
            .unwrap_or_else(PaymentMethod::no_billing_details),
        metadata: new.metadata,
        behaviour: test_card.behaviour,
        customer: None,
        allow_redisplay: new.allow_redisplay,
        spent: false,
        set_up: false,
    };
    tx.put(Record::PaymentMethod(method.clone()));
    Ok(method)
}

/// The method that a request names or brings. A test card's name makes a new one each time, as
/// Stripe does.
pub(crate) fn resolve(
    tx: &mut Tx<'_>,
    secret: &str,
    chosen: Chosen,
) -> Result<PaymentMethod, ApiError> {
    let id = match chosen {
        Chosen::Card(card) => return create(tx, secret, *card),
        Chosen::Id(id) => id,
    };
    if let Some(method) = tx.state.payment_methods.get(&id) {
        return Ok(method.clone());
    }
    let card = cards::by_name(&id).ok_or_else(|| not_found(&id))?;
    let (year, month) = clock::year_month(tx.now());
    let method = PaymentMethod {
        id: ids::generate("pm"),
        created: tx.now(),
        card: kept(card, secret, month, year + 1, true),
        billing_details: PaymentMethod::no_billing_details(),
        metadata: BTreeMap::new(),
        behaviour: card.behaviour,
        customer: None,
        allow_redisplay: None,
        spent: false,
        set_up: false,
    };
    tx.put(Record::PaymentMethod(method.clone()));
    Ok(method)
}

/// Refuses a method that belongs to another customer or must not be used again.
pub(crate) fn check_usable(method: &PaymentMethod, customer: Option<&str>) -> Result<(), ApiError> {
    match (method.customer.as_deref(), customer) {
        (None, _) if method.spent => Err(ApiError::invalid(
            "The provided PaymentMethod was previously used with a PaymentIntent without Customer \
             attachment, shared with a connected account without Customer attachment, or was \
             detached from a Customer. It may not be used again. To use a PaymentMethod multiple \
             times, you must attach it to a Customer first.",
        )),
        (Some(owner), None) => Err(ApiError::invalid(format!(
            "The `payment_method` parameter supplied {} belongs to the Customer {owner}. Please \
             include the Customer in the `customer` parameter on the PaymentIntent.",
            method.id
        ))
        .code("parameter_missing")
        .param("source")),
        (Some(owner), Some(customer)) if owner != customer => Err(ApiError::invalid(format!(
            "The PaymentMethod {} does not belong to the Customer you supplied {customer}. Please \
             use this PaymentMethod with the Customer that it belongs to instead.",
            method.id
        ))
        .param("payment_method")),
        _ => Ok(()),
    }
}

/// What a payment that the bank approved makes of its method: it is kept for the customer if the
/// shop asked for that, and spent if it belongs to nobody.
pub(super) fn after_payment(tx: &mut Tx<'_>, method: &PaymentMethod, intent: &Intent) {
    let mut method = method.clone();
    let Some(usage) = &intent.setup_future_usage else {
        if method.customer.is_none() {
            method.spent = true;
            tx.put(Record::PaymentMethod(method));
        }
        return;
    };
    method.set_up |= usage == "off_session";
    if method.customer.is_none() && intent.customer.is_some() {
        method.customer.clone_from(&intent.customer);
        tx.put_payment_method(&method, "payment_method.attached");
    } else {
        tx.put(Record::PaymentMethod(method));
    }
}

/// Keeps a method for a customer; the bank may refuse that.
pub(crate) fn attach(
    tx: &mut Tx<'_>,
    mut method: PaymentMethod,
    customer: &Customer,
) -> Result<PaymentMethod, ApiError> {
    if method.customer.as_ref() == Some(&customer.id) {
        return Ok(method);
    }
    check_attachable(&method)?;
    method.customer = Some(customer.id.clone());
    tx.put_payment_method(&method, "payment_method.attached");
    Ok(method)
}

/// Refuses a method that cannot be kept for a customer.
pub(crate) fn check_attachable(method: &PaymentMethod) -> Result<(), ApiError> {
    if method.customer.is_some() {
        return Err(ApiError::invalid(
            "The payment method you provided has already been attached to a customer.",
        ));
    }
    if method.spent {
        return Err(ApiError::invalid(
            "This PaymentMethod was previously used without being attached to a Customer or was \
             detached from a Customer, and may not be used again.",
        ));
    }
    if let Some(decline) = method.behaviour.refuses_to_be_kept() {
        let error =
            ApiError::card(decline.code, decline.message).field("decline_code", decline.reason);
        return Err(match decline.param {
            Some(param) => error.param(param),
            None => error,
        });
    }
    Ok(())
}

/// Takes a method from its customer, for good.
pub(crate) fn detach(tx: &mut Tx<'_>, id: &str) -> Result<PaymentMethod, ApiError> {
    let mut method = get(tx, id)?;
    if method.customer.take().is_none() {
        return Err(ApiError::invalid(
            "The payment method you provided is not attached to a customer so detachment is \
             impossible.",
        ));
    }
    method.spent = true;
    tx.put_payment_method(&method, "payment_method.detached");
    Ok(method)
}

/// The method with this id.
pub(crate) fn get(tx: &Tx<'_>, id: &str) -> Result<PaymentMethod, ApiError> {
    let method = tx.state.payment_methods.get(id).cloned();
    method.ok_or_else(|| ApiError::missing("PaymentMethod", id, "payment_method"))
}

/// A missing object that a parameter names is a bad request, not a missing page.
fn not_found(id: &str) -> ApiError {
    ApiError::missing("PaymentMethod", id, "payment_method").with_status(StatusCode::BAD_REQUEST)
}

fn kept(card: &TestCard, secret: &str, exp_month: i64, exp_year: i64, has_cvc: bool) -> Card {
    Card {
        brand: card.brand.to_owned(),
        last4: card.number[card.number.len() - 4..].to_owned(),
        exp_month,
        exp_year,
        fingerprint: idempotency::digest(secret, &[b"card", card.number.as_bytes()])[..16]
            .to_owned(),
        funding: card.funding.to_owned(),
        country: card.country.to_owned(),
        has_cvc,
    }
}
