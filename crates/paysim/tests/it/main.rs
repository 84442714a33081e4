//! The simulator over HTTP, as its clients see it.

#![expect(clippy::unwrap_used, reason = "a test may end where it fails")]

mod card_field;
mod idempotency;
mod journal;
mod payments;
mod process;
mod refunds;
mod shapes;
mod support;
mod webhooks;
