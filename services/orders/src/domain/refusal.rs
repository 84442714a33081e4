//! Why something cannot be done with an order: one variant per thing that a client can act on.

use contract_catalog::stock::Shortage;
use kernel::{Money, OrderLineId};
use serde::Serialize;

/// A line that has fewer units than were asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Lacking {
    /// The line.
    pub line_id: OrderLineId,
    /// Units asked for.
    pub requested: i32,
    /// Units that could be had.
    pub available: i32,
}

/// What units were asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// To put them on a shipment.
    Ship,
    /// To cancel them.
    Cancel,
    /// To refund them.
    Refund,
    /// To send them back.
    Return,
    /// To receive them back.
    Receive,
    /// To complain about them.
    Claim,
}

/// What the stock does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// Units to promise.
    OutOfStock,
    /// Units in the house.
    NotOnHand,
    /// Units that are set aside for the order.
    NotAllocated,
}

impl Lack {
    /// The code of the refusal.
    pub const fn code(self) -> &'static str {
        match self {
            Self::OutOfStock => "out_of_stock",
            Self::NotOnHand => "not_on_hand",
            Self::NotAllocated => "not_allocated",
        }
    }

    /// The same in words.
    pub const fn title(self) -> &'static str {
        match self {
            Self::OutOfStock => "Too little in stock",
            Self::NotOnHand => "The units are not in the house",
            Self::NotAllocated => "The units are not set aside for the order",
        }
    }
}

/// Why something cannot be done.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Refusal {
    /// A part of the order may not take this step.
    #[error("a {object} that is {state} does not go there")]
    Transition {
        /// What it is.
        object: &'static str,
        /// Where it stands.
        state: &'static str,
        /// Where it may go.
        allowed: Vec<&'static str>,
    },
    /// The order is in a state that does not allow it.
    #[error("the order is {0}")]
    OrderState(&'static str),
    /// Something was shipped already.
    #[error("something was shipped already")]
    Shipped,
    /// The order is held back.
    #[error("the order is on hold")]
    OnHold,
    /// The cardholder disputes the payment.
    #[error("the payment is disputed")]
    Disputed,
    /// The shopper cannot cancel it any more.
    #[error("the order cannot be cancelled")]
    NotCancellable,
    /// Fewer units than asked for.
    #[error("too few units")]
    Units(Use, Vec<Lacking>),
    /// The time for returns is over.
    #[error("too late to return")]
    ReturnWindowClosed(Vec<Lacking>),
    /// Units are on their way back: they are not lost.
    #[error("units of it are coming back")]
    ComingBack,
    /// The payment is not taken yet.
    #[error("the payment is not captured")]
    NotCaptured,
    /// Nothing is authorised.
    #[error("there is nothing to capture")]
    NothingToCapture,
    /// The capture is under way.
    #[error("a capture is under way")]
    CaptureUnderWay,
    /// More than may be captured.
    #[error("at most {most} may be captured")]
    CaptureTooMuch {
        /// The most.
        most: Money,
    },
    /// More than is left of what was paid.
    #[error("at most {left} is left to refund")]
    RefundTooMuch {
        /// What is left.
        left: Money,
    },
    /// More than is left of a line.
    #[error("at most {left} is left of the line")]
    LineTooMuch {
        /// The line.
        line_id: OrderLineId,
        /// What is left.
        left: Money,
    },
    /// It comes to nothing.
    #[error("there is nothing to refund")]
    NothingToRefund,
    /// Who asked for a refund may not approve it.
    #[error("the same person")]
    SamePerson,
    /// A guest has no store credit.
    #[error("a guest has no store credit")]
    NoStoreCredit,
    /// The stock does not have the units.
    #[error("the stock does not have the units")]
    Stock(Lack, Vec<Shortage>),
    /// The line cannot be exchanged for that variant.
    #[error("not to be had in exchange")]
    NoExchange(OrderLineId),
    /// The request names something that is not part of the order, at this place of the body.
    #[error("{0} names nothing of the order")]
    Unknown(String),
    /// Something in the body breaks a rule.
    #[error("{pointer}: {detail}")]
    Field {
        /// Where.
        pointer: String,
        /// The rule.
        detail: &'static str,
    },
}

impl Use {
    /// The code of a refusal for too few units.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ship => "units_not_shippable",
            Self::Cancel => "units_not_cancellable",
            Self::Refund => "units_not_refundable",
            Self::Return => "units_not_returnable",
            Self::Receive => "units_not_expected",
            Self::Claim => "units_not_claimable",
        }
    }
}

impl Refusal {
    /// A rule that the body breaks.
    pub fn field(pointer: impl Into<String>, detail: &'static str) -> Self {
        Self::Field {
            pointer: pointer.into(),
            detail,
        }
    }
}
