//! What staff see.

use jiff::Timestamp;
use kernel::{DeliveryId, EndpointId, EventId, OrderId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Whether messages are sent to an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WebhookEndpointState)]
pub enum EndpointState {
    /// They are.
    Active,
    /// They are not; what happens meanwhile can be delivered later.
    Disabled,
}

/// Why an endpoint is disabled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WebhookDisabledReason)]
pub enum DisabledReason {
    /// Staff disabled it.
    Staff,
    /// It failed for days.
    Failing,
    /// It answered 410.
    Gone,
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WebhookDeliveryState)]
pub enum DeliveryState {
    /// Not tried yet.
    Pending,
    /// Tried in vain; tried again at `next_at`.
    Failed,
    /// The endpoint took it.
    Delivered,
    /// Given up.
    Dead,
}

macro_rules! stored {
    ($type:ident { $($variant:ident = $text:literal),+ }) => {
        impl $type {
            /// As stored.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            pub(crate) fn from_stored(text: &str) -> Result<Self, sqlx::Error> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    other => Err(sqlx::Error::Decode(format!("unknown state {other}").into())),
                }
            }
        }
    };
}
stored!(EndpointState { Active = "active", Disabled = "disabled" });
stored!(DisabledReason { Staff = "staff", Failing = "failing", Gone = "gone" });
stored!(DeliveryState { Pending = "pending", Failed = "failed", Delivered = "delivered", Dead = "dead" });

/// A place that events are sent to.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = WebhookEndpoint)]
pub struct Endpoint {
    /// The endpoint.
    pub id: EndpointId,
    /// Where messages go.
    pub url: String,
    /// What it is for.
    pub description: String,
    /// Which kinds of events; empty: all.
    pub kinds: Vec<String>,
    /// Whether messages are sent.
    pub state: EndpointState,
    /// Why not.
    pub disabled_reason: Option<DisabledReason>,
    /// Since when every attempt failed.
    pub failing_since: Option<Timestamp>,
    /// How many deliveries wait.
    pub waiting: i64,
    /// Who made it.
    pub created_by: UserId,
    /// Rises with every change by staff or for failures.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed.
    pub updated_at: Timestamp,
}

/// A new endpoint with its secret.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = NewWebhookEndpointAnswer)]
pub struct EndpointWithSecret {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// What messages are signed with. Shown this once: null where the answer is a repetition.
    #[schema(required)]
    pub secret: Option<String>,
}

/// A new secret.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = WebhookSecret)]
pub struct NewSecret {
    /// What messages are signed with. Shown this once: null where the answer is a repetition.
    #[schema(required)]
    pub secret: Option<String>,
    /// Until when messages are signed with the one before too.
    pub previous_expires_at: Timestamp,
}

/// An event on its way to an endpoint.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = WebhookDelivery)]
pub struct Delivery {
    /// The delivery.
    pub id: DeliveryId,
    /// Where it goes.
    pub endpoint_id: EndpointId,
    /// The event: `webhook-id` of the message.
    pub event_id: EventId,
    /// What happened.
    pub kind: String,
    /// To which order; null for a test.
    pub order_id: Option<OrderId>,
    /// The number of the event among those of the order.
    pub sequence: Option<i32>,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: i32,
    /// When it is tried next, if it is; earlier events of the order go first.
    pub next_at: Option<Timestamp>,
    /// The status of the last answer.
    pub last_status: Option<i32>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// How long the last attempt took, in milliseconds.
    pub last_latency_ms: Option<i32>,
    /// When the endpoint took it.
    pub delivered_at: Option<Timestamp>,
    /// When the event happened.
    pub occurred_at: Timestamp,
    /// When the delivery was planned.
    pub created_at: Timestamp,
}

/// An attempt to deliver.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = WebhookAttempt)]
pub struct Attempt {
    /// Counts from 1.
    pub attempt: i32,
    /// When it ended.
    pub at: Timestamp,
    /// The status of the answer; null without one.
    pub status: Option<i32>,
    /// How long it took, in milliseconds.
    pub latency_ms: i32,
    /// Why it failed; null where it did not.
    pub error: Option<String>,
    /// The beginning of the answer, at most 1,000 characters.
    pub response: Option<String>,
}

/// A delivery with what was sent and each attempt.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = WebhookDeliveryDetail)]
pub struct DeliveryDetail {
    /// The delivery.
    #[serde(flatten)]
    pub delivery: Delivery,
    /// The member `data` of the message.
    #[schema(value_type = Object)]
    pub data: Value,
    /// Every attempt, the first one first.
    pub log: Vec<Attempt>,
}

/// How many deliveries were planned.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = WebhookRedelivery)]
pub struct Redelivery {
    /// How many.
    pub planned: i64,
}

/// A kind of event.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = WebhookEventKind)]
pub struct EventKind {
    /// Its name.
    pub kind: String,
    /// What it means.
    pub meaning: String,
}

/// All kinds of events.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = WebhookEventKinds)]
pub struct EventKinds {
    /// In the order of an order's life.
    pub items: Vec<EventKind>,
}
