//! The auth service over HTTP, on a real database.

mod world;

mod commands;
mod keys;
mod limits;
mod login;
mod logout;
mod refresh;
mod refresh_races;
mod register;
