//! What can go wrong with orders, and what the client is told.

use common::Problem;
use common::db::{self, DbError, Retryable};
use contract_catalog::stock::Shortage;
use http::StatusCode;
use kernel::{InvalidCursor, MoneyError, VariantId};
use serde::Serialize;

use crate::domain::refusal::Refusal;

/// Seconds after which a payment that is under way is asked for again.
const RETRY_AFTER_S: u64 = 2;

/// One variant per thing that a client can act on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such order, or not the caller's.
    #[error("not found")]
    NotFound,
    /// The order, or a part of it, does not allow it.
    #[error(transparent)]
    Refusal(#[from] Refusal),
    /// The cursor cannot be read.
    #[error(transparent)]
    Cursor(#[from] InvalidCursor),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// No connection to the database.
    #[error(transparent)]
    Connection(#[from] DbError),
    /// An amount that cannot be.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// A document cannot be made.
    #[error(transparent)]
    Document(#[from] documents::DocumentError),
    /// Our fault.
    #[error("{0}")]
    Internal(&'static str),
    /// What the plumbing refused.
    #[error("refused")]
    Refused(Problem),
}

impl Error {
    /// Whether the same request would be refused again, so that the refusal is kept under its key.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Refusal(refusal) => {
                !matches!(refusal, Refusal::NotCaptured | Refusal::CaptureUnderWay)
            }
            _ => false,
        }
    }
}

impl Retryable for Error {
    fn is_retryable(&self) -> bool {
        match self {
            Self::Database(error) => db::is_retryable(error),
            Self::Connection(error) => error.is_retryable(),
            _ => false,
        }
    }
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
            Error::Refusal(refusal) => refused(refusal),
            Error::Cursor(_) => Self::invalid_cursor(),
            Error::Database(source) => Self::from_db(source),
            Error::Connection(source) => Self::from_db(source),
            Error::Money(source) => Self::internal(source),
            Error::Document(source) => Self::internal(source),
            Error::Internal(text) => Self::internal(text),
            Error::Refused(problem) => problem,
        }
    }
}

impl axum::response::IntoResponse for Error {
    fn into_response(self) -> axum::response::Response {
        Problem::from(self).into_response()
    }
}

/// Variants of which there is too little.
#[derive(Serialize)]
struct Item {
    variant_id: VariantId,
    requested: i32,
    available: i32,
}

fn items(shortages: Vec<Shortage>) -> Vec<Item> {
    let item = |shortage: Shortage| Item {
        variant_id: shortage.variant_id,
        requested: shortage.requested,
        available: shortage.available,
    };
    shortages.into_iter().map(item).collect()
}

fn refused(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::Transition {
            object,
            state,
            allowed,
        } => Problem::conflict(
            "transition_not_allowed",
            "It does not go there from where it stands",
        )
        .with("object", object)
        .with("state", state)
        .with("allowed", allowed),
        Refusal::OrderState(state) => Problem::conflict(
            "order_state_conflict",
            "The order is in a state that does not allow it",
        )
        .with("state", state),
        Refusal::Shipped => Problem::conflict(
            "order_shipped",
            "Something of the order was shipped already",
        ),
        Refusal::OnHold => Problem::conflict("order_on_hold", "The order is held back"),
        Refusal::Disputed => Problem::conflict("order_disputed", "The payment is disputed"),
        Refusal::NotCancellable => Problem::conflict(
            "order_not_cancellable",
            "The order cannot be cancelled any more",
        ),
        Refusal::Units(purpose, lines) => {
            Problem::conflict(purpose.code(), "Fewer units than asked for").with("lines", lines)
        }
        Refusal::ReturnWindowClosed(lines) => {
            Problem::conflict("return_window_closed", "The time for returns is over")
                .with("lines", lines)
        }
        Refusal::ComingBack => {
            Problem::conflict("units_coming_back", "Units of it are on their way back")
        }
        Refusal::NotCaptured => {
            Problem::conflict("payment_not_captured", "The payment is not taken yet")
                .retry_after(RETRY_AFTER_S)
        }
        Refusal::NothingToCapture => {
            Problem::conflict("nothing_to_capture", "There is nothing to capture")
        }
        Refusal::CaptureUnderWay => {
            Problem::conflict("capture_in_progress", "The payment is being taken")
                .retry_after(RETRY_AFTER_S)
        }
        Refusal::CaptureTooMuch { most } => {
            Problem::conflict("capture_exceeds_authorized", "More than may be captured")
                .with("most", most)
        }
        Refusal::RefundTooMuch { left } => {
            Problem::conflict("refund_exceeds_paid", "More than is left of what was paid")
                .with("left", left)
        }
        Refusal::LineTooMuch { line_id, left } => {
            Problem::conflict("refund_exceeds_line", "More than is left of the line")
                .with("line_id", line_id)
                .with("left", left)
        }
        Refusal::NothingToRefund => {
            Problem::conflict("nothing_to_refund", "There is nothing to refund")
        }
        Refusal::SamePerson => Problem::conflict(
            "same_person",
            "Another person has to approve it than the one who asked",
        ),
        Refusal::NoStoreCredit => {
            Problem::conflict("store_credit_unavailable", "A guest has no store credit")
        }
        Refusal::Stock(lack, shortages) => {
            Problem::conflict(lack.code(), lack.title()).with("items", items(shortages))
        }
        Refusal::NoExchange(line_id) => Problem::conflict(
            "exchange_unavailable",
            "The line cannot be exchanged for that",
        )
        .with("line_id", line_id),
        Refusal::Unknown(pointer) => {
            Problem::invalid_field(pointer, "unknown_value", "not part of the order")
        }
        Refusal::Field { pointer, detail } => Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "validation_failed",
            "The request breaks a rule",
        )
        .field(pointer, "invalid_value", detail),
    }
}
