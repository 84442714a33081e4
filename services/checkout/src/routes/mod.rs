//! Every path of the service.

pub mod checkouts;
pub mod completions;
pub mod payments;
pub mod principal;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::AppState;

/// The routes and their document, from one list.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(checkouts::create_checkout))
        .routes(routes!(checkouts::get_checkout, checkouts::update_checkout))
        .routes(routes!(completions::complete_checkout))
        .routes(routes!(payments::get_payment_config))
        .routes(routes!(payments::receive_payment_report))
}
