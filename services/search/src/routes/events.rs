//! What shoppers do, told by their browsers.

use axum::extract::State;
use common::Problem;
use common::extract::{Json, RequestMeta};
use common::limiter;
use common::openapi::{Routes, routes};
use http::{HeaderMap, StatusCode};

use crate::signals::event::SearchEvents;
use crate::state::AppState;

/// The largest body: fifty events with the longest texts.
const BODY_BYTES_MAX: usize = 65_536;

/// The route, for whoever serves or describes it.
pub(super) fn router<R: Routes<State = AppState>>() -> R {
    R::default()
        .routes(routes!(record_search_events))
        .body_limit(BODY_BYTES_MAX)
}

/// Tell what a shopper did
///
/// Counted per day and product or text, and used to order results a little. Nothing is kept of who sent it: no account, no
/// address, no cookie. An address counts for little: a few events per product and hour.
#[utoipa::path(post, path = "/api/v1/search/events", operation_id = "recordSearchEvents", tag = "search", request_body = SearchEvents,
    responses(
        (status = 202, description = "Taken; what is known and within limits is counted within seconds"),
        (status = 400, description = "`malformed_json`", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`, with Retry-After", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn record_search_events(
    State(state): State<AppState>,
    meta: RequestMeta,
    headers: HeaderMap,
    Json(body): Json<SearchEvents>,
) -> Result<StatusCode, Problem> {
    let client = limiter::client(&headers, &meta);
    state.recorder.admit(&client).await?;
    state.recorder.record(&client, body.events).await;
    Ok(StatusCode::ACCEPTED)
}
