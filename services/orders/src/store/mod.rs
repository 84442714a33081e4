//! All SQL of the orders service.

pub mod notifications;
pub mod orders;
mod row;
