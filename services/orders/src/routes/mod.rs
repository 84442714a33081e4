//! Every path of the orders service.

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::AppState;

mod admin;
mod orders;
mod paging;

/// The routes and their documentation.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(orders::list_orders))
        .routes(routes!(orders::get_order))
        .routes(routes!(admin::list_admin_orders))
        .routes(routes!(admin::get_admin_order))
}
