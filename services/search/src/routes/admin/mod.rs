//! What staff read and write.

use axum::response::Response;
use common::openapi::{Routes, routes};
use common::{Problem, etag};
use http::header::LOCATION;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::Serialize;

use crate::merchandising::error::Error;
use crate::state::AppState;

mod queries;
mod rules;
mod synonyms;

/// The longest text that is looked for, in characters.
const TEXT_MAX: usize = 100;
/// Answers to staff are never kept on the way.
const PRIVATE: &str = "private, no-store";

/// Staff's routes, for whoever serves or describes them.
pub(super) fn router<R: Routes<State = AppState>>() -> R {
    R::default()
        .routes(routes!(queries::list_search_queries))
        .routes(routes!(synonyms::list_default_synonyms))
        .routes(routes!(synonyms::list_synonyms, synonyms::create_synonym))
        .routes(routes!(
            synonyms::get_synonym,
            synonyms::update_synonym,
            synonyms::delete_synonym
        ))
        .routes(routes!(rules::list_search_rules, rules::create_search_rule))
        .routes(routes!(
            rules::get_search_rule,
            rules::update_search_rule,
            rules::delete_search_rule
        ))
        .merge(common::audit::router("search"))
}

/// What is looked for in a list, if anything.
fn text(q: Option<String>) -> Result<Option<String>, Problem> {
    let Some(text) = q.filter(|text| !text.trim().is_empty()) else {
        return Ok(None);
    };
    if text.chars().count() > TEXT_MAX || text.contains('\0') {
        let reason = format!("must be a text of at most {TEXT_MAX} characters");
        return Err(Error::BadParameter { name: "q", reason }.into());
    }
    Ok(Some(text.trim().to_owned()))
}

/// An object with its version.
fn answer(headers: &HeaderMap, version: i64, object: &impl Serialize) -> Response {
    etag::versioned(headers, version, PRIVATE, object)
}

/// An object that was made, and where it is.
fn created(version: i64, object: &impl Serialize, place: &str, replayed: bool) -> Response {
    let mut response = answer(&HeaderMap::new(), version, object);
    *response.status_mut() = StatusCode::CREATED;
    let headers = response.headers_mut();
    if let Ok(place) = HeaderValue::try_from(place) {
        headers.insert(LOCATION, place);
    }
    if replayed {
        let name = HeaderName::from_static("idempotent-replayed");
        headers.insert(name, HeaderValue::from_static("true"));
    }
    response
}
