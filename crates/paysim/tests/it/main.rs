//! The simulator over HTTP, as its clients see it.

#![expect(clippy::unwrap_used, reason = "a test may end where it fails")]

mod authentication;
mod card_field;
mod contract;
mod customers;
mod disputes;
mod faults;
mod holds;
mod idempotency;
mod journal;
mod payments;
mod process;
mod properties;
mod refunds;
mod shapes;
mod support;
mod webhook_faults;
mod webhooks;
mod whole_story;
