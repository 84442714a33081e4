//! All SQL of the service.

pub mod admin;
pub mod attempts;
pub mod checkout_states;
pub mod checkouts;
pub mod code_guesses;
pub mod declines;
pub mod disputes;
pub mod gift_cards;
pub mod inbox;
pub mod keys;
pub mod ledger;
pub mod operations;
pub mod saga_steps;
pub mod saved_cards;
pub mod shipping_admin;
pub mod shipping_methods;
pub mod stored_values;
pub mod tenders;

/// The error of a value in the database that this version does not understand.
fn undecodable(what: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> sqlx::Error {
    sqlx::Error::Decode(what.into())
}
