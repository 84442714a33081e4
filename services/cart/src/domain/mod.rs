//! Rules of carts. Does no IO.

pub mod merge;
pub mod principal;
pub mod view;
