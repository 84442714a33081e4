//! What can go wrong in a search, and what the client is told.

use common::Problem;
use kernel::InvalidCursor;

/// One variant per thing that a client can act on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The cursor cannot be read, or belongs to another order of results.
    #[error(transparent)]
    Cursor(#[from] InvalidCursor),
    /// The index failed.
    #[error(transparent)]
    Index(#[from] tantivy::TantivyError),
    /// The work was cut off.
    #[error(transparent)]
    Cut(#[from] tokio::task::JoinError),
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
            Error::Cursor(_) => Self::invalid_cursor(),
            Error::Index(source) => Self::internal(source),
            Error::Cut(source) => Self::internal(source),
            Error::Refused(problem) => problem,
        }
    }
}

impl axum::response::IntoResponse for Error {
    fn into_response(self) -> axum::response::Response {
        Problem::from(self).into_response()
    }
}
