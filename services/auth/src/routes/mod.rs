//! Every path of the service.

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::AppState;

pub mod account;
mod cookie;
pub mod guard;
pub mod session;
pub mod well_known;

/// Every path, with its document.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(account::register))
        .routes(routes!(account::get_me))
        .routes(routes!(session::log_in))
        .routes(routes!(session::refresh_session))
        .routes(routes!(session::log_out))
        .routes(routes!(well_known::get_jwks))
        .routes(routes!(well_known::get_openid_configuration))
}
