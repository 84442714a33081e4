//! The auth service over HTTP, on a real database.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod world;

mod commands;
mod keys;
mod limits;
mod login;
mod logout;
mod refresh;
mod refresh_races;
mod register;
