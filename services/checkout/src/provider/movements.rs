//! Money after the purchase: captures, ends of authorisations, refunds. The operation's id is the request's key.

use http::StatusCode;
use kernel::OperationId;
use reqwest::Method;

use super::objects::{Dispute, Intent, List, Refund};
use super::transport::{Answer, Ask, Provider, by_status};
use super::wire;

/// How the end of an authorisation came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// This much was taken.
    Captured {
        /// Minor units.
        amount_minor: i64,
    },
    /// Nothing was taken, and nothing is held any more.
    Ended,
    /// The provider refuses; the money is held as before.
    Refused {
        /// Why.
        reason: String,
    },
    /// Not known yet.
    Unknown,
}

/// How a refund came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Returning {
    /// It is on its way for good.
    Succeeded {
        /// The provider's refund.
        provider_ref: String,
    },
    /// The bank has not decided.
    Pending {
        /// The provider's refund.
        provider_ref: String,
    },
    /// It does not go back.
    Failed {
        /// The provider's refund, where one was made.
        provider_ref: Option<String>,
        /// Why.
        reason: String,
    },
    /// Not known yet.
    Unknown,
}

impl From<Refund> for Returning {
    fn from(refund: Refund) -> Self {
        let provider_ref = refund.id;
        match refund.status.as_str() {
            "succeeded" => Self::Succeeded { provider_ref },
            "failed" | "canceled" => Self::Failed {
                provider_ref: Some(provider_ref),
                reason: refund.failure_reason.unwrap_or(refund.status),
            },
            // `pending`, `requires_action`, and what later versions of the API may add.
            _ => Self::Pending { provider_ref },
        }
    }
}

/// What an intent shows about the end of its authorisation.
fn ending(intent: &Intent) -> Option<Ending> {
    match intent.status.as_str() {
        "succeeded" => Some(Ending::Captured {
            amount_minor: intent.amount_received,
        }),
        "canceled" => Some(Ending::Ended),
        _ => None,
    }
}

impl Provider {
    /// Takes `amount_minor` of what is held, and lets the rest go.
    pub async fn capture(
        &self,
        provider_ref: &str,
        amount_minor: i64,
        operation_id: OperationId,
    ) -> Ending {
        let form = vec![
            ("amount_to_capture", amount_minor.to_string()),
            ("metadata[operation_id]", operation_id.to_string()),
        ];
        self.end(provider_ref, "capture", operation_id, form).await
    }

    /// Lets go what is held.
    pub async fn void(&self, provider_ref: &str, operation_id: OperationId) -> Ending {
        let form = vec![("cancellation_reason", "requested_by_customer".to_owned())];
        self.end(provider_ref, "cancel", operation_id, form).await
    }

    async fn end(
        &self,
        provider_ref: &str,
        verb: &str,
        operation_id: OperationId,
        form: Vec<(&'static str, String)>,
    ) -> Ending {
        let ask = Ask {
            method: Method::POST,
            path: &format!("payment_intents/{provider_ref}/{verb}"),
            key: Some(operation_id.to_string()),
            form,
        };
        let Answer::Got(status, body) = self.ask(&ask, by_status).await else {
            return Ending::Unknown;
        };
        if let Some(ending) = wire::read_intent(status, &body).as_ref().and_then(ending) {
            return ending;
        }
        let Some(reason) = refusal(status, &body) else {
            return Ending::Unknown;
        };
        // A refusal need not show the payment: what it is now decides.
        match self.retrieve(provider_ref).await {
            Some(intent) => ending(&intent).unwrap_or(Ending::Refused { reason }),
            None => Ending::Unknown,
        }
    }

    /// Gives `amount_minor` of a payment back, once.
    pub async fn refund(
        &self,
        provider_ref: &str,
        amount_minor: i64,
        operation_id: OperationId,
    ) -> Returning {
        let ask = Ask {
            method: Method::POST,
            path: "refunds",
            key: Some(operation_id.to_string()),
            form: vec![
                ("payment_intent", provider_ref.to_owned()),
                ("amount", amount_minor.to_string()),
                ("metadata[operation_id]", operation_id.to_string()),
            ],
        };
        let Answer::Got(status, body) = self.ask(&ask, by_status).await else {
            return Returning::Unknown;
        };
        if status.is_success() {
            return serde_json::from_slice::<Refund>(&body)
                .map_or(Returning::Unknown, Returning::from);
        }
        refusal(status, &body).map_or(Returning::Unknown, |reason| Returning::Failed {
            provider_ref: None,
            reason,
        })
    }

    /// A refund as it is now.
    pub async fn retrieve_refund(&self, refund_ref: &str) -> Returning {
        let ask = Ask {
            method: Method::GET,
            path: &format!("refunds/{refund_ref}"),
            key: None,
            form: Vec::new(),
        };
        self.object::<Refund>(&ask)
            .await
            .map_or(Returning::Unknown, Returning::from)
    }

    /// A dispute as it is now.
    pub async fn retrieve_dispute(&self, dispute_ref: &str) -> Option<Dispute> {
        let ask = Ask {
            method: Method::GET,
            path: &format!("disputes/{dispute_ref}"),
            key: None,
            form: Vec::new(),
        };
        self.object(&ask).await
    }

    /// All refunds of a payment. `None` where the provider does not tell.
    pub async fn list_refunds(&self, provider_ref: &str) -> Option<Vec<Refund>> {
        let mut all: Vec<Refund> = Vec::new();
        loop {
            let mut form = vec![
                ("payment_intent", provider_ref.to_owned()),
                ("limit", "100".to_owned()),
            ];
            if let Some(last) = all.last() {
                form.push(("starting_after", last.id.clone()));
            }
            let ask = Ask {
                method: Method::GET,
                path: "refunds",
                key: None,
                form,
            };
            let page: List<Refund> = self.object(&ask).await?;
            let more = page.has_more && !page.data.is_empty();
            all.extend(page.data);
            if !more {
                return Some(all);
            }
        }
    }
}

/// Why a request was refused for good; `None` where that is not known.
fn refusal(status: StatusCode, body: &[u8]) -> Option<String> {
    let error = wire::read_error(body);
    let known = status.is_client_error()
        && status != StatusCode::CONFLICT
        && error.kind != "idempotency_error";
    known.then(|| error.reason())
}
