//! What can go wrong in a search, and what the client is told.

use common::Problem;
use common::db::DbError;
use kernel::InvalidCursor;
use search_core::EngineError;

/// One variant per thing that a client can act on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The cursor cannot be read, or belongs to another order of results.
    #[error(transparent)]
    Cursor(#[from] InvalidCursor),
    /// No engine answers.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The engine that a preview names is not set up here.
    #[error("no such engine here")]
    NoEngine,
    /// The product is not on sale.
    #[error("no such product")]
    NoProduct,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbError),
    /// What the plumbing refused.
    #[error("refused")]
    Refused(Problem),
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Cursor(_) => Self::invalid_cursor(),
            Error::Engine(EngineError::Away(_)) => Self::unavailable("search is away"),
            Error::Engine(source @ EngineError::Failed(_)) => Self::internal(source),
            Error::NoEngine => {
                Self::bad_request("engine_not_configured", "This engine is not set up here")
            }
            Error::NoProduct => Self::not_found(),
            Error::Database(error) => error.into(),
            Error::Refused(problem) => problem,
        }
    }
}

impl axum::response::IntoResponse for Error {
    fn into_response(self) -> axum::response::Response {
        Problem::from(self).into_response()
    }
}
