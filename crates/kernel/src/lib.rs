//! Value types that every service shares. Does no IO and depends on no workspace crate.
//!
//! Map:
//! - [`id`]: `Id<K>`, a `UUIDv7` with a text form that names its kind (`prd_01k…`).
//! - [`money`], [`currency`]: integer minor units with an ISO 4217 code; checked arithmetic only.
//! - [`ppm`]: rates and percentages as parts per million, with the shop's one rounding rule.
//! - [`quantity`]: how many of a thing, 1 to 999.
//! - [`email`], [`country`]: an e-mail address in canonical form; an ISO 3166-1 alpha-2 code.
//! - [`page`]: page size, opaque cursor and the page that lists answer with.
//! - [`clock`]: the time, injected.
//!
//! Invariants: a value that exists is valid, because every way in (constructor, `FromStr`, serde)
//! checks it; no floating point; the current time and new ids come from here and nowhere else.

#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]

pub mod clock;
pub mod country;
pub mod currency;
pub mod email;
pub mod id;
pub mod money;
pub mod page;
pub mod ppm;
pub mod quantity;
mod text;

pub use clock::{Clock, SharedClock, SystemClock, TestClock};
pub use country::{CountryCode, CountryCodeError};
pub use currency::{Currency, CurrencyError};
pub use email::{Email, EmailError};
pub use id::{
    AttemptId, CartId, CartLineId, CategoryId, CheckoutId, ClaimId, CouponId, DeliveryId,
    EndpointId, EventId, GiftCardId, Id, IdError, InvoiceId, Kind, LocationId, MessageId, NoteId,
    OperationId, OrderId, OrderLineId, ProductId, RefundId, ReturnId, SavedCardId, SessionId,
    ShipmentId, UserId, VariantId,
};
pub use money::{Money, MoneyError};
pub use page::{Cursor, InvalidCursor, Page, PageSize, PageSizeError};
pub use ppm::{Ppm, PpmError};
pub use quantity::{Quantity, QuantityError};
