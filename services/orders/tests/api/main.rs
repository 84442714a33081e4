//! The orders service over HTTP, on a real database.

mod desk;
mod sale;

mod cancelling;
mod claims;
mod documents;
mod doors;
mod exchanges;
mod lists;
mod messages;
mod races;
mod reading;
mod refunds;
mod returns;
mod sequences;
mod shipping;
