//! An entry as staff see it.

use jiff::Timestamp;
use kernel::{SessionId, UserId};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::ActorKind;

/// A change, who made it and why.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AuditEntry {
    /// Its number: grows within a service.
    pub id: i64,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who did it.
    pub actor: AuditActor,
    /// What was done: `noun.verb`.
    #[schema(example = "staff.grant")]
    pub action: String,
    /// What it was done to.
    pub object: AuditObject,
    /// The members that changed, as they were.
    #[schema(value_type = Option<Object>, required)]
    pub before: Option<Value>,
    /// The members that changed, as they are now.
    #[schema(value_type = Option<Object>, required)]
    pub after: Option<Value>,
    /// Why, in the actor's words.
    #[schema(required)]
    pub reason: Option<String>,
    /// The request that did it, as in `X-Request-Id`.
    #[schema(required)]
    pub request_id: Option<String>,
}

/// Who made a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct AuditActor {
    /// What they are.
    pub kind: ActorKind,
    /// Their account, where they have one.
    #[schema(required)]
    pub id: Option<UserId>,
    /// Their session, where they have one.
    #[schema(required)]
    pub session_id: Option<SessionId>,
}

/// What a change was made to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AuditObject {
    /// Its kind.
    pub r#type: String,
    /// Its id.
    pub id: String,
}
