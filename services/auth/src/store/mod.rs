//! All SQL of this service, over schema `auth`. Knows no HTTP; callers begin and commit.

use common::audit::Audit;
use mail::Outbox;

pub mod keys;
pub mod resets;
pub mod sessions;
pub mod tokens;
pub mod users;

/// Messages to people, in `auth.message`.
pub const OUTBOX: Outbox = Outbox::new("auth");

/// Who changed what in this schema.
pub const AUDIT: Audit = Audit::new("auth");
