//! Payment methods: what is kept of a card.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::cards::Behaviour;

/// A card that a customer may pay with, without its number.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PaymentMethod {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) card: Card,
    pub(crate) billing_details: Value,
    pub(crate) metadata: BTreeMap<String, String>,
    /// The script of the test card.
    pub(crate) behaviour: Behaviour,
    #[serde(default)]
    pub(crate) customer: Option<String>,
    /// Whether it may be offered again: `always`, `limited` or `unspecified`.
    #[serde(default)]
    pub(crate) allow_redisplay: Option<String>,
    /// It paid without belonging to a customer, or was taken from one: it never pays again.
    #[serde(default)]
    pub(crate) spent: bool,
    /// The customer agreed with the bank to later payments in their absence.
    #[serde(default)]
    pub(crate) set_up: bool,
}

/// What may be remembered of a card.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Card {
    pub(crate) brand: String,
    pub(crate) last4: String,
    pub(crate) exp_month: i64,
    pub(crate) exp_year: i64,
    pub(crate) fingerprint: String,
    pub(crate) funding: String,
    pub(crate) country: String,
    /// Whether a security code came with it.
    pub(crate) has_cvc: bool,
}

impl PaymentMethod {
    /// Stripe's shape.
    pub(crate) fn view(&self) -> Value {
        json!({
            "id": self.id,
            "object": "payment_method",
            "allow_redisplay": self.allow_redisplay.as_deref().unwrap_or("unspecified"),
            "billing_details": self.billing_details,
            "card": self.card.view(),
            "created": self.created,
            "customer": self.customer,
            "livemode": false,
            "metadata": self.metadata,
            "type": "card",
        })
    }

    /// `billing_details` when none were given.
    pub(crate) fn no_billing_details() -> Value {
        json!({
            "address": { "city": null, "country": null, "line1": null, "line2": null,
                "postal_code": null, "state": null },
            "email": null, "name": null, "phone": null,
        })
    }
}

impl Card {
    fn view(&self) -> Value {
        json!({
            "brand": self.brand,
            "checks": {
                "address_line1_check": null,
                "address_postal_code_check": null,
                "cvc_check": self.has_cvc.then_some("unchecked"),
            },
            "country": self.country,
            "display_brand": self.brand,
            "exp_month": self.exp_month,
            "exp_year": self.exp_year,
            "fingerprint": self.fingerprint,
            "funding": self.funding,
            "generated_from": null,
            "last4": self.last4,
            "networks": { "available": [self.brand], "preferred": null },
            "three_d_secure_usage": { "supported": true },
            "wallet": null,
        })
    }

    /// The card inside a charge, after the bank was asked.
    pub(super) fn charge_view(
        &self,
        authorised: Option<i64>,
        failure: Option<&str>,
        authentication: Option<&str>,
        held_until: Option<i64>,
    ) -> Value {
        let three_d_secure = authentication.map(|id| {
            json!({
                "authentication_flow": "challenge",
                "electronic_commerce_indicator": "05",
                "exemption_indicator": null,
                "result": "authenticated",
                "result_reason": null,
                "transaction_id": id,
                "version": "2.2.0",
            })
        });
        let cvc_check = match failure {
            Some("incorrect_cvc") => Some("fail"),
            _ => self.has_cvc.then_some("pass"),
        };
        let mut view = json!({
            "amount_authorized": authorised,
            "brand": self.brand,
            "checks": {
                "address_line1_check": null,
                "address_postal_code_check": null,
                "cvc_check": cvc_check,
            },
            "country": self.country,
            "exp_month": self.exp_month,
            "exp_year": self.exp_year,
            "fingerprint": self.fingerprint,
            "funding": self.funding,
            "installments": null,
            "last4": self.last4,
            "mandate": null,
            "network": self.brand,
            "three_d_secure": three_d_secure,
            "wallet": null,
        });
        if let Some(time) = held_until {
            view["capture_before"] = time.into();
        }
        view
    }
}
