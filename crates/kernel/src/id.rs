//! Typed identifiers: a `UUIDv7` whose text form names its kind.
//!
//! The text form follows the [TypeID specification](https://github.com/jetify-com/typeid/tree/main/spec):
//! prefix, underscore and 26 characters of lowercase Crockford base 32, for example
//! `prd_01h455vb4pex5vsknk084sn02q`. Databases store the plain UUID.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use uuid::Uuid;

use crate::text;

mod base32;
#[cfg(test)]
mod tests;

/// What an id identifies.
pub trait Kind: 'static {
    /// The prefix of the text form: lowercase ASCII letters.
    const PREFIX: &'static str;
    /// The name of the id type, as in API documents (`ProductId`).
    const NAME: &'static str;
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident, $alias:ident, $prefix:literal;)*) => {
        /// The kinds of things that have an id.
        pub mod kind {
            $(
                $(#[$doc])*
                #[derive(Debug)]
                pub enum $kind {}

                impl super::Kind for $kind {
                    const PREFIX: &'static str = $prefix;
                    const NAME: &'static str = stringify!($alias);
                }
            )*
        }
        $(
            $(#[$doc])*
            pub type $alias = Id<kind::$kind>;
        )*
        #[cfg(test)]
        const PREFIXES: &[(&str, &str)] = &[$((stringify!($alias), $prefix)),*];
    };
}

kinds! {
    /// One try to pay for an order.
    Attempt, AttemptId, "att";
    /// A shopping cart.
    Cart, CartId, "crt";
    /// A line of a cart.
    CartLine, CartLineId, "lin";
    /// A category of the catalogue.
    Category, CategoryId, "cat";
    /// A checkout: a cart on its way to an order.
    Checkout, CheckoutId, "chk";
    /// A complaint about a shipment.
    Claim, ClaimId, "clm";
    /// A coupon.
    Coupon, CouponId, "cpn";
    /// An attempt to hand an event to a subscriber.
    Delivery, DeliveryId, "dlv";
    /// A place that events are sent to.
    Endpoint, EndpointId, "whe";
    /// An event in a service's outbox.
    Event, EventId, "evt";
    /// Stored value that pays for orders: a gift card or a customer's credit.
    GiftCard, GiftCardId, "gft";
    /// An invoice or credit note.
    Invoice, InvoiceId, "inv";
    /// A place that holds stock.
    Location, LocationId, "loc";
    /// A written message.
    Message, MessageId, "msg";
    /// A remark of staff.
    Note, NoteId, "not";
    /// A movement of money asked of the payment provider.
    Operation, OperationId, "opr";
    /// An order.
    Order, OrderId, "ord";
    /// A line of an order.
    OrderLine, OrderLineId, "oln";
    /// A product.
    Product, ProductId, "prd";
    /// Money that goes back.
    Refund, RefundId, "ref";
    /// Goods that come back.
    Return, ReturnId, "rtn";
    /// A card kept at the payment provider.
    SavedCard, SavedCardId, "crd";
    /// A signed-in session.
    Session, SessionId, "ses";
    /// A parcel.
    Shipment, ShipmentId, "shp";
    /// A customer or a member of staff.
    User, UserId, "usr";
    /// A sellable variant of a product.
    Variant, VariantId, "var";
}

/// The id of a `K`. Ids made by [`Id::generate`] sort by the time they were made.
pub struct Id<K> {
    uuid: Uuid,
    kind: PhantomData<fn() -> K>,
}

/// Why a text is not an id of the expected kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum IdError {
    /// The text has another prefix or none.
    #[error("expected an id that begins with `{expected}_`")]
    Prefix {
        /// The prefix that the kind asks for.
        expected: &'static str,
    },
    /// What follows the prefix is not 26 characters of base 32 below 2^128.
    #[error("expected `{expected}_` and 26 characters of lowercase base 32")]
    Suffix {
        /// The prefix that the kind asks for.
        expected: &'static str,
    },
}

impl<K> Id<K> {
    /// A new id, later in order than those made before it in this process.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where ids are made"
    )]
    pub fn generate() -> Self {
        Self::from_uuid(Uuid::now_v7())
    }

    /// The id with this UUID, as stored.
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self {
            uuid,
            kind: PhantomData,
        }
    }

    /// The UUID, for storing.
    pub const fn uuid(self) -> Uuid {
        self.uuid
    }
}

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", K::PREFIX, base32::encode(self.uuid.as_u128()))
    }
}

impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<K: Kind> FromStr for Id<K> {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let expected = K::PREFIX;
        let suffix = text
            .strip_prefix(expected)
            .and_then(|rest| rest.strip_prefix('_'))
            .ok_or(IdError::Prefix { expected })?;
        let value = base32::decode(suffix).ok_or(IdError::Suffix { expected })?;
        Ok(Self::from_uuid(Uuid::from_u128(value)))
    }
}

impl<K> From<Uuid> for Id<K> {
    fn from(uuid: Uuid) -> Self {
        Self::from_uuid(uuid)
    }
}

impl<K> From<Id<K>> for Uuid {
    fn from(id: Id<K>) -> Self {
        id.uuid
    }
}

impl<K: Kind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text::deserialize(deserializer, "an id as a string")
    }
}

impl<K: Kind> utoipa::PartialSchema for Id<K> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(format!(
                "^{}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$",
                K::PREFIX
            )))
            .examples([format!("{}_01h455vb4pex5vsknk084sn02q", K::PREFIX)])
            .build()
            .into()
    }
}

impl<K: Kind> utoipa::ToSchema for Id<K> {
    fn name() -> std::borrow::Cow<'static, str> {
        K::NAME.into()
    }
}

// Written by hand: derives would ask the same of `K`, which is only a name.
impl<K> Copy for Id<K> {}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.uuid == other.uuid
    }
}

impl<K> Eq for Id<K> {}

impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.uuid.cmp(&other.uuid)
    }
}

impl<K> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.uuid.hash(state);
    }
}
