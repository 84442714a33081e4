//! JSON bodies: parsed, then checked against the rules of their type.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use garde::Validate;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::reason;
use crate::problem::Problem;
use crate::server::BodyTimeout;

/// A JSON body that keeps the rules of `T` (`garde::Validate`). Also an answer.
///
/// 415 `unsupported_media_type`, 413 `body_too_large`, 408 `body_timeout`, 400 `malformed_json`,
/// 422 `validation_failed` with JSON pointers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Json<T>(pub T);

impl<T, S> FromRequest<S> for Json<T>
where
    T: DeserializeOwned + Validate<Context = ()>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "The body must be JSON",
            )
            .detail("Send Content-Type: application/json."));
        }
        parse_json(&read_body(request).await?).map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => (
                [(
                    header::CONTENT_TYPE,
                    HeaderValue::from_static("application/json"),
                )],
                body,
            )
                .into_response(),
            Err(error) => Problem::internal(error).into_response(),
        }
    }
}

/// Reads a body within the limit and the deadline, as it is.
pub async fn read_body(request: Request) -> Result<Bytes, Problem> {
    let error = match Bytes::from_request(request, &()).await {
        Ok(bytes) => return Ok(bytes),
        Err(error) => error,
    };
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            "The body is too large",
        ));
    }
    if is_timeout(&error) {
        return Err(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "body_timeout",
            "The body did not arrive in time",
        )
        .header(header::CONNECTION, HeaderValue::from_static("close")));
    }
    Err(Problem::bad_request("body_unreadable", "The body cannot be read").source(error))
}

/// Parses a JSON text and checks the rules of `T`.
pub fn parse_json<T>(bytes: &[u8]) -> Result<T, Problem>
where
    T: DeserializeOwned + Validate<Context = ()>,
{
    // serde fills a struct from an array as well, member by member: nobody means that.
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
        return Err(Problem::invalid_field(
            "",
            "invalid_type",
            "expected an object",
        ));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value: T = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let pointer = reason::pointer(error.path());
        refuse(&pointer, error.inner())
    })?;
    deserializer.end().map_err(|error| refuse("", &error))?;
    value
        .validate()
        .map_err(|report| Problem::validation(reason::of_rules(&report)))?;
    Ok(value)
}

fn refuse(pointer: &str, error: &serde_json::Error) -> Problem {
    let text = error.to_string();
    if !error.is_data() || text.starts_with("duplicate field") {
        return Problem::bad_request("malformed_json", "The body is not JSON")
            .detail(format!(
                "See line {}, column {}.",
                error.line(),
                error.column()
            ))
            .with("line", error.line())
            .with("column", error.column());
    }
    Problem::validation([reason::of_data(pointer, &text)])
}

fn is_json(headers: &HeaderMap) -> bool {
    let media_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    media_type == "application/json"
        || (media_type.starts_with("application/") && media_type.ends_with("+json"))
}

fn is_timeout(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<BodyTimeout>() {
            return true;
        }
        cause = error.source();
    }
    false
}
