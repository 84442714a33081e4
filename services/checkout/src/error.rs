//! What can go wrong; [`problem`] is how a client hears of it.

mod problem;

use axum::response::{IntoResponse, Response};
use common::db::{self, DbError, Retryable};
use common::problem::Problem;
use contract_cart::CartError;
use kernel::{OrderId, VariantId};
use pricing::PricingError;
use serde::Serialize;
use utoipa::ToSchema;

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
    /// A coupon or a balance was used up since the total was made. Turned into [`Error::TotalsChanged`].
    #[error("a coupon or a balance has changed")]
    BalanceChanged,
    /// The saved card is not the customer's, or gone.
    #[error("the saved card is not known")]
    CardUnknown,
    /// Too many cards were declined.
    #[error("too many cards were declined")]
    TooManyDeclines {
        /// When to try again, in seconds.
        retry_after_s: u64,
    },
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
    /// A guest has no store credit.
    #[error("a guest has no store credit")]
    NoStoreCredit,
    /// No gift card has this code, or it cannot be spent any more.
    #[error("the gift card is not known")]
    GiftCardUnknown,
    /// The gift card is for another currency.
    #[error("the gift card is for another currency")]
    GiftCardOtherCurrency,
    /// The checkout is to be paid with as many gift cards as it may be.
    #[error("too many gift cards")]
    TooManyGiftCards,
    /// Too many wrong codes.
    #[error("too many wrong codes")]
    TooManyGuesses {
        /// When to try again, in seconds.
        retry_after_s: u64,
    },
    /// More than the customer's credit.
    #[error("the credit does not cover it")]
    CreditTooSmall,
    /// Something with this code exists already.
    #[error("the code is taken")]
    CodeTaken,
    /// Something else needs it yet.
    #[error("it is in use")]
    InUse,
    /// A rate names a zone that does not exist.
    #[error("the zone is not known")]
    ZoneUnknown,
    /// A report that is not waiting cannot be worked on again.
    #[error("the report is dealt with")]
    ReportDone,
    /// An address that cannot exist.
    #[error("the address breaks a rule")]
    BadAddress(Vec<common::problem::FieldError>),
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
            | Self::BalanceChanged
            | Self::OutOfStock(_)
            | Self::PaymentDeclined { .. }
            | Self::PaymentReturned => true,
            Self::Anonymous
            | Self::NotFound
            | Self::CompletionInProgress { .. }
            | Self::PaymentUnavailable
            | Self::IdempotencyKeyReused
            | Self::ShippingMethodUnavailable { .. }
            | Self::NoStoreCredit
            | Self::GiftCardUnknown
            | Self::GiftCardOtherCurrency
            | Self::TooManyGiftCards
            | Self::TooManyGuesses { .. }
            | Self::CreditTooSmall
            | Self::CodeTaken
            | Self::InUse
            | Self::ZoneUnknown
            | Self::ReportDone
            | Self::BadAddress(_)
            | Self::CardUnknown
            | Self::TooManyDeclines { .. }
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
            Some("shipping_zone_pkey" | "shipping_method_pkey") => Self::CodeTaken,
            Some("shipping_rate_zone_code_fkey") => Self::ZoneUnknown,
            Some("checkout_shipping_method_fkey" | "shipping_rate_method_code_fkey") => Self::InUse,
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
