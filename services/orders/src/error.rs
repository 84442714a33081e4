//! What can go wrong when orders are read, and what the client is told.

use common::Problem;
use common::db::DbError;
use kernel::InvalidCursor;

/// One variant per thing that a client can act on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such order, or not the caller's.
    #[error("not found")]
    NotFound,
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
