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
        if let Some(parameter) = with_nul(text) {
            return Err(refuse(parameter, "must not hold the character U+0000"));
        }
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

/// The name of a parameter that holds U+0000: no text in the database can.
fn with_nul(query: &str) -> Option<&str> {
    let pair = query.split('&').find(|pair| pair.contains("%00"))?;
    Some(pair.split('=').next().unwrap_or_default())
}

/// The problem of one parameter.
pub(super) fn refuse(parameter: &str, reason: &str) -> Problem {
    Problem::bad_request("invalid_query", "A parameter of the query is wrong")
        .detail(format!("{parameter}: {reason}"))
        .with("parameter", parameter)
}

#[cfg(test)]
mod tests {
    use super::with_nul;

    #[test]
    fn the_parameter_with_a_nul_is_named() {
        assert_eq!(with_nul("q=a&kind=b%00c"), Some("kind"));
        assert_eq!(with_nul("q=100%25&kind=%2500"), None);
        assert_eq!(with_nul(""), None);
    }
}
