//! The process of all services: its door before services that only say who they are, its pages, and the whole on a real
//! database.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod agreement;
mod door;
mod page_rules;
mod refusals;
mod whole;
