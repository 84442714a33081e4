//! The rules of a checkout. Does no IO.

pub mod address;
pub mod completion;
pub mod payment;
pub mod requirement;
pub mod state;
pub mod summary;
