//! What can go wrong, as far as a client can act on it.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use common::Problem;
use common::db::{self, DbError, Retryable};
use common::problem::FieldError;
use http::StatusCode;

use crate::domain::violation::Violation;

/// Why a request is refused. Listed in `docs/ERRORS.md`.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or it is not on sale.
    #[error("not found")]
    NotFound,
    /// Rules are broken.
    #[error("{} rules are broken", .0.len())]
    Invalid(Vec<Violation>),
    /// The name in addresses belongs to another product.
    #[error("the slug is taken")]
    SlugTaken,
    /// The SKU belongs to another variant.
    #[error("the SKU is taken")]
    SkuTaken,
    /// The product has a variant with these options.
    #[error("the combination of options is taken")]
    OptionsTaken,
    /// The code is defined already.
    #[error("the attribute is defined already")]
    AttributeTaken,
    /// Fewer units would be left than are held or sold.
    #[error("stock would fall below commitments")]
    StockBelowCommitments,
    /// Fewer units are free in the place that they are to leave.
    #[error("too few units are free")]
    StockNotFree {
        /// Units that are free there.
        available: i64,
    },
    /// Others are there than the change was thought out for.
    #[error("the count has changed")]
    StockCountChanged {
        /// Units that are there.
        on_hand: i64,
    },
    /// The code belongs to another place.
    #[error("the code of the place is taken")]
    LocationTaken,
    /// The place holds or held stock, or is the only one.
    #[error("the place is in use")]
    LocationInUse,
    /// The idempotency key was used with another request.
    #[error("the key was used with another request")]
    KeyReused,
    /// The same request is being answered; ask again after so many seconds.
    #[error("the request is in progress")]
    InProgress(u64),
    /// A refusal that is a problem already.
    #[error("refused")]
    Refused(Problem),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The database failed a load that several callers waited for.
    #[error(transparent)]
    Shared(#[from] Arc<DbError>),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match db::constraint(&error) {
            Some("product_slug_key") => Self::SlugTaken,
            Some("variant_sku_key") => Self::SkuTaken,
            Some("variant_option_key") => Self::OptionsTaken,
            Some("stock_location_code_key") => Self::LocationTaken,
            Some("stock_level_location_id_fkey") => Self::LocationInUse,
            Some("stock_level_on_hand_check" | "stock_level_oversell_check") => {
                Self::StockBelowCommitments
            }
            _ => Self::Db(error.into()),
        }
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

impl From<Vec<Violation>> for Error {
    fn from(violations: Vec<Violation>) -> Self {
        Self::Invalid(violations)
    }
}

impl From<Violation> for Error {
    fn from(violation: Violation) -> Self {
        Self::Invalid(vec![violation])
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::not_found(),
            Error::Invalid(violations) => {
                Self::validation(violations.into_iter().map(|violation| FieldError {
                    pointer: violation.pointer,
                    code: violation.code.into(),
                    detail: violation.detail,
                }))
            }
            Error::SlugTaken => Self::conflict("slug_taken", "The slug belongs to another product"),
            Error::SkuTaken => Self::conflict("sku_taken", "The SKU belongs to another variant"),
            Error::OptionsTaken => Self::conflict(
                "options_taken",
                "Another variant of the product has these options",
            ),
            Error::AttributeTaken => {
                Self::conflict("attribute_taken", "The attribute is defined already")
            }
            Error::StockBelowCommitments => Self::conflict(
                "stock_below_commitments",
                "Fewer units would be left than are held or sold",
            ),
            Error::StockNotFree { available } => Self::conflict(
                "stock_not_free",
                "Fewer units are free in the place that they are to leave",
            )
            .with("available", available),
            Error::StockCountChanged { on_hand } => Self::conflict(
                "stock_count_changed",
                "Other units are there than the change was thought out for",
            )
            .with("on_hand", on_hand),
            Error::LocationTaken => {
                Self::conflict("location_taken", "The code belongs to another place")
            }
            Error::LocationInUse => Self::conflict(
                "location_in_use",
                "The place holds or held stock, or is the only one",
            ),
            Error::KeyReused => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                "The key was used with another request",
            ),
            Error::InProgress(retry_after_s) => {
                Self::conflict("request_in_progress", "The request is being answered")
                    .retry_after(retry_after_s)
            }
            Error::Refused(problem) => problem,
            Error::Db(error) => Self::from_db(error),
            Error::Shared(error) if error.is_transient() => Self::unavailable(error),
            Error::Shared(error) => Self::internal(error),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}

impl Retryable for Error {
    fn is_retryable(&self) -> bool {
        matches!(self, Self::Db(error) if error.is_retryable())
    }
}
