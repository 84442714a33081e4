//! The orders service over HTTP, on a real database.

mod desk;

mod messages;
mod reading;
