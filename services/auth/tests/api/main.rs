//! The auth service over HTTP, on a real database.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod world;

mod commands;
mod doors;
mod keys;
mod limits;
mod login;
mod logout;
mod password_change;
mod password_reset;
mod refresh;
mod refresh_races;
mod register;
mod staff;
