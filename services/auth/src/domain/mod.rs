//! What an account, a password and a session are. Does no IO.

pub mod device;
pub mod password;
pub mod permission;
pub mod token;
pub mod user;
