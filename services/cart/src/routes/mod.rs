//! Every path of the cart service.

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::AppState;

mod carts;
mod lines;
mod proof;

/// The routes and their documentation.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(carts::create_cart))
        .routes(routes!(carts::get_cart))
        .routes(routes!(carts::merge_cart))
        .routes(routes!(lines::add_cart_line))
        .routes(routes!(lines::update_cart_line, lines::delete_cart_line))
}
