//! Every path of the service.

use common::openapi::{Routes, routes};

use crate::state::AppState;

pub mod account;
mod cookie;
pub mod guard;
pub mod password;
pub mod session;
pub mod well_known;

/// The routes, for whoever serves or describes them.
pub fn router<R: Routes<State = AppState>>() -> R {
    R::default()
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
