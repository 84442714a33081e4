//! What an order looks like, and what a shopper is told about it. Does no IO.

pub mod message;
pub mod view;
