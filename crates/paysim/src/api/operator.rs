//! For the people and programs that run the simulator.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};

use super::{
    auth::{self, Access},
    call,
};
use crate::{app::App, error::ApiError, journal::Broken, ledger::Ledger};

/// `GET /healthz`: whether the journal takes writes.
pub(super) async fn health(State(app): State<Arc<App>>) -> Response {
    if app.store.is_healthy() {
        (StatusCode::OK, "ok\n").into_response()
    } else {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "the journal cannot be written\n",
        )
            .into_response()
    }
}

/// `GET /_ledger`: what was taken and given back, as a table, or as JSON for `Accept:
/// application/json`. Needs the secret key.
pub(super) async fn ledger(State(app): State<Arc<App>>, request: Request) -> Response {
    if let Err(error) = auth::check(request.headers(), &app.config, Access::Secret) {
        return call::refusal(&error);
    }
    let json = request.headers().get(header::ACCEPT).is_some_and(|accept| {
        accept
            .to_str()
            .is_ok_and(|accept| accept.contains("application/json"))
    });
    let ledger = match call::settled(&app, app.store.read(Ledger::of)).await {
        Ok(ledger) => ledger,
        Err(Broken) => return call::refusal(&ApiError::internal()),
    };
    if !json {
        let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
        return (kind, ledger.to_string()).into_response();
    }
    match serde_json::to_string_pretty(&ledger) {
        Ok(text) => ([(header::CONTENT_TYPE, "application/json")], text).into_response(),
        Err(_) => call::refusal(&ApiError::internal()),
    }
}
