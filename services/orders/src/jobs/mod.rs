//! What runs by itself.

pub mod documents;
pub mod keys;
pub mod messages;
pub mod risk;
