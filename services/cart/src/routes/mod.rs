//! Every path of the cart service.

use common::openapi::{Routes, routes};

use crate::state::AppState;

mod carts;
mod coupon;
mod lines;
mod proof;
mod staff_coupons;

/// The routes, for whoever serves or describes them.
pub fn router<R: Routes<State = AppState>>() -> R {
    R::default()
        .routes(routes!(carts::create_cart))
        .routes(routes!(carts::get_cart))
        .routes(routes!(carts::merge_cart))
        .routes(routes!(lines::add_cart_line))
        .routes(routes!(lines::update_cart_line, lines::delete_cart_line))
        .routes(routes!(coupon::put_cart_coupon, coupon::delete_cart_coupon))
        .routes(routes!(
            staff_coupons::list_coupons,
            staff_coupons::create_coupon
        ))
        .routes(routes!(
            staff_coupons::get_coupon,
            staff_coupons::update_coupon
        ))
        .merge(common::audit::router("cart"))
}
