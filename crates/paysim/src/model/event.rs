//! Events and their deliveries.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::API_VERSION;

/// Something that happened, with the object as it was then.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Event {
    pub(crate) id: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) created: i64,
    pub(crate) object: Value,
    /// The request that caused it; none for what the provider did by itself.
    pub(crate) request: Option<String>,
    pub(crate) idempotency_key: Option<String>,
    /// Whether an endpoint was set up when it happened.
    pub(crate) deliver: bool,
}

/// One try to deliver an event.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Attempt {
    pub(crate) event: String,
    /// 1 for the first.
    pub(crate) number: u32,
    pub(crate) at_ms: i64,
    /// The receiver's status, when it answered.
    pub(crate) status: Option<u16>,
    pub(crate) result: AttemptResult,
    /// When the next try is due, after a failure.
    pub(crate) next_at_ms: Option<i64>,
}

/// How a try ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AttemptResult {
    Delivered,
    Failed,
    /// Failed, and the event is too old for another try.
    GivenUp,
    /// Not sent, on purpose.
    Withheld,
}

impl Event {
    /// Stripe's shape; `pending` counts the endpoints that have not received it yet.
    pub(crate) fn view(&self, pending: u32) -> Value {
        json!({
            "id": self.id,
            "object": "event",
            "api_version": API_VERSION,
            "created": self.created,
            "data": { "object": self.object },
            "livemode": false,
            "pending_webhooks": pending,
            "request": { "id": self.request, "idempotency_key": self.idempotency_key },
            "type": self.kind,
        })
    }
}
