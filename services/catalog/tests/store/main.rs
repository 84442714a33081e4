//! Stock under the roles that use it: reservations by checkout, expiry and adjustments by the catalogue.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod ledger;
mod reservations;
mod support;
