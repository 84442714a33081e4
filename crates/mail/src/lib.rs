//! Messages: what they say, that they are kept, sent over SMTP, and shown to staff. Knows nothing of
//! what they are about.
//!
//! - [`Templates`]: subject, text and HTML of a message from one file. [`MailSettings`]: section `mail`.
//! - [`Outbox`]: the table `<schema>.message`. [`Sender`]: sends what is in it. [`Mailer`]: SMTP.
//! - [`mailbox`]: `GET /api/v1/admin/messages/<service>`.
//!
//! Invariants: a message is kept once per template and cause, in the transaction of what it is about,
//! and sent at least once; a send has a deadline; without a server nothing is lost: messages wait and
//! staff can read them.

pub mod mailbox;
mod outbox;
mod sender;
mod settings;
mod smtp;
mod template;

pub use outbox::{ATTEMPTS_MAX, Claimed, NewMessage, Outbox};
pub use sender::Sender;
pub use settings::MailSettings;
pub use smtp::{MailError, Mailer};
pub use template::{Content, TemplateError, Templates};
