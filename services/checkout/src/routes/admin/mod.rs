//! What staff do here.

pub mod checkouts;
pub mod gift_cards;
pub mod inbox;
pub mod ledger;
mod once;
pub mod permission;
pub mod shipping;
pub mod store_credit;
