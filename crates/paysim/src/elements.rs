//! The stand-in for Stripe.js: a script for the shop's page, and the frame with the card field,
//! whose content only this origin sees.

use std::sync::Arc;

use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::get,
};
use http::header;

use crate::app::App;

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const SCRIPT: &str = include_str!("../assets/stripe.js");
const FRAME: &str = include_str!("../assets/card-frame.html");
const FRAME_SCRIPT: &str = include_str!("../assets/card-frame.js");
const FRAME_STYLE: &str = include_str!("../assets/card-frame.css");

/// Nothing but this origin's own script, style and API; any shop may embed the frame.
const FRAME_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                            connect-src 'self'; base-uri 'none'; form-action 'none'";

/// The browser's files.
pub(crate) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/v3/", get(script))
        .route("/v3/stripe.js", get(script))
        .route("/v3/card-frame.html", get(frame))
        .route(
            "/v3/card-frame.js",
            get(async || asset(JAVASCRIPT, FRAME_SCRIPT)),
        )
        .route(
            "/v3/card-frame.css",
            get(async || asset("text/css; charset=utf-8", FRAME_STYLE)),
        )
}

async fn script() -> Response {
    let response = asset(JAVASCRIPT, SCRIPT);
    ([("cross-origin-resource-policy", "cross-origin")], response).into_response()
}

async fn frame() -> Response {
    let response = asset("text/html; charset=utf-8", FRAME);
    ([(header::CONTENT_SECURITY_POLICY, FRAME_POLICY)], response).into_response()
}

/// A file that is part of the program.
pub(crate) fn asset(kind: &'static str, body: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=60"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, body).into_response()
}
