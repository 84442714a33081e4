//! Every path of the search service.

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::AppState;

mod search;
mod suggest;

/// A query longer than this is refused, in characters.
const QUERY_CHARS_MAX: usize = 256;

/// The routes and their documentation.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(search::search)).routes(routes!(suggest::suggest))
}

/// What was typed, if it is not too long.
fn checked(q: Option<String>) -> Result<String, common::Problem> {
    let text = q.unwrap_or_default().trim().to_owned();
    if text.chars().count() > QUERY_CHARS_MAX {
        return Err(common::Problem::bad_request("invalid_query", "A parameter cannot be read")
            .field("/q", "too_long", format!("A query has {QUERY_CHARS_MAX} characters at most.")));
    }
    Ok(text)
}
