//! What a test card does when it is charged or refunded.

use serde::{Deserialize, Serialize};

/// The script of a test card. It is kept with the payment method in place of the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Behaviour {
    Approve,
    GenericDecline,
    InsufficientFunds,
    LostCard,
    StolenCard,
    VelocityExceeded,
    Fraudulent,
    ExpiredCard,
    IncorrectCvc,
    ProcessingError,
    /// Approved; a refund stays pending for a while and then succeeds.
    RefundPending,
    /// Approved; a refund succeeds at first and fails after a while.
    RefundFails,
}

/// The bank's answer. A card that wants the customer's confirmation first (3-D Secure) is a
/// third answer, handled where `domain::intents` matches on this type.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Authorisation {
    Approved,
    Declined(Decline),
}

/// Why a charge was declined, in Stripe's words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decline {
    pub(crate) code: &'static str,
    /// `decline_code`.
    pub(crate) reason: &'static str,
    pub(crate) message: &'static str,
    pub(crate) param: Option<&'static str>,
    /// Stopped by the provider's own fraud rules, so the bank was not asked.
    pub(crate) blocked: bool,
}

/// What becomes of a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefundCourse {
    Succeeds,
    SucceedsLater,
    FailsLater,
}

impl Behaviour {
    /// Asks the bank.
    pub(crate) fn authorise(self) -> Authorisation {
        use Authorisation::Declined;
        const DECLINED: &str = "Your card was declined.";
        match self {
            Self::Approve | Self::RefundPending | Self::RefundFails => Authorisation::Approved,
            Self::GenericDecline => Declined(declined("generic_decline", DECLINED)),
            Self::InsufficientFunds => Declined(declined(
                "insufficient_funds",
                "Your card has insufficient funds.",
            )),
            Self::LostCard => Declined(declined("lost_card", DECLINED)),
            Self::StolenCard => Declined(declined("stolen_card", DECLINED)),
            Self::VelocityExceeded => Declined(declined(
                "card_velocity_exceeded",
                "Your card was declined for making repeated attempts too frequently or exceeding \
                 its amount limit.",
            )),
            Self::Fraudulent => Declined(Decline {
                blocked: true,
                ..declined("fraudulent", DECLINED)
            }),
            Self::ExpiredCard => Declined(own_code(
                "expired_card",
                "Your card has expired.",
                Some("exp_month"),
            )),
            Self::IncorrectCvc => Declined(own_code(
                "incorrect_cvc",
                "Your card's security code is incorrect.",
                Some("cvc"),
            )),
            Self::ProcessingError => Declined(own_code(
                "processing_error",
                "An error occurred while processing your card. Try again in a little bit.",
                None,
            )),
        }
    }

    /// How a refund to this card goes.
    pub(crate) fn refund_course(self) -> RefundCourse {
        match self {
            Self::RefundPending => RefundCourse::SucceedsLater,
            Self::RefundFails => RefundCourse::FailsLater,
            _ => RefundCourse::Succeeds,
        }
    }
}

fn declined(reason: &'static str, message: &'static str) -> Decline {
    Decline {
        code: "card_declined",
        reason,
        message,
        param: None,
        blocked: false,
    }
}

fn own_code(code: &'static str, message: &'static str, param: Option<&'static str>) -> Decline {
    Decline {
        code,
        reason: code,
        message,
        param,
        blocked: false,
    }
}
