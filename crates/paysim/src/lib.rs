//! A payment provider for development, tests and fault drills. It speaks the wire format of
//! Stripe's API, so the shop's real payment adapter is always the one that is exercised.
//!
//! Map: `server` starts and stops everything; `api` is HTTP; `domain` holds the rules of
//! intents, charges, refunds, customers and disputes; `faults` what goes wrong on purpose; `state` is the memory, changed only by the records of
//! `journal`; `webhooks` delivers events; `cards` knows the test cards; `elements` serves the
//! browser's card field.
//!
//! Invariants:
//! - An answer leaves only after every change it can show is on disk.
//! - The state is a pure function of the journal: live requests and replay share one `apply`.
//! - What is refunded never exceeds what was captured.
//! - No card number and no security code is journalled, logged or kept after its request.
//! - Only published test cards are accepted; a real card is refused.

mod api;
mod app;
mod cards;
mod clock;
mod config;
mod domain;
mod elements;
mod error;
mod faults;
mod form;
mod idempotency;
mod ids;
mod journal;
mod ledger;
mod listen;
mod model;
mod server;
mod settle;
mod state;
mod store;
mod webhooks;

pub use config::{Config, Retry, Webhook};
pub use faults::{Faults, RequestFault, RequestTrouble, WebhookFault, WebhookTrouble, When};
pub use ledger::{Ledger, LedgerCharge, LedgerIntent, LedgerRefund, LedgerTotal};
pub use server::{Running, StartError, start};
pub use webhooks::{Delivery, sign as sign_webhook};
