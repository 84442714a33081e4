//! All SQL of the service.

pub mod attempts;
pub mod checkouts;
pub mod inbox;
pub mod keys;
pub mod saga_steps;
pub mod shipping_methods;

/// The error of a value in the database that this version does not understand.
fn undecodable(what: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> sqlx::Error {
    sqlx::Error::Decode(what.into())
}
