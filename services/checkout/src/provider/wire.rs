//! Stripe's objects, as far as they are looked at.

use http::StatusCode;
use kernel::Currency;
use serde::Deserialize;

use crate::domain::payment::{Outcome, Sighting};

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
    /// ISO 4217, in lower case.
    #[serde(default)]
    pub currency: String,
    /// What a browser needs to confirm it.
    #[serde(default)]
    pub client_secret: Option<String>,
    /// Why the last confirmation failed.
    #[serde(default)]
    pub last_payment_error: Option<ErrorObject>,
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
}

#[derive(Debug, Deserialize)]
struct ErrorBody {
    error: ErrorObject,
}

/// A refund.
#[derive(Debug, Clone, Deserialize)]
pub struct Refund {
    /// `pending`, `succeeded`, `failed`, `canceled`, `requires_action`.
    pub status: String,
}

/// What to do after an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// What the answer says.
    pub sighting: Sighting,
    /// Whether the same request may bring a better answer.
    pub retry: bool,
}

impl Intent {
    /// The intent as a sighting.
    pub fn sighting(self) -> Sighting {
        let outcome = match self.status.as_str() {
            "succeeded" => Outcome::Captured {
                amount_minor: self.amount_received,
                currency: self.currency.to_ascii_uppercase().parse::<Currency>().ok(),
            },
            "requires_action" | "requires_confirmation" => match self.client_secret {
                Some(client_secret) => Outcome::RequiresAction { client_secret },
                None => Outcome::Processing,
            },
            "requires_payment_method" => Outcome::Declined {
                decline_code: self
                    .last_payment_error
                    .map_or_else(|| DECLINED.to_owned(), ErrorObject::reason),
            },
            "canceled" => Outcome::Declined {
                decline_code: "canceled".to_owned(),
            },
            // `processing`, and what later versions of the API may add.
            _ => Outcome::Processing,
        };
        Sighting {
            provider_ref: Some(self.id),
            outcome,
        }
    }
}

/// The reason where the provider names none.
const DECLINED: &str = "generic_decline";

impl ErrorObject {
    fn reason(self) -> String {
        self.decline_code
            .or(self.code)
            .unwrap_or_else(|| DECLINED.to_owned())
    }
}

/// What the answer to a request that creates a payment means.
pub fn read_created(status: StatusCode, body: &[u8]) -> Reading {
    let done = |sighting| Reading {
        sighting,
        retry: false,
    };
    let again = |outcome| Reading {
        sighting: Sighting::blind(outcome),
        retry: true,
    };
    if status.is_success() {
        return match serde_json::from_slice::<Intent>(body) {
            Ok(intent) => done(intent.sighting()),
            Err(_) => done(Sighting::blind(Outcome::Unknown)),
        };
    }
    let error = serde_json::from_slice::<ErrorBody>(body)
        .map(|body| body.error)
        .unwrap_or_default();
    match status {
        // Turned away before anything was executed.
        StatusCode::TOO_MANY_REQUESTS => again(Outcome::NotSent),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            tracing::error!(
                status = status.as_u16(),
                "the payment provider refuses our key"
            );
            done(Sighting::blind(Outcome::NotSent))
        }
        // The first request with the same key is still at work.
        StatusCode::CONFLICT => again(Outcome::Unknown),
        status if status.is_client_error() && error.kind != "idempotency_error" => {
            if status != StatusCode::PAYMENT_REQUIRED {
                let code = error.code.as_deref().unwrap_or_default();
                tracing::warn!(
                    status = status.as_u16(),
                    code,
                    "the payment provider refuses a request"
                );
            }
            let provider_ref = error
                .payment_intent
                .as_ref()
                .map(|intent| intent.id.clone());
            done(Sighting {
                provider_ref,
                outcome: Outcome::Declined {
                    decline_code: error.reason(),
                },
            })
        }
        status => {
            tracing::warn!(
                status = status.as_u16(),
                kind = error.kind,
                "the payment provider failed"
            );
            Reading {
                sighting: Sighting::blind(Outcome::Unknown),
                retry: status.is_server_error(),
            }
        }
    }
}

/// What the answer to a request about a known payment means. Only the intent itself counts.
pub fn read_known(status: StatusCode, body: &[u8]) -> Reading {
    let intent = if status.is_success() {
        serde_json::from_slice::<Intent>(body).ok()
    } else {
        // A cancellation that comes too late shows the intent as it is.
        serde_json::from_slice::<ErrorBody>(body)
            .ok()
            .and_then(|body| body.error.payment_intent)
            .map(|intent| *intent)
    };
    if let Some(intent) = intent {
        return Reading {
            sighting: intent.sighting(),
            retry: false,
        };
    }
    tracing::warn!(
        status = status.as_u16(),
        "the payment provider does not show a payment"
    );
    Reading {
        sighting: Sighting::blind(Outcome::Unknown),
        retry: status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn created(status: u16, body: &str) -> (Outcome, bool) {
        let reading = read_created(StatusCode::from_u16(status).unwrap(), body.as_bytes());
        (reading.sighting.outcome, reading.retry)
    }

    #[test]
    fn a_success_shows_what_was_taken() {
        let body =
            r#"{"id": "pi_1", "status": "succeeded", "amount_received": 100, "currency": "usd"}"#;
        let paid = Outcome::Captured {
            amount_minor: 100,
            currency: Some(Currency::USD),
        };
        assert_eq!(created(200, body), (paid, false));
        let reading = read_created(StatusCode::OK, body.as_bytes());
        assert_eq!(reading.sighting.provider_ref.as_deref(), Some("pi_1"));
    }

    #[test]
    fn a_decline_keeps_its_reason_and_its_intent() {
        let body = r#"{"error": {"type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds",
            "payment_intent": {"id": "pi_1", "status": "requires_payment_method"}}}"#;
        let reading = read_created(StatusCode::PAYMENT_REQUIRED, body.as_bytes());
        assert_eq!(reading.sighting.provider_ref.as_deref(), Some("pi_1"));
        assert_eq!(
            reading.sighting.outcome,
            Outcome::Declined {
                decline_code: "insufficient_funds".into()
            }
        );
        let missing = r#"{"error": {"type": "invalid_request_error", "code": "resource_missing"}}"#;
        assert_eq!(
            created(404, missing),
            (
                Outcome::Declined {
                    decline_code: "resource_missing".into()
                },
                false
            )
        );
    }

    #[test]
    fn what_is_not_understood_is_unknown_and_never_a_decline() {
        for (status, body) in [(500, ""), (503, "<html>"), (200, "{}"), (302, "")] {
            assert_eq!(created(status, body).0, Outcome::Unknown, "{status}");
        }
        let reused = r#"{"error": {"type": "idempotency_error"}}"#;
        assert_eq!(created(400, reused), (Outcome::Unknown, false));
        assert_eq!(created(409, ""), (Outcome::Unknown, true));
    }

    #[test]
    fn what_was_turned_away_was_not_executed() {
        assert_eq!(created(429, ""), (Outcome::NotSent, true));
        assert_eq!(created(401, ""), (Outcome::NotSent, false));
    }

    #[test]
    fn a_payment_that_is_not_shown_is_unknown() {
        let missing = r#"{"error": {"type": "invalid_request_error", "code": "resource_missing"}}"#;
        let reading = read_known(StatusCode::NOT_FOUND, missing.as_bytes());
        assert_eq!(reading.sighting.outcome, Outcome::Unknown);
        let late = r#"{"error": {"code": "payment_intent_unexpected_state",
            "payment_intent": {"id": "pi_1", "status": "succeeded", "amount_received": 5, "currency": "jpy"}}}"#;
        let reading = read_known(StatusCode::BAD_REQUEST, late.as_bytes());
        assert_eq!(
            reading.sighting.outcome,
            Outcome::Captured {
                amount_minor: 5,
                currency: Some(Currency::JPY)
            }
        );
    }
}
