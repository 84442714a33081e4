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
    /// The bank asks the customer only when the shop wants it to.
    AskOnRequest,
    /// The bank asks, but for payments in the customer's absence that were agreed to.
    AskUnlessSetUp,
    /// As `AskUnlessSetUp`, and later payments were agreed to already.
    AskSetUpAlready,
    /// The bank asks each time.
    AskAlways,
    /// The bank asks and then declines.
    AskThenDecline,
    /// The bank asks and then finds too little money.
    AskThenInsufficientFunds,
    /// Can be kept for a customer; each charge is declined.
    DeclineWhenCharged,
    /// Approved; the holder says soon after that they never made the payment.
    DisputeFraudulent,
    /// Approved; the holder says soon after that nothing came.
    DisputeNotReceived,
    /// Approved; the bank asks soon after what the payment was for.
    Inquiry,
}

/// When the bank asks the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asks {
    Never,
    OnRequest,
    UnlessSetUp,
    Always,
}

/// Why money is taken back, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Complaint {
    pub(crate) reason: &'static str,
    /// An inquiry moves no money.
    pub(crate) inquiry: bool,
}

/// The bank's answer, once the customer has answered the bank's question if there was one.
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
            Self::Approve
            | Self::RefundPending
            | Self::RefundFails
            | Self::AskOnRequest
            | Self::AskUnlessSetUp
            | Self::AskSetUpAlready
            | Self::AskAlways
            | Self::DisputeFraudulent
            | Self::DisputeNotReceived
            | Self::Inquiry => Authorisation::Approved,
            Self::GenericDecline | Self::AskThenDecline | Self::DeclineWhenCharged => {
                Declined(declined("generic_decline", DECLINED))
            }
            Self::InsufficientFunds | Self::AskThenInsufficientFunds => Declined(declined(
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

    /// When the bank asks the customer before it answers.
    pub(crate) fn asks(self) -> Asks {
        match self {
            Self::AskOnRequest => Asks::OnRequest,
            Self::AskUnlessSetUp | Self::AskSetUpAlready => Asks::UnlessSetUp,
            Self::AskAlways | Self::AskThenDecline | Self::AskThenInsufficientFunds => Asks::Always,
            _ => Asks::Never,
        }
    }

    /// The bank's refusal to let the card be kept for a customer.
    pub(crate) fn refuses_to_be_kept(self) -> Option<Decline> {
        match (self.asks(), self.authorise()) {
            (Asks::Never, Authorisation::Declined(decline)) if self != Self::DeclineWhenCharged => {
                Some(decline)
            }
            _ => None,
        }
    }

    /// What the holder complains about after a payment.
    pub(crate) fn complaint(self) -> Option<Complaint> {
        let (reason, inquiry) = match self {
            Self::DisputeFraudulent => ("fraudulent", false),
            Self::DisputeNotReceived => ("product_not_received", false),
            Self::Inquiry => ("fraudulent", true),
            _ => return None,
        };
        Some(Complaint { reason, inquiry })
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

impl Decline {
    /// The bank wants to ask the customer, who is not there.
    pub(crate) const AUTHENTICATION_REQUIRED: Self = Self {
        code: "authentication_required",
        reason: "authentication_required",
        message: "Your card was declined. This transaction requires authentication.",
        param: None,
        blocked: false,
    };
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
