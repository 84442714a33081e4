//! What can go wrong with a cart, and what the client is told.

use common::Problem;
use common::db::DbError;
use common::limiter::TooMany;
use common::problem::FieldError;
use contract_cart::CouponProblem;
use http::StatusCode;
use kernel::{Money, VariantId};
use pricing::PricingError;

use crate::domain::terms::Refusal;
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
    /// The coupon does not apply to the cart.
    #[error("the coupon does not apply")]
    CouponRefused {
        /// Why.
        problem: CouponProblem,
        /// The least value of the merchandise from which it does, where it names one.
        minimum: Option<Money>,
    },
    /// The client tried too many coupon codes.
    #[error("too many tries")]
    TooMany(#[from] TooMany),
    /// Fields of a coupon break a rule.
    #[error("the coupon breaks a rule")]
    Invalid(Vec<FieldError>),
    /// Another coupon has this code.
    #[error("the code is taken")]
    CodeTaken(String),
    /// The coupon cannot be changed so.
    #[error("the coupon cannot be changed so")]
    CouponChange(Refusal),
    /// The text to look for is too long.
    #[error("the text to look for is too long")]
    BadText(usize),
    /// The idempotency key was used with another request.
    #[error("the idempotency key was reused")]
    KeyReused,
    /// The same request is being answered; ask again after so many seconds.
    #[error("the request is in progress")]
    InProgress(u64),
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
            Error::CouponRefused { problem, minimum } => coupon_refused(problem, minimum),
            Error::TooMany(limit) => limit.into(),
            Error::Invalid(fields) | Error::CouponChange(Refusal::Invalid(fields)) => {
                Self::validation(fields)
            }
            Error::CodeTaken(code) => {
                Self::conflict("coupon_code_taken", "Another coupon has this code")
                    .with("coupon_code", code)
            }
            Error::CouponChange(Refusal::ValueFixed) => {
                Self::conflict("coupon_value_fixed", "Orders used the coupon")
                    .detail("What it takes off stays. Disable it and make another one.")
            }
            Error::CouponChange(Refusal::LimitBelowUses { limit, used }) => {
                Self::conflict("coupon_limit_below_uses", "It was used more often")
                    .detail("Disable the coupon to stop its use.")
                    .with("limit", limit)
                    .with("used", used)
            }
            Error::BadText(max) => {
                Self::bad_request("invalid_query", "A parameter of the query is wrong")
                    .detail(format!("q: must be a text of at most {max} characters"))
                    .with("parameter", "q")
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

/// Why a coupon was not put into a cart. The codes are `coupon_` and the name of the problem.
fn coupon_refused(problem: CouponProblem, minimum: Option<Money>) -> Problem {
    let (code, title) = match problem {
        CouponProblem::Unknown => ("coupon_unknown", "There is no such coupon"),
        CouponProblem::Disabled => ("coupon_disabled", "The coupon is no longer accepted"),
        CouponProblem::NotStarted => ("coupon_not_started", "The coupon cannot be used yet"),
        CouponProblem::Expired => ("coupon_expired", "The coupon has expired"),
        CouponProblem::Exhausted => ("coupon_exhausted", "The coupon was used up"),
        CouponProblem::CustomerLimit => (
            "coupon_customer_limit",
            "You used the coupon as often as one may",
        ),
        CouponProblem::MinimumNotReached => (
            "coupon_minimum_not_reached",
            "The cart is not worth enough for the coupon",
        ),
        CouponProblem::OtherCurrency => (
            "coupon_other_currency",
            "The coupon is for another currency",
        ),
    };
    let refusal = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, title);
    match minimum.filter(|_| problem == CouponProblem::MinimumNotReached) {
        Some(minimum) => refusal
            .detail(format!("It applies from {minimum} on."))
            .with("minimum", minimum),
        None => refusal,
    }
}

impl axum::response::IntoResponse for Error {
    fn into_response(self) -> axum::response::Response {
        Problem::from(self).into_response()
    }
}
