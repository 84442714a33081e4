//! What runs by itself.

pub mod messages;
