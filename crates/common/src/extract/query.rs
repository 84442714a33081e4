//! Query strings.

use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::reason;
use crate::problem::Problem;

/// The query string as a `T`; a field of a list type takes a repeated parameter.
///
/// 400 `invalid_query` with `parameter`. Put `#[serde(deny_unknown_fields)]` on `T`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Query<T>(pub T);

impl<T, S> FromRequestParts<S> for Query<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let text = parts.uri.query().unwrap_or_default();
        let deserializer = serde_html_form::Deserializer::from_bytes(text.as_bytes());
        serde_path_to_error::deserialize(deserializer)
            .map(Self)
            .map_err(|error| {
                let pointer = reason::pointer(error.path());
                let field = reason::of_data(&pointer, &error.inner().to_string());
                let name = field.pointer.trim_start_matches('/').split('/').next();
                refuse(name.unwrap_or_default(), &field.detail)
            })
    }
}

/// The problem of one parameter.
pub(super) fn refuse(parameter: &str, reason: &str) -> Problem {
    Problem::bad_request("invalid_query", "A parameter of the query is wrong")
        .detail(format!("{parameter}: {reason}"))
        .with("parameter", parameter)
}
