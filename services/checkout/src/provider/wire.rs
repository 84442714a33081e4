//! What the provider's answers mean.

use http::StatusCode;
use kernel::Currency;
use serde::Deserialize;

use super::objects::{ErrorObject, Expandable, Intent, MethodDetails};
use crate::domain::payment::{Card, Outcome, Sighting};

#[derive(Debug, Deserialize)]
struct ErrorBody {
    error: ErrorObject,
}

impl Intent {
    /// The intent as a sighting.
    pub fn sighting(self) -> Sighting {
        let currency = self.currency.to_ascii_uppercase().parse::<Currency>().ok();
        let charge = self.latest_charge.as_ref().and_then(Expandable::whole);
        let details = charge.and_then(|charge| charge.payment_method_details.as_ref());
        let refused = self.last_payment_error.as_ref();
        let method = self
            .payment_method
            .as_ref()
            .map(|method| method.id().to_owned());
        let card = details
            .and_then(MethodDetails::card)
            .or_else(|| refused?.payment_method.as_ref()?.card())
            .map(|card| Card {
                method_ref: card.method_ref.clone().or(method),
                ..card
            });
        let outcome = match self.status.as_str() {
            "succeeded" => Outcome::Captured {
                amount_minor: self.amount_received,
                currency,
            },
            "requires_capture" => Outcome::Authorized {
                amount_minor: self.amount_capturable,
                currency,
            },
            "requires_action" | "requires_confirmation" => match self.client_secret {
                Some(client_secret) => Outcome::RequiresAction { client_secret },
                None => Outcome::Processing,
            },
            "requires_payment_method" => Outcome::Declined {
                decline_code: self
                    .last_payment_error
                    .map_or_else(|| DECLINED.to_owned(), |error| error.reason()),
            },
            // Ended after the bank had refused: the refusal is the reason, whoever looks first.
            "canceled" => Outcome::Declined {
                decline_code: self
                    .last_payment_error
                    .map_or_else(|| CANCELED.to_owned(), |error| error.reason()),
            },
            // `processing`, and what later versions of the API may add.
            _ => Outcome::Processing,
        };
        Sighting {
            provider_ref: Some(self.id),
            outcome,
            card,
        }
    }
}

/// The reason of a payment that was ended without a refusal.
pub const CANCELED: &str = "canceled";

/// The reason where the provider names none.
const DECLINED: &str = "generic_decline";

impl ErrorObject {
    /// Why the bank or the provider refused.
    pub fn reason(&self) -> String {
        let reason = self.decline_code.as_ref().or(self.code.as_ref());
        reason.cloned().unwrap_or_else(|| DECLINED.to_owned())
    }
}

/// The error in an answer, as far as it can be read.
pub fn read_error(body: &[u8]) -> ErrorObject {
    serde_json::from_slice::<ErrorBody>(body)
        .map(|body| body.error)
        .unwrap_or_default()
}

/// What the answer to a request that creates a payment means.
pub fn read_created(status: StatusCode, body: &[u8]) -> Sighting {
    if status.is_success() {
        return serde_json::from_slice::<Intent>(body)
            .map_or_else(|_| Sighting::blind(Outcome::Unknown), Intent::sighting);
    }
    let error = read_error(body);
    // Another request under the key, a request at work, a failure: none of them tells what became of the payment.
    if !status.is_client_error()
        || status == StatusCode::CONFLICT
        || error.kind == "idempotency_error"
    {
        tracing::warn!(
            status = status.as_u16(),
            kind = error.kind,
            "the payment provider failed"
        );
        return Sighting::blind(Outcome::Unknown);
    }
    if status != StatusCode::PAYMENT_REQUIRED {
        let code = error.code.as_deref().unwrap_or_default();
        tracing::warn!(
            status = status.as_u16(),
            code,
            "the payment provider refuses a request"
        );
    }
    let intent = error.payment_intent.as_ref();
    Sighting {
        provider_ref: intent.map(|intent| intent.id.clone()),
        outcome: Outcome::Declined {
            decline_code: error.reason(),
        },
        card: error.payment_method.as_ref().and_then(MethodDetails::card),
    }
}

/// The intent in the answer to a request about a known payment: also in a refusal, which shows it as it is.
pub fn read_intent(status: StatusCode, body: &[u8]) -> Option<Intent> {
    let intent = if status.is_success() {
        serde_json::from_slice::<Intent>(body).ok()
    } else {
        read_error(body).payment_intent.map(|intent| *intent)
    };
    if intent.is_none() {
        tracing::warn!(
            status = status.as_u16(),
            "the payment provider does not show a payment"
        );
    }
    intent
}

#[cfg(test)]
mod tests {
    use super::*;

    fn created(status: u16, body: &str) -> Sighting {
        read_created(StatusCode::from_u16(status).unwrap(), body.as_bytes())
    }

    #[test]
    fn an_ended_payment_keeps_the_reason_it_was_refused_for() {
        let refused = |code: &str| Outcome::Declined {
            decline_code: code.to_owned(),
        };
        let body = r#"{"id": "pi_1", "status": "canceled", "currency": "usd"}"#;
        assert_eq!(created(200, body).outcome, refused(CANCELED));
        let body = r#"{"id": "pi_1", "status": "canceled", "currency": "usd",
                "last_payment_error": {"type": "card_error", "code": "payment_intent_authentication_failure"}}"#;
        let reason = "payment_intent_authentication_failure";
        assert_eq!(created(200, body).outcome, refused(reason));
    }

    #[test]
    fn a_success_shows_what_was_taken_or_held() {
        let body = r#"{"id": "pi_1", "status": "succeeded", "amount_received": 100, "currency": "usd",
                "latest_charge": {"id": "ch_1", "payment_method_details": {"card": {"brand": "visa", "last4": "4242"}}}}"#;
        let seen = created(200, body);
        let paid = Outcome::Captured {
            amount_minor: 100,
            currency: Some(Currency::USD),
        };
        assert_eq!(
            (seen.provider_ref.as_deref(), seen.outcome),
            (Some("pi_1"), paid)
        );
        assert_eq!(seen.card.unwrap().last4, "4242");
        let body = r#"{"id": "pi_1", "status": "requires_capture", "amount_capturable": 7, "currency": "jpy", "latest_charge": "ch_1"}"#;
        let held = Outcome::Authorized {
            amount_minor: 7,
            currency: Some(Currency::JPY),
        };
        assert_eq!(
            (created(200, body).outcome, created(200, body).card),
            (held, None)
        );
    }

    #[test]
    fn a_decline_keeps_its_reason_its_intent_and_its_card() {
        let body = r#"{"error": {"type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds",
            "payment_method": {"id": "pm_1", "card": {"brand": "visa", "last4": "9995", "fingerprint": "fp"}},
            "payment_intent": {"id": "pi_1", "status": "requires_payment_method"}}}"#;
        let seen = created(402, body);
        assert_eq!(seen.provider_ref.as_deref(), Some("pi_1"));
        assert_eq!(seen.card.unwrap().fingerprint.as_deref(), Some("fp"));
        let declined = |code: &str| Outcome::Declined {
            decline_code: code.into(),
        };
        assert_eq!(seen.outcome, declined("insufficient_funds"));
        let missing = r#"{"error": {"type": "invalid_request_error", "code": "resource_missing"}}"#;
        assert_eq!(created(404, missing).outcome, declined("resource_missing"));
    }

    #[test]
    fn what_is_not_understood_is_unknown_and_never_a_decline() {
        let reused = r#"{"error": {"type": "idempotency_error"}}"#;
        for (status, body) in [
            (500, ""),
            (503, "<html>"),
            (200, "{}"),
            (302, ""),
            (400, reused),
            (409, ""),
        ] {
            assert_eq!(created(status, body).outcome, Outcome::Unknown, "{status}");
        }
    }

    #[test]
    fn a_refusal_shows_the_payment_as_it_is() {
        let missing = r#"{"error": {"type": "invalid_request_error", "code": "resource_missing"}}"#;
        assert!(read_intent(StatusCode::NOT_FOUND, missing.as_bytes()).is_none());
        let late = r#"{"error": {"code": "payment_intent_unexpected_state",
            "payment_intent": {"id": "pi_1", "status": "succeeded", "amount_received": 5, "currency": "jpy"}}}"#;
        let intent = read_intent(StatusCode::BAD_REQUEST, late.as_bytes()).unwrap();
        assert_eq!(
            intent.sighting().outcome,
            Outcome::Captured {
                amount_minor: 5,
                currency: Some(Currency::JPY)
            }
        );
    }
}
