//! All SQL of the orders service.
//!
//! - [`record`]: an order with all its parts. [`orders`], [`lists`]: lists. [`steps`]: timeline, events, state.
//! - [`progress`]: units of lines. [`lines`], [`shipments`], [`refunds`], [`returns`], [`claims`], [`notes`], [`invoices`]: the parts.

pub mod claims;
pub mod invoices;
pub mod lines;
pub mod lists;
pub mod notes;
pub mod notifications;
pub mod orders;
pub mod progress;
pub mod record;
pub mod refunds;
pub mod returns;
mod row;
pub mod shipments;
pub mod steps;
