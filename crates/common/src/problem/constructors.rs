//! The problems that every service can meet.

use std::error::Error as StdError;

use http::StatusCode;
use http::header::{HeaderValue, WWW_AUTHENTICATE};

use super::{FieldError, Problem};
use crate::db;

type Source = Box<dyn StdError + Send + Sync + 'static>;

/// Seconds after which a client may try again when a dependency is away.
const RETRY_AFTER_S: u64 = 1;

impl Problem {
    /// 404: missing, or not the caller's.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "Not found")
    }

    /// 401 with `WWW-Authenticate: Bearer`.
    pub fn unauthorized(code: &'static str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, "Sign in first").header(
            WWW_AUTHENTICATE,
            HeaderValue::from_static("Bearer realm=\"techmart\""),
        )
    }

    /// 403: known, but not allowed.
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "Not allowed")
    }

    /// 409: the state of things does not allow it.
    pub fn conflict(code: &'static str, title: &'static str) -> Self {
        Self::new(StatusCode::CONFLICT, code, title)
    }

    /// 400 with a code of its own.
    pub fn bad_request(code: &'static str, title: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, title)
    }

    /// 400: a cursor that cannot be read.
    pub fn invalid_cursor() -> Self {
        Self::bad_request("invalid_cursor", "The cursor cannot be read")
            .detail("Start again without a cursor.")
    }

    /// 422: valid JSON that breaks a rule, with the fields that do.
    pub fn validation(errors: impl IntoIterator<Item = FieldError>) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "validation_failed",
            "The request breaks a rule",
        )
        .fields(errors)
    }

    /// 422 for one field.
    pub fn invalid_field(
        pointer: impl Into<String>,
        code: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self::validation([]).field(pointer, code, detail)
    }

    /// 412: `If-Match` names another version than the current one.
    pub fn version_mismatch(current: i64) -> Self {
        Self::new(
            StatusCode::PRECONDITION_FAILED,
            "version_mismatch",
            "It has changed in the meantime",
        )
        .with("version", current)
    }

    /// 500: our fault. The source is logged, not shown.
    pub fn internal(source: impl Into<Source>) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something went wrong on our side",
        )
        .source(source)
    }

    /// 503: a dependency is away. `Retry-After` is set.
    pub fn unavailable(source: impl Into<Source>) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "Not available just now",
        )
        .retry_after(RETRY_AFTER_S)
        .source(source)
    }

    /// The problem of a database error that the caller has no better answer for:
    /// 422 for a text that cannot be stored, 503 with `Retry-After` if trying again may help, else 500.
    pub fn from_db(error: impl Into<db::DbError>) -> Self {
        let error = error.into();
        if error.is_unstorable_text() {
            return Self::invalid_field(
                "",
                "invalid_value",
                "a text holds a character that cannot be stored",
            );
        }
        if error.is_transient() {
            Self::unavailable(error)
        } else {
            Self::internal(error)
        }
    }
}

impl From<db::DbError> for Problem {
    fn from(error: db::DbError) -> Self {
        Self::from_db(error)
    }
}
