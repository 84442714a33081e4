//! The rules of a checkout. Does no IO.

pub mod address;
pub mod address_rules;
pub mod completion;
pub mod gift_code;
pub mod operation;
pub mod payment;
pub mod requirement;
pub mod shipping;
pub mod state;
pub mod summary;
pub mod tender;
