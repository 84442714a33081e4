//! Rules of carts and coupons. Does no IO.

pub mod coupon;
pub mod merge;
pub mod principal;
pub mod staff_coupon;
pub mod terms;
pub mod view;
