//! Stock under the roles that use it: reservations by checkout, shipments and returns by orders, the rest by the catalogue.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod ledger;
mod lifecycle;
mod races;
mod reservations;
mod returns;
mod slots;
mod support;
