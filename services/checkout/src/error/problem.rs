//! How a client hears of what went wrong.

use common::problem::Problem;
use http::StatusCode;
use kernel::OrderId;
use pricing::PricingError;

use super::Error;
use crate::domain::completion::told_decline_code;

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
    #[expect(clippy::too_many_lines, reason = "one exhaustive match")]
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
            Error::BalanceChanged => Self::conflict("totals_changed", "The total has changed")
                .detail("Nothing was charged. Read the checkout and ask again."),
            Error::CardUnknown => {
                Self::invalid_field("/saved_card", "unknown", "no such card of the customer")
            }
            Error::TooManyDeclines { retry_after_s } => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_declines",
                "Too many payments were declined",
            )
            .detail("Try again later, or pay in another way.")
            .retry_after(retry_after_s),
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
            Error::NoStoreCredit => Self::invalid_field(
                "/use_store_credit",
                "not_available",
                "only signed-in customers have store credit",
            ),
            Error::GiftCardUnknown => Self::new(
                StatusCode::NOT_FOUND,
                "gift_card_unknown",
                "No gift card with this code can be spent",
            ),
            Error::GiftCardOtherCurrency => Self::conflict(
                "gift_card_other_currency",
                "The gift card is for another currency",
            ),
            Error::TooManyGiftCards => Self::conflict(
                "too_many_gift_cards",
                "No more gift cards fit this checkout",
            ),
            Error::TooManyGuesses { retry_after_s } => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_guesses",
                "Too many wrong gift card codes",
            )
            .retry_after(retry_after_s),
            Error::CreditTooSmall => Self::conflict(
                "store_credit_too_small",
                "The customer has less store credit than that",
            ),
            Error::CodeTaken => Self::conflict("code_taken", "The code is taken"),
            Error::InUse => Self::conflict("in_use", "Something else needs it yet"),
            Error::ZoneUnknown => {
                Self::invalid_field("/rates", "unknown_zone", "names a zone that does not exist")
            }
            Error::ReportDone => Self::conflict("report_done", "The report is dealt with already"),
            Error::BadAddress(errors) => Self::validation(errors),
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
