//! Every path of the service.

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::AppState;

pub mod account;
mod cookie;
pub mod guard;
pub mod password;
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
        .routes(routes!(password::request_password_reset))
        .routes(routes!(password::complete_password_reset))
        .routes(routes!(password::change_password))
        .merge(common::audit::router("auth"))
        .merge(mail::mailbox::router("auth"))
}
