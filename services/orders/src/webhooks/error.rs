//! What can go wrong with webhooks, and what the client is told.

use common::Problem;
use common::db::DbError;
use http::StatusCode;
use kernel::InvalidCursor;

use super::target::Refusal;

/// One variant per thing that a client can act on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such endpoint or delivery.
    #[error("not found")]
    NotFound,
    /// Messages may not go to this address.
    #[error("the address {0}")]
    UrlForbidden(Refusal),
    /// There is no such kind of event.
    #[error("there is no such kind")]
    UnknownKind {
        /// Where it stands in the list.
        index: usize,
    },
    /// There are as many endpoints as there may be.
    #[error("too many endpoints")]
    TooMany {
        /// How many there may be.
        max: i64,
    },
    /// The endpoint is disabled, so nothing is sent to it.
    #[error("the endpoint is disabled")]
    Disabled,
    /// The delivery waits for its turn already.
    #[error("the delivery waits already")]
    Waiting,
    /// The cursor cannot be read.
    #[error(transparent)]
    Cursor(#[from] InvalidCursor),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// No connection to the database.
    #[error(transparent)]
    Connection(#[from] DbError),
    /// A defect of ours.
    #[error("internal")]
    Internal(#[from] anyhow::Error),
    /// What the plumbing refused.
    #[error("refused")]
    Refused(Problem),
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::UrlForbidden(refusal)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::not_found(),
            Error::UrlForbidden(refusal) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "webhook_url_forbidden",
                "Webhooks cannot be sent to this address",
            )
            .detail(format!("The address {refusal}."))
            .field("/url", "invalid", refusal.to_string()),
            Error::UnknownKind { index } => Self::invalid_field(
                format!("/kinds/{index}"),
                "unknown_value",
                "is no kind of event; see /api/v1/admin/webhook-event-kinds",
            ),
            Error::TooMany { max } => Self::conflict(
                "webhook_endpoint_limit",
                "There are as many webhook endpoints as there may be",
            )
            .with("max", max),
            Error::Disabled => Self::conflict(
                "webhook_endpoint_disabled",
                "The webhook endpoint is disabled",
            )
            .detail("Enable it first."),
            Error::Waiting => Self::conflict(
                "webhook_delivery_waiting",
                "The delivery waits for its turn already",
            ),
            Error::Cursor(_) => Self::invalid_cursor(),
            Error::Database(source) => Self::from_db(source),
            Error::Connection(source) => Self::from_db(source),
            Error::Internal(source) => {
                let source: Box<dyn std::error::Error + Send + Sync> = source.into();
                Self::internal(std::io::Error::other(source))
            }
            Error::Refused(problem) => problem,
        }
    }
}

impl axum::response::IntoResponse for Error {
    fn into_response(self) -> axum::response::Response {
        Problem::from(self).into_response()
    }
}
