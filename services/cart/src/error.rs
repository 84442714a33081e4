//! What can go wrong with a cart, and what the client is told.

use common::Problem;
use common::db::DbError;
use kernel::VariantId;
use pricing::PricingError;

use crate::domain::view::{CartState, LineProblem};

/// One variant per thing that a client can act on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such cart, line, or not the caller's.
    #[error("not found")]
    NotFound,
    /// The cart cannot change any more, or not now.
    #[error("the cart is not open")]
    NotOpen(CartState),
    /// The variant does not exist.
    #[error("unknown variant")]
    UnknownVariant,
    /// That many cannot be bought.
    #[error("cannot be bought")]
    NotBuyable {
        /// The variant.
        variant_id: VariantId,
        /// Why.
        problem: LineProblem,
        /// Units asked for.
        requested: i32,
        /// Units that can be had.
        available: i32,
    },
    /// The cart holds as many lines as it may.
    #[error("the cart is full")]
    Full(usize),
    /// A merge without the token of a guest's cart.
    #[error("the guest's token is missing")]
    TokenMissing,
    /// The amounts do not fit.
    #[error(transparent)]
    Pricing(#[from] PricingError),
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
            Error::NotOpen(CartState::Completing) => {
                Self::conflict("completion_in_progress", "The cart is being paid")
                    .detail(
                        "Wait for the payment to end; the cart can be changed again if it fails.",
                    )
                    .retry_after(2)
            }
            Error::NotOpen(state) => Self::conflict("cart_closed", "The cart is closed")
                .detail("It became an order or part of another cart. Start a new one.")
                .with("state", state),
            Error::UnknownVariant => Self::invalid_field(
                "/variant_id",
                "unknown_variant",
                "There is no such variant.",
            ),
            Error::NotBuyable {
                variant_id,
                problem,
                requested,
                available,
            } => {
                let (code, title) = match problem {
                    LineProblem::Unavailable => ("variant_unavailable", "It is no longer on sale"),
                    LineProblem::OutOfStock => ("out_of_stock", "It is out of stock"),
                    LineProblem::InsufficientStock => {
                        ("insufficient_stock", "There are fewer than asked for")
                    }
                };
                Self::conflict(code, title)
                    .with("variant_id", variant_id)
                    .with("requested", requested)
                    .with("available", available)
            }
            Error::Full(lines_max) => Self::conflict("cart_full", "The cart is full").detail(
                format!("A cart holds {lines_max} different products at most."),
            ),
            Error::TokenMissing => {
                Self::bad_request("cart_token_missing", "The Cart-Token header is missing")
                    .detail("Send the token of the guest's cart to be merged.")
            }
            Error::Pricing(source) => Self::internal(source),
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
