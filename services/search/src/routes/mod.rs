//! Every path of the search service.

use std::sync::Arc;

use common::Problem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::engine::Engine;
use crate::state::AppState;

mod search;
mod suggest;

/// The routes and their documentation.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(search::search_products))
        .routes(routes!(suggest::suggest_products))
}

/// The index, if it knows the whole catalogue: half of it must not answer. 503 before that.
fn complete_index(state: &AppState) -> Result<Arc<Engine>, Problem> {
    if state.engine.is_complete() {
        Ok(Arc::clone(&state.engine))
    } else {
        Err(Problem::unavailable("the index is being built"))
    }
}

/// What was typed, if it is not too long.
fn typed(q: Option<&str>, state: &AppState) -> Result<String, Problem> {
    let text = q.unwrap_or_default().trim();
    let chars_max = state.query_chars_max;
    // Bytes first: counting the characters of a megabyte is work too.
    if text.len() > chars_max.saturating_mul(4) || text.chars().count() > chars_max {
        return Err(refuse("q", &format!("longer than {chars_max} characters")));
    }
    Ok(text.to_owned())
}

/// The problem of one parameter.
fn refuse(parameter: &str, reason: &str) -> Problem {
    Problem::bad_request("invalid_query", "A parameter of the query is wrong")
        .detail(format!("{parameter}: {reason}"))
        .with("parameter", parameter)
}
