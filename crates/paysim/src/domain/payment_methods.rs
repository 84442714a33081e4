//! Making and finding payment methods.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::Value;

use crate::{
    cards::{self, CardInput, TestCard},
    clock,
    error::ApiError,
    idempotency, ids,
    model::{Card, PaymentMethod},
    state::Record,
    store::Tx,
};

/// A card to be kept as a payment method.
#[derive(Debug)]
pub(crate) struct NewPaymentMethod {
    pub(crate) card: CardInput,
    pub(crate) billing_details: Option<Value>,
    pub(crate) metadata: BTreeMap<String, String>,
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
    };
    tx.put(Record::PaymentMethod(method.clone()));
    Ok(method)
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
