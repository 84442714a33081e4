//! Stripe's objects, as far as they are looked at.

use serde::Deserialize;

use crate::domain::payment::Card;

/// A payment intent.
#[derive(Debug, Clone, Deserialize)]
pub struct Intent {
    /// Its id, `pi_…`.
    pub id: String,
    /// Where it stands.
    pub status: String,
    /// Minor units taken so far.
    #[serde(default)]
    pub amount_received: i64,
    /// Minor units that are held and may be taken.
    #[serde(default)]
    pub amount_capturable: i64,
    /// ISO 4217, in lower case.
    #[serde(default)]
    pub currency: String,
    /// What a browser needs to confirm it.
    #[serde(default)]
    pub client_secret: Option<String>,
    /// Why the last confirmation failed.
    #[serde(default)]
    pub last_payment_error: Option<Box<ErrorObject>>,
    /// What is charged.
    #[serde(default)]
    pub payment_method: Option<Expandable<Named>>,
    /// The last request to the bank; whole where it was asked for.
    #[serde(default)]
    pub latest_charge: Option<Expandable<Charge>>,
}

/// What the provider names, or shows where that was asked for.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Expandable<T> {
    /// The object.
    Whole(Box<T>),
    /// Its id.
    Id(String),
}

impl Expandable<Named> {
    /// The object's id.
    pub fn id(&self) -> &str {
        match self {
            Self::Whole(object) => &object.id,
            Self::Id(id) => id,
        }
    }
}

impl<T> Expandable<T> {
    /// The object, where it is shown.
    pub fn whole(&self) -> Option<&T> {
        match self {
            Self::Whole(object) => Some(object),
            Self::Id(_) => None,
        }
    }
}

/// A request to the cardholder's bank.
#[derive(Debug, Clone, Deserialize)]
pub struct Charge {
    /// Its id, `ch_…`.
    pub id: String,
    /// Minor units given back so far.
    #[serde(default)]
    pub amount_refunded: i64,
    /// Whether the cardholder disputes it.
    #[serde(default)]
    pub disputed: bool,
    /// What paid.
    #[serde(default)]
    pub payment_method_details: Option<MethodDetails>,
}

/// The card of a charge or of a payment method.
#[derive(Debug, Clone, Deserialize)]
pub struct MethodDetails {
    /// The provider's id, where this is a payment method.
    #[serde(default)]
    pub id: Option<String>,
    /// The customer that it belongs to.
    #[serde(default)]
    pub customer: Option<String>,
    /// The card, if it is one.
    #[serde(default)]
    pub card: Option<CardObject>,
}

/// What the provider tells of a card.
#[derive(Debug, Clone, Deserialize)]
pub struct CardObject {
    brand: String,
    last4: String,
    #[serde(default)]
    exp_month: Option<i32>,
    #[serde(default)]
    exp_year: Option<i32>,
    #[serde(default)]
    fingerprint: Option<String>,
}

impl MethodDetails {
    /// What may be kept of the card.
    pub fn card(&self) -> Option<Card> {
        let card = self.card.as_ref()?;
        let four = card.last4.len() == 4 && card.last4.bytes().all(|b| b.is_ascii_digit());
        four.then(|| Card {
            brand: card.brand.clone(),
            last4: card.last4.clone(),
            fingerprint: card.fingerprint.clone(),
            expires: card.exp_month.zip(card.exp_year),
            method_ref: self.id.clone(),
        })
    }
}

/// Stripe's error object.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct ErrorObject {
    /// `card_error`, `invalid_request_error`, `idempotency_error`, `api_error`.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// What is wrong.
    #[serde(default)]
    pub code: Option<String>,
    /// Why the bank refused.
    #[serde(default)]
    pub decline_code: Option<String>,
    /// The intent that the request was about.
    #[serde(default)]
    pub payment_intent: Option<Box<Intent>>,
    /// The card that was refused.
    #[serde(default)]
    pub payment_method: Option<MethodDetails>,
}

/// A refund.
#[derive(Debug, Clone, Deserialize)]
pub struct Refund {
    /// Its id, `re_…`.
    pub id: String,
    /// `pending`, `succeeded`, `failed`, `canceled`, `requires_action`.
    pub status: String,
    /// Minor units.
    #[serde(default)]
    pub amount: i64,
    /// Why it failed.
    #[serde(default)]
    pub failure_reason: Option<String>,
    /// What it was told when it was made.
    #[serde(default)]
    pub metadata: std::collections::BTreeMap<String, String>,
}

/// A cardholder's complaint to the bank.
#[derive(Debug, Clone, Deserialize)]
pub struct Dispute {
    /// Its id, `dp_…`.
    pub id: String,
    /// Minor units that are disputed.
    #[serde(default)]
    pub amount: i64,
    /// The cardholder's reason, such as `fraudulent`.
    #[serde(default)]
    pub reason: String,
    /// `needs_response`, `under_review`, `won`, `lost`, `warning_…`.
    pub status: String,
}

/// A list of objects.
#[derive(Debug, Clone, Deserialize)]
pub struct List<T> {
    /// The newest first.
    pub data: Vec<T>,
    /// Whether there are older ones.
    #[serde(default)]
    pub has_more: bool,
}

/// Anything with an id.
#[derive(Debug, Clone, Deserialize)]
pub struct Named {
    /// The id.
    pub id: String,
}
