//! Every path of the search service.

use common::Problem;
use common::openapi::{Routes, routes};

use crate::state::AppState;

mod admin;
mod events;
mod filters;
mod permission;
mod preview;
mod products;
mod search;
mod status;
mod suggest;

/// The routes, for whoever serves or describes them.
pub fn router<R: Routes<State = AppState>>() -> R {
    R::default()
        .routes(routes!(search::search_products))
        .routes(routes!(suggest::suggest_products))
        .routes(routes!(products::list_similar))
        .routes(routes!(products::list_popular))
        .routes(routes!(products::list_by_id))
        .routes(routes!(preview::preview_search))
        .routes(routes!(status::show_status))
        .merge(events::router())
        .merge(admin::router())
}

/// An index that knows half of the catalogue must not answer: 503 before it has caught up once.
fn ready(state: &AppState) -> Result<(), Problem> {
    if state.readiness.is_complete() {
        Ok(())
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
