//! Suggestions while somebody types.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use common::Problem;
use common::extract::{Json, Query};
use http::header;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::domain::results::Suggestions;
use crate::error::Error;
use crate::state::AppState;

/// Suggestions may be this old in a browser or at the edge.
const CACHE: &str = "public, max-age=30";

/// What was typed so far.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct SuggestQuery {
    /// What was typed so far. Without it the queries that shoppers ask most.
    q: Option<String>,
}

/// Suggests queries, categories and products
#[utoipa::path(get, path = "/api/v1/search/suggest", operation_id = "suggestProducts", tag = "search", params(SuggestQuery),
    responses(
        (status = 200, description = "Suggestions", body = Suggestions),
        (status = 503, description = "The index is being built, with Retry-After", body = Problem, content_type = "application/problem+json"),
        (status = 400, description = "A parameter cannot be read", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn suggest_products(
    State(state): State<AppState>,
    Query(query): Query<SuggestQuery>,
) -> Result<Response, Error> {
    let text = super::typed(query.q.as_deref(), &state)?;
    super::ready(&state)?;
    let suggestions = state.pipeline.suggest(&text).await?;
    Ok(([(header::CACHE_CONTROL, CACHE)], Json(suggestions)).into_response())
}
