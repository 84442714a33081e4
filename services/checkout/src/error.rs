//! What can go wrong, and how a client hears of it.

use axum::response::{IntoResponse, Response};
use common::db::{self, DbError, Retryable};
use common::problem::Problem;
use contract_cart::CartError;
use http::StatusCode;
use kernel::{OrderId, VariantId};
use pricing::PricingError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::completion::told_decline_code;
use crate::domain::requirement::Requirement;
use crate::provider::signature::SignatureError;
use crate::view::CheckoutView;

/// A variant of which there is too little.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ShortItem {
    /// The variant.
    pub variant_id: VariantId,
    /// The product's name.
    pub title: String,
    /// Units asked for.
    pub requested: i32,
    /// Units that could be had.
    pub available: i32,
}

/// One variant per thing that a client can act on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Neither a token of a customer nor of a cart.
    #[error("nobody asks")]
    Anonymous,
    /// Missing, or somebody else's.
    #[error("not found")]
    NotFound,
    /// The cart is an order already.
    #[error("the cart is ordered")]
    CartAlreadyOrdered(Option<OrderId>),
    /// The cart was merged into another one.
    #[error("the cart is merged")]
    CartMerged,
    /// The checkout became an order.
    #[error("the checkout is completed")]
    CheckoutCompleted(Option<OrderId>),
    /// The checkout was given up.
    #[error("the checkout is expired")]
    CheckoutExpired,
    /// A payment is under way.
    #[error("a payment is under way")]
    CompletionInProgress {
        /// When to ask again, in seconds.
        retry_after_s: u64,
    },
    /// The request was made for another version.
    #[error("the checkout has changed")]
    VersionMismatch {
        /// The version now.
        version: i64,
    },
    /// Something is missing.
    #[error("something is missing")]
    RequirementsOpen(Vec<Requirement>),
    /// The total is not what the shopper agreed to.
    #[error("the total has changed")]
    TotalsChanged(Box<CheckoutView>),
    /// Too little of something.
    #[error("out of stock")]
    OutOfStock(Vec<ShortItem>),
    /// The provider refused.
    #[error("the payment was declined")]
    PaymentDeclined {
        /// The provider's reason.
        decline_code: String,
        /// The checkout's version now.
        version: i64,
    },
    /// The money came too late and went back.
    #[error("the payment was returned")]
    PaymentReturned,
    /// The provider is away; nothing was charged.
    #[error("the payment provider is away")]
    PaymentUnavailable,
    /// The key was used with another request.
    #[error("the idempotency key was used with another request")]
    IdempotencyKeyReused,
    /// The shipping method does not take this order.
    #[error("the shipping method is not available")]
    ShippingMethodUnavailable {
        /// Whether the address is known.
        address_known: bool,
    },
    /// The cart is worth more than can be charged.
    #[error("the cart has no price: {0}")]
    Unpriceable(#[from] PricingError),
    /// A report is not the provider's.
    #[error("the report's signature: {0}")]
    Signature(#[from] SignatureError),
    /// A report has no signature, or is not an event.
    #[error("the report cannot be read")]
    UnreadableReport,
    /// An answer that the extractors made.
    #[error("refused")]
    Refused(Problem),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A defect.
    #[error("{0}")]
    Internal(&'static str),
}

impl Error {
    /// Whether the same request would surely get the same answer, so that it is kept under the request's key.
    pub fn is_final(&self) -> bool {
        match self {
            Self::CartAlreadyOrdered(_)
            | Self::CartMerged
            | Self::CheckoutCompleted(_)
            | Self::CheckoutExpired
            | Self::VersionMismatch { .. }
            | Self::RequirementsOpen(_)
            | Self::TotalsChanged(_)
            | Self::OutOfStock(_)
            | Self::PaymentDeclined { .. }
            | Self::PaymentReturned => true,
            Self::Anonymous
            | Self::NotFound
            | Self::CompletionInProgress { .. }
            | Self::PaymentUnavailable
            | Self::IdempotencyKeyReused
            | Self::ShippingMethodUnavailable { .. }
            | Self::Unpriceable(_)
            | Self::Signature(_)
            | Self::UnreadableReport
            | Self::Refused(_)
            | Self::Db(_)
            | Self::Internal(_) => false,
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match db::constraint(&error) {
            Some("sales_order_cart_live_key" | "sales_order_checkout_live_key") => {
                Self::CartAlreadyOrdered(None)
            }
            _ => Self::Db(error.into()),
        }
    }
}

impl From<CartError> for Error {
    fn from(error: CartError) -> Self {
        match error {
            CartError::Closed => Self::CartAlreadyOrdered(None),
            CartError::Database(error) => error.into(),
        }
    }
}

impl Retryable for Error {
    fn is_retryable(&self) -> bool {
        matches!(self, Self::Db(error) if error.is_retryable())
    }
}

/// The payment is under way, and when to ask again.
fn in_progress(retry_after_s: u64) -> Problem {
    Problem::conflict("completion_in_progress", "A payment is under way")
        .detail("The checkout cannot change until the payment is settled.")
        .retry_after(retry_after_s)
}

fn order_problem(code: &'static str, title: &'static str, order_id: Option<OrderId>) -> Problem {
    Problem::conflict(code, title).with("order_id", order_id)
}

/// A sum that does not fit is the cart's fault; anything else is ours.
fn unpriceable(error: PricingError) -> Problem {
    match error {
        PricingError::Money(_) => Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "total_out_of_range",
            "The cart is worth more than can be charged",
        )
        .source(error),
        PricingError::Negative { .. } | PricingError::Inconsistent => Problem::internal(error),
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Anonymous => Self::unauthorized("token_missing")
                .detail("Send Authorization: Bearer … or Cart-Token."),
            Error::NotFound => Self::not_found(),
            Error::CartAlreadyOrdered(order_id) => order_problem(
                "cart_already_ordered",
                "The cart is ordered already",
                order_id,
            ),
            Error::CartMerged => {
                Self::conflict("cart_merged", "The cart was merged into another one")
            }
            Error::CheckoutCompleted(order_id) => order_problem(
                "checkout_completed",
                "The checkout is an order already",
                order_id,
            ),
            Error::CheckoutExpired => {
                Self::conflict("checkout_expired", "The checkout has expired")
                    .detail("Begin a new one for the same cart.")
            }
            Error::CompletionInProgress { retry_after_s } => in_progress(retry_after_s),
            Error::VersionMismatch { version } => Self::conflict(
                "version_mismatch",
                "The checkout has changed in the meantime",
            )
            .with("version", version),
            Error::RequirementsOpen(requirements) => {
                Self::conflict("requirements_open", "Something is missing")
                    .with("requirements", requirements)
            }
            Error::TotalsChanged(checkout) => {
                Self::conflict("totals_changed", "The total has changed")
                    .detail("Nothing was charged. Show the new total and ask again.")
                    .with("checkout", checkout)
            }
            Error::OutOfStock(items) => {
                Self::conflict("out_of_stock", "There is too little in stock").with("items", items)
            }
            Error::PaymentDeclined {
                decline_code,
                version,
            } => Self::new(
                StatusCode::PAYMENT_REQUIRED,
                "payment_declined",
                "The payment was declined",
            )
            .detail("Nothing was charged. Try again or pay in another way.")
            .with("decline_code", told_decline_code(&decline_code))
            .with("version", version),
            Error::PaymentReturned => Self::conflict(
                "payment_returned",
                "The payment came too late and was returned",
            ),
            Error::PaymentUnavailable => {
                Self::unavailable("the payment provider is away").detail("Nothing was charged.")
            }
            Error::IdempotencyKeyReused => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                "The key was used with another request",
            )
            .detail("Send a new key for a new attempt."),
            Error::ShippingMethodUnavailable { address_known } => Self::invalid_field(
                "/shipping_method",
                "not_available",
                if address_known {
                    "not among the checkout's shipping_methods"
                } else {
                    "give the shipping address first"
                },
            ),
            Error::Unpriceable(error) => unpriceable(error),
            Error::Signature(error) => {
                Self::bad_request("signature_invalid", "The signature is not accepted")
                    .source(error)
            }
            Error::UnreadableReport => {
                Self::bad_request("report_unreadable", "The report cannot be read")
            }
            Error::Refused(problem) => problem,
            Error::Db(error) => Self::from_db(error),
            Error::Internal(what) => Self::internal(what),
        }
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}
