//! What can go wrong with synonyms and rules, and what the client is told.

use common::Problem;
use common::db::DbError;
use common::problem::FieldError;
use http::StatusCode;
use kernel::InvalidCursor;

/// One variant per thing that a client can act on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such synonym or rule.
    #[error("not found")]
    NotFound,
    /// Fields break a rule.
    #[error("fields break a rule")]
    Invalid(Vec<FieldError>),
    /// There are as many synonyms as there may be.
    #[error("too many synonyms")]
    TooManySynonyms {
        /// How many there may be.
        max: i64,
    },
    /// There are as many rules as there may be.
    #[error("too many rules")]
    TooManyRules {
        /// How many there may be.
        max: i64,
    },
    /// A parameter of the query is wrong.
    #[error("a parameter is wrong")]
    BadParameter {
        /// Which.
        name: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The idempotency key was used with another request.
    #[error("the idempotency key was reused")]
    KeyReused,
    /// The same request is being answered; ask again after so many seconds.
    #[error("the request is in progress")]
    InProgress(u64),
    /// The cursor cannot be read.
    #[error(transparent)]
    Cursor(#[from] InvalidCursor),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// No connection to the database.
    #[error(transparent)]
    Connection(#[from] DbError),
    /// What the plumbing refused.
    #[error("refused")]
    Refused(Problem),
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::not_found(),
            Error::Invalid(fields) => Self::validation(fields),
            Error::TooManySynonyms { max } => Self::conflict(
                "synonym_limit",
                "There are as many synonyms as there may be",
            )
            .with("max", max),
            Error::TooManyRules { max } => Self::conflict(
                "search_rule_limit",
                "There are as many rules as there may be",
            )
            .with("max", max),
            Error::BadParameter { name, reason } => {
                Self::bad_request("invalid_query", "A parameter of the query is wrong")
                    .detail(format!("{name}: {reason}"))
                    .with("parameter", name)
            }
            Error::KeyReused => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                "The key was used with another request",
            ),
            Error::InProgress(retry_after_s) => {
                Self::conflict("request_in_progress", "The request is being answered")
                    .retry_after(retry_after_s)
            }
            Error::Cursor(_) => Self::invalid_cursor(),
            Error::Database(source) => Self::from_db(source),
            Error::Connection(source) => Self::from_db(source),
            Error::Refused(problem) => problem,
        }
    }
}

impl axum::response::IntoResponse for Error {
    fn into_response(self) -> axum::response::Response {
        Problem::from(self).into_response()
    }
}

/// A field that breaks a rule. The detail follows the field's name.
pub(super) fn invalid(
    pointer: impl Into<String>,
    code: &'static str,
    detail: impl Into<String>,
) -> FieldError {
    FieldError {
        pointer: pointer.into(),
        code: code.into(),
        detail: detail.into(),
    }
}
