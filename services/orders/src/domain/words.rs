//! The words of orders: kinds, causes and reasons, as stored and sent.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! words {
    ($($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $word:ident = $text:literal,)+ })+) => {
        $(
            $(#[$meta])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
            #[serde(rename_all = "snake_case")]
            pub enum $name {
                $($(#[$doc])* $word,)+
            }

            impl $name {
                /// The value as stored and sent.
                pub const fn as_str(self) -> &'static str {
                    match self { $(Self::$word => $text),+ }
                }
            }
        )+
    };
}

words! {
    /// What a return is for.
    ReturnKind {
        /// For the money.
        Return = "return",
        /// For something else.
        Exchange = "exchange",
    }
    /// Why something comes back.
    ReturnReason {
        /// No longer wanted.
        Unwanted = "unwanted",
        /// Does not work.
        Defective = "defective",
        /// Broken when it came.
        Damaged = "damaged",
        /// Not what was ordered.
        WrongItem = "wrong_item",
        /// Not as it was described.
        NotAsDescribed = "not_as_described",
        /// Came too late.
        Late = "late",
        /// Something else.
        Other = "other",
    }
    /// What a claim is about.
    ClaimKind {
        /// A parcel never arrived.
        Lost = "lost",
        /// Broken when it came.
        Damaged = "damaged",
        /// Not what was ordered.
        WrongItem = "wrong_item",
        /// Not in the parcel.
        MissingItem = "missing_item",
        /// Something else.
        Other = "other",
    }
    /// How a claim is made good.
    Resolution {
        /// The money goes back.
        Refund = "refund",
        /// It is sent again.
        Replacement = "replacement",
        /// Both.
        Both = "both",
    }
    /// Why money goes back.
    RefundCause {
        /// Staff decided so.
        Staff = "staff",
        /// Something was cancelled.
        Cancellation = "cancellation",
        /// Something came back.
        Return = "return",
        /// Something went wrong.
        Claim = "claim",
    }
    /// What a document is.
    InvoiceKind {
        /// Says what was bought.
        Invoice = "invoice",
        /// Says what was given back.
        CreditNote = "credit_note",
    }
}

impl Resolution {
    /// Whether money goes back.
    pub const fn refunds(self) -> bool {
        matches!(self, Self::Refund | Self::Both)
    }

    /// Whether something is sent again.
    pub const fn replaces(self) -> bool {
        matches!(self, Self::Replacement | Self::Both)
    }
}
