//! Lists a page at a time: size, opaque cursor and the answer.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{DeserializeOwned, Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Ref, Schema, Type};

#[cfg(test)]
mod tests;

/// How many items a page holds at most: 1 to 100, 24 unless asked otherwise.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct PageSize(u16);

/// The number lies outside 1 to 100.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("limit must lie between 1 and {}", PageSize::MAX.0)]
pub struct PageSizeError;

impl PageSize {
    /// The smallest page.
    pub const MIN: Self = Self(1);
    /// The largest page.
    pub const MAX: Self = Self(100);
    /// The page of who does not ask.
    pub const DEFAULT: Self = Self(24);

    /// A page of `items`. Fails outside 1 to 100.
    pub fn new(items: impl Into<i64>) -> Result<Self, PageSizeError> {
        match u16::try_from(items.into()) {
            Ok(items) if (Self::MIN.0..=Self::MAX.0).contains(&items) => Ok(Self(items)),
            _ => Err(PageSizeError),
        }
    }

    /// The number of items.
    pub const fn get(self) -> u16 {
        self.0
    }

    /// The number of rows to fetch: one more than the page holds tells whether another follows.
    pub const fn overfetch(self) -> i64 {
        self.0.saturating_add(1) as i64
    }
}

impl Default for PageSize {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Serialize for PageSize {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(self.0)
    }
}

impl<'de> Deserialize<'de> for PageSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Query parameters arrive as text, and inside a flattened struct nothing converts it.
        deserializer.deserialize_any(PageSizeVisitor)
    }
}

struct PageSizeVisitor;

impl Visitor<'_> for PageSizeVisitor {
    type Value = PageSize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number from 1 to {}", PageSize::MAX.0)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<PageSize, E> {
        PageSize::new(value).map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<PageSize, E> {
        self.visit_i64(i64::try_from(value).unwrap_or(i64::MAX))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<PageSize, E> {
        self.visit_i64(text.parse().map_err(|_| E::custom(PageSizeError))?)
    }
}

impl utoipa::PartialSchema for PageSize {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(usize::from(Self::MIN.0)))
            .maximum(Some(usize::from(Self::MAX.0)))
            .default(Some(Self::DEFAULT.0.into()))
            .build()
            .into()
    }
}

impl ToSchema for PageSize {}

/// Turns the sort key of a page's last item into opaque text and back.
///
/// The text is unpadded base64url of the key's JSON. It carries no secret and no right: whoever
/// forges one sees a page that they could have asked for anyway.
#[derive(Clone, Copy, Debug)]
pub struct Cursor;

/// The text is not a cursor of this list.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the cursor cannot be read")]
pub struct InvalidCursor;

impl Cursor {
    /// The longest text that is read, in bytes: room for a key with a long title in any script.
    pub const MAX_LENGTH: usize = 2048;

    /// The text for a key.
    ///
    /// # Panics
    /// If `key` has no JSON form, which structs, tuples and scalars always have.
    pub fn encode<T: Serialize>(key: &T) -> String {
        let json = serde_json::to_vec(key).expect("a cursor key has a JSON form");
        URL_SAFE_NO_PAD.encode(json)
    }

    /// The key behind a text that a client sent.
    pub fn decode<T: DeserializeOwned>(text: &str) -> Result<T, InvalidCursor> {
        if text.len() > Self::MAX_LENGTH {
            return Err(InvalidCursor);
        }
        let json = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidCursor)?;
        serde_json::from_slice(&json).map_err(|_| InvalidCursor)
    }
}

/// A page of a list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The items, in the list's order.
    #[schema(schema_with = items_schema::<T>)]
    pub items: Vec<T>,
    /// Where the next page begins; null on the last page.
    #[schema(required)]
    pub next_cursor: Option<String>,
}

/// An array that refers to the items' schema; the derive would copy that schema into every page.
fn items_schema<T: ToSchema>() -> RefOr<Schema> {
    Ref::from_schema_name(T::name())
        .to_array_builder()
        .build()
        .into()
}

impl<T> Page<T> {
    /// The page made of up to `size + 1` rows (see [`PageSize::overfetch`]): the extra row is
    /// dropped, and tells that another page follows behind the `key` of the last one kept.
    pub fn from_overfetch<C: Serialize>(
        mut rows: Vec<T>,
        size: PageSize,
        key: impl Fn(&T) -> C,
    ) -> Self {
        let kept = usize::from(size.0);
        let more = rows.len() > kept;
        rows.truncate(kept);
        let next_cursor = rows
            .last()
            .filter(|_| more)
            .map(|last| Cursor::encode(&key(last)));
        Self {
            items: rows,
            next_cursor,
        }
    }

    /// The same page of other items.
    pub fn map<U>(self, view: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(view).collect(),
            next_cursor: self.next_cursor,
        }
    }
}
