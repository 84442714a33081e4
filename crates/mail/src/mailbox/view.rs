//! A message as staff see it.

use jiff::Timestamp;
use kernel::MessageId;
use serde::Serialize;
use utoipa::ToSchema;

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MessageProgress)]
pub enum Progress {
    /// It waits to be sent, or to be tried again.
    Waiting,
    /// A mail server took it.
    Sent,
    /// It was tried as often as a message is, and is not tried again.
    Failed,
    /// It became useless before it could be sent.
    Expired,
}

/// A message without its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = MessageSummary)]
pub struct LetterSummary {
    /// Its id.
    pub id: MessageId,
    /// Which message it is.
    #[schema(example = "password_reset")]
    pub template: String,
    /// Where it goes.
    pub recipient: String,
    /// Its subject.
    pub subject: String,
    /// Whether it holds a credential.
    pub secret: bool,
    /// What became of it.
    pub progress: Progress,
    /// How often it was tried.
    pub attempts: i32,
    /// What went wrong the last time.
    #[schema(required)]
    pub last_error: Option<String>,
    /// When it left.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub sent_at: Option<Timestamp>,
    /// When it was written.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Message)]
pub struct Letter {
    /// All but its text.
    #[serde(flatten)]
    pub summary: LetterSummary,
    /// What it says; null where it is secret and withheld or erased.
    #[schema(required)]
    pub body: Option<Body>,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = MessageBody)]
pub struct Body {
    /// Plain text.
    pub text: String,
    /// The same as a page. Show it in a frame without scripts.
    #[schema(required)]
    pub html: Option<String>,
}
