//! Use cases over several stores.

pub mod end;
pub mod operator;
pub mod password;
pub mod refresh;
pub mod sign_in;
pub mod staff;
